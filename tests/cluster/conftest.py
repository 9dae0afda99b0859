"""A cluster made from nothing, Taskwake on it, and a person in it; made once, since it takes minutes."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from functions.operations import accounts
from infra.local.cluster.cluster import Cluster
from infra.local.cluster.product import host_of, install
from infra.local.tools import ToolMissingError
from tests.cluster.world import PATIENCE_SECONDS, World

FOLDER_VARIABLE = "TASKWAKE_CLUSTER"
"""The folder of a cluster with Taskwake on it (`make cluster`): the tests use that one, and leave it as it is."""


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, str]]:
    """The cluster, and the name that Taskwake answers to at its gateway. Skipped, loudly, where it can't be; never in
    CI."""
    kept = os.environ.get(FOLDER_VARIABLE)
    in_ci = os.environ.get("CI") == "true"
    if os.geteuid() != 0 and not in_ci:
        pytest.skip("NOT TESTED on a cluster: a node's namespaces and mounts take root")
    cluster = Cluster(Path(kept) if kept else tmp_path_factory.mktemp("cluster"))
    try:
        if not kept:
            cluster.up()
        yield cluster, host_of(cluster) if kept else install(cluster)
    except ToolMissingError as error:
        if in_ci:
            raise
        pytest.skip(f"NOT TESTED on a cluster: {error}")
    finally:
        if not kept:
            cluster.down()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(product: tuple[Cluster, str]) -> AsyncIterator[World]:
    cluster, host = product
    owner_url = cluster.postgres_owner_url()
    user = accounts.add_user(owner_url, "Tester")
    token = accounts.issue(owner_url, user, "token")
    headers = {"authorization": f"Bearer {token}", "host": host}
    async with httpx.AsyncClient(base_url=cluster.gateway_url, headers=headers, timeout=PATIENCE_SECONDS) as http:
        yield World(cluster, host, user, token, http)
    accounts.remove_user(owner_url, user)
