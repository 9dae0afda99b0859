"""What becomes of each Secret, and that no value shows itself."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from functions.catalogue import FUNCTIONS
from functions.kernel.storage import logins
from infra.deploy.kubectl import Kubectl
from infra.deploy.progress import Progress
from infra.deploy.secrets import NEEDED, Plan, pooled, provide, secret

pytestmark = pytest.mark.requirement("CLUSTER-009")

LOGINS = {"database-url-api", "database-url-functions", "database-url-conversations"}
TOKENS = {"dapr-api-token", "app-api-token"}
OWNER = "postgresql://owner:hidden-owner@db.example/taskwake"


def test_every_secret_that_a_function_may_read_is_taken_care_of() -> None:
    read = {name for function in FUNCTIONS for name in function.secrets}

    assert read <= NEEDED
    assert LOGINS | TOKENS | {"database-url-owner"} <= NEEDED


def test_what_is_there_is_kept() -> None:
    plan = Plan.of(NEEDED, [], owner_known=True)

    assert plan.kept == NEEDED
    assert not plan.made
    assert not plan.missing


def test_what_is_missing_is_made_when_the_owner_of_the_database_is_known() -> None:
    plan = Plan.of([], [], owner_known=True)

    assert plan.made == TOKENS | LOGINS | {"webhook-signing-key", "database-url-owner"}
    assert not plan.missing, "smtp-url is nobody's need"


def test_without_an_owner_the_addresses_cannot_be_made() -> None:
    plan = Plan.of(["database-url-api"], [], owner_known=False)

    assert plan.made == TOKENS | {"webhook-signing-key"}
    assert plan.missing == LOGINS - {"database-url-api"} | {"database-url-owner"}


def test_what_an_external_secret_brings_is_waited_for_and_never_made() -> None:
    plan = Plan.of(["database-url-owner"], NEEDED, owner_known=True)

    assert plan.brought == NEEDED
    assert not plan.made | plan.kept | plan.missing


def test_a_token_stands_under_the_key_that_dapr_asks_for_and_all_else_under_its_own_name() -> None:
    assert secret("dapr-api-token", "x")["stringData"] == {"token": "x"}
    assert secret("smtp-url", "x")["stringData"] == {"smtp-url": "x"}


@pytest.mark.parametrize(
    ("direct", "expected"),
    [
        (
            "postgresql://o:p@ep-cool-wind-123.eu.aws.neon.tech/db?sslmode=require",
            "postgresql://o:p@ep-cool-wind-123-pooler.eu.aws.neon.tech/db?sslmode=require",
        ),
        ("postgresql://o:p@ep-a-1-pooler.eu.aws.neon.tech/db", "postgresql://o:p@ep-a-1-pooler.eu.aws.neon.tech/db"),
        ("postgresql://o:p@ep-a-1.eu.aws.neon.tech:5432/db", "postgresql://o:p@ep-a-1-pooler.eu.aws.neon.tech:5432/db"),
        ("postgresql://o:p@db.example:5432/db", "postgresql://o:p@db.example:5432/db"),
    ],
)
def test_functions_go_through_neons_pooler_and_ask_any_other_database_itself(direct: str, expected: str) -> None:
    assert pooled(direct) == expected


class Recorder:
    """A program in kubectl's place, which keeps what it was started with and what came by its standard input."""

    SCRIPT = """#!/usr/bin/env python3
import base64, json, pathlib, sys
folder = pathlib.Path(__file__).parent
arguments, stdin = sys.argv[1:], "" if sys.stdin.isatty() else sys.stdin.read()
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([arguments, stdin]) + "\\n")
if "create" in arguments and (folder / "exists").exists():
    sys.exit("Error from server (AlreadyExists): secrets already exists")
if "get" in arguments:
    value = base64.b64encode(b"postgresql://owner:hidden-owner@db.example/taskwake").decode()
    metadata = {"name": "database-url-owner", "namespace": "taskwake"}
    print(json.dumps({"metadata": metadata, "data": {"database-url-owner": value}}))
"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = folder / "kubectl"
        program.write_text(self.SCRIPT)
        program.chmod(0o755)
        self.kubectl = Kubectl(program=str(program))

    @property
    def calls(self) -> list[tuple[list[str], str]]:
        return [tuple(json.loads(line)) for line in (self.folder / "calls").read_text().splitlines()]


def test_secrets_are_created_and_their_values_stand_in_no_command_line_and_in_no_output(tmp_path: Path) -> None:
    recorder, said = Recorder(tmp_path), []

    provide(recorder.kubectl, Plan.of([], [], owner_known=True), OWNER, Progress(said.append, 1))

    made = {}
    for arguments, stdin in recorder.calls:
        if "create" in arguments:
            [obj] = json.loads(stdin)["items"]
            made |= {obj["metadata"]["name"]: next(iter(obj["stringData"].values()))}
        assert not {"apply", "replace", "patch"} & set(arguments), "create alone never overwrites"
    assert set(made) == Plan.of([], [], owner_known=True).made
    assert len(set(made.values())) == len(made)
    for login in logins.ALL:
        address = urlsplit(made[login.secret])
        assert address.username == login.name
        assert address.hostname == "db.example"
        assert len(address.password or "") >= 30
    outside = json.dumps([arguments for arguments, _ in recorder.calls]) + "\n".join(said)
    hidden = [urlsplit(made[login.secret]).password or "" for login in logins.ALL]
    hidden += ["hidden-owner", *(made[name] for name in TOKENS | {"webhook-signing-key"})]
    assert not [value for value in hidden if value in outside]


def test_a_secret_that_somebody_else_made_meanwhile_is_kept_and_that_is_said(tmp_path: Path) -> None:
    recorder, said = Recorder(tmp_path), []
    (tmp_path / "exists").touch()

    provide(recorder.kubectl, Plan.of([], [], owner_known=True), OWNER, Progress(said.append, 1))

    assert "      secret/dapr-api-token was made meanwhile, and is kept" in said


def test_an_owners_address_that_is_given_again_is_said_to_change_nothing(tmp_path: Path) -> None:
    recorder, said = Recorder(tmp_path), []

    provide(recorder.kubectl, Plan.of(NEEDED, [], owner_known=True), OWNER, Progress(said.append, 1))

    assert "database-url-owner is there and stays" in "\n".join(said)
    assert not (tmp_path / "calls").exists()
