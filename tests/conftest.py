"""What tests of a whole Taskwake share: one running, in a process of its own."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from functions.kernel.settings import WEBHOOK_NETWORKS
from tests.served import Served

settings.register_profile("untimed", deadline=None)  # a busy machine is slow without being wrong
settings.load_profile("untimed")
os.environ[WEBHOOK_NETWORKS] = "127.0.0.0/8"  # where the tests' receivers are


class RunningTaskwake:
    """Its address, an address that signs in once, a token of the same person, and its database as its owner."""

    def __init__(self, served: Served) -> None:
        self.base_url = served.base_url
        self.login_url = served.login_url
        self.token = served.new_token()
        self.owner_url = served.owner_url


@pytest.fixture(scope="session")
def taskwake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTaskwake]:
    served = Served.start(tmp_path_factory.mktemp("taskwake"))
    yield RunningTaskwake(served)
    served.end()
