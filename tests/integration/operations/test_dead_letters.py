"""`taskwake dead-letters`: what could not be delivered is seen, and is delivered once its cause is gone."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.kernel.embedded.secret_store import FileSecretStore
from tests.integration.notification_service.test_deliveries import Mailbox
from tests.integration.world import NO_TLS, soon, until
from tests.served import Served, command


def _taskwake(data: Path, *arguments: str) -> str:
    run = subprocess.run(
        command(*arguments),
        env=os.environ | {"TASKWAKE_DATA": str(data), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.requirement("FLOW-008")
async def test_a_replayed_dead_letter_is_delivered_once_its_cause_is_gone(tmp_path: Path) -> None:
    mailbox = Mailbox()
    mailbox.start()
    FileSecretStore(tmp_path / "data" / "secrets.json").put({"smtp-url": mailbox.url})
    served = Served.start(tmp_path / "data")
    headers = {"authorization": f"Bearer {served.new_token()}"}
    async with httpx.AsyncClient(base_url=served.base_url, headers=headers, verify=NO_TLS) as api:

        async def status_is(wanted: str) -> bool:
            deliveries: list[dict[str, Any]] = (await api.get("/deliveries")).json()["deliveries"]
            return [delivery["status"] for delivery in deliveries] == [wanted]

        mailbox.refusals = ["550 5.1.1 no such user"]
        await api.patch("/me", json={"email": "sam@example.org"})
        await api.post("/tasks", json={"title": "Call Sam", "due_at": soon(-1)})
        await until(lambda: status_is("failed"))
        listed = _taskwake(served.folder, "dead-letters", "list")
        (row,) = json.loads(_taskwake(served.folder, "dead-letters", "list", "--json"))
        (dead_letter,) = re.findall(r"[0-9a-f-]{36}", listed)

        said = _taskwake(served.folder, "dead-letters", "replay", dead_letter)

        await until(lambda: status_is("delivered"))
    served.end()
    mailbox.stop()
    assert "delivery-requested" in listed
    assert "550" in listed
    assert listed.split("\t")[:2] == [dead_letter, "delivery-requested"]
    assert (row["id"], row["function"], row["replayed_at"]) == (dead_letter, "delivery-requested", None)
    assert said.startswith("1 of 1")
    assert len(mailbox.mails) == 1


def test_what_is_no_dead_letter_is_not_replayed(tmp_path: Path) -> None:
    served = Served.start(tmp_path / "data")

    run = subprocess.run(
        command("dead-letters", "replay", "00000000-0000-4000-8000-000000000000", "--data", str(served.folder)),
        capture_output=True,
        text=True,
        check=False,
    )

    served.end()
    assert run.returncode == 1
    assert run.stdout.startswith("0 of 1")
