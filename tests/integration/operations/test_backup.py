"""Backups: what was restored goes on where it was, and does nothing twice."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from functions.kernel.embedded.postgres import _binaries
from tests.integration.kernel.rig import Rig
from tests.integration.world import NO_TLS, PATIENCE_SECONDS, execute, soon, until
from tests.served import Served, command

FAR = "2035-01-01T09:00:00Z"


def taskwake(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120, check=False)


def client(served: Served) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {served.new_token()}"}
    return httpx.AsyncClient(base_url=served.base_url, headers=headers, timeout=PATIENCE_SECONDS, verify=NO_TLS)


async def created(http: httpx.AsyncClient, title: str, **fields: Any) -> dict[str, Any]:
    answer = await http.post("/tasks", json={"title": title} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def notices(served: Served) -> Sequence[tuple[str, str]]:
    rows = await execute(served.owner_url, "SELECT title, body FROM notices WHERE kind = 'due' ORDER BY created_at")
    return [(row["title"], row["body"]) for row in rows]


async def is_told(served: Served, count: int) -> None:
    async def told() -> bool:
        return len(await notices(served)) >= count

    await until(told)


async def all_published(served: Served) -> None:
    async def done() -> bool:
        return not await execute(served.owner_url, "SELECT 1 FROM events WHERE published_at IS NULL")

    await until(done)


async def cursor_of(http: httpx.AsyncClient) -> str:
    cursor: str = (await http.get("/sync")).json()["cursor"]
    return cursor


async def next_event(http: httpx.AsyncClient, cursor: str, title: str) -> str:
    """Write a task while listening from this cursor; what the stream's first event says."""
    async with asyncio.timeout(PATIENCE_SECONDS), http.stream("GET", "/events", params={"cursor": cursor}) as stream:
        assert stream.status_code == 200
        await created(http, title)
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                return line
    raise AssertionError("the stream ended")


@pytest.mark.requirement("TRUST-036", "TRUST-037")
async def test_a_restored_backup_rings_what_came_due_since_once_and_late_and_repeats_nothing(
    tmp_path: Path, serve
) -> None:
    served: Served = serve(tmp_path / "old")
    with psycopg.connect(served.owner_url, autocommit=True) as connection:
        for _ in range(1000):  # so that its transactions are ahead of those of a new server
            connection.execute("SELECT pg_current_xact_id()")
    async with client(served) as http:
        await created(http, "rang before", due_at=soon(-1))
        await is_told(served, 1)
        await all_published(served)
        later = await created(http, "rings after", due_at=FAR)
        before = await cursor_of(http)
        assert taskwake("backup", str(tmp_path / "backup"), "--data", str(served.folder)).returncode == 0
        await created(http, "lost with the disk")
        lost = await cursor_of(http)
    served.kill()

    done = taskwake("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    shutil.copy2(served.folder / "secrets.json", tmp_path / "new" / "secrets.json")
    again: Served = serve(tmp_path / "new")
    # Half an hour passed, the outbox was not emptied yet, and the reminders of meanwhile are due.
    await execute(again.owner_url, "UPDATE events SET published_at = NULL")
    await execute(
        again.owner_url,
        "UPDATE reminders SET remind_at = now() - interval '30 minutes' WHERE task_id = %s",
        later["id"],
    )
    code, _ = again.end()
    again = serve(tmp_path / "new")

    await is_told(again, 2)
    await all_published(again)
    told = await notices(again)
    assert code == 0
    assert [title for title, _ in told] == ["rang before", "rings after"]
    assert "30 min late" in told[1][1]
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    async with client(again) as http:
        for cursor in (before, lost):
            for path in ("/sync", "/events"):
                answer = await http.get(path, params={"cursor": cursor})
                assert answer.status_code == 410, (path, cursor)
                assert "begin anew" in answer.json()["detail"]
        copy = (await http.get("/sync")).json()
        assert {task["title"] for task in copy["tasks"]} == {"rang before", "rings after"}
        assert "first of the new" in await next_event(http, copy["cursor"], "first of the new")
        changed = (await http.get("/sync", params={"cursor": copy["cursor"]})).json()
        assert [task["title"] for task in changed["tasks"]] == ["first of the new"]
    assert taskwake("doctor", "--data", str(again.folder)).returncode == 0


@pytest.mark.requirement("TRUST-038")
async def test_a_base_backup_and_the_archived_log_bring_back_any_moment(tmp_path: Path, serve) -> None:
    served: Served = serve(tmp_path / "old")
    archive = tmp_path / "archive"
    archive.mkdir()
    await execute(served.owner_url, "ALTER SYSTEM SET archive_mode = on")
    await execute(
        served.owner_url, f"ALTER SYSTEM SET archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'"
    )
    served.end()
    served = serve(tmp_path / "old")
    base = tmp_path / "new" / "postgres" / "data"
    base.parent.mkdir(parents=True)
    async with client(served) as http:
        await created(http, "before the base backup", due_at=soon(-1))
        await is_told(served, 1)
        await asyncio.to_thread(
            subprocess.run,
            [str(_binaries() / "pg_basebackup"), "--dbname", served.owner_url, "--pgdata", str(base)],
            check=True,
        )
        await created(http, "after it", due_at=soon(-1))
        await is_told(served, 2)
        await all_published(served)
        [wanted] = await execute(served.owner_url, "SELECT clock_timestamp() AS at")
        await created(http, "the mistake", due_at=soon(-1))
        await is_told(served, 3)
        lost = await cursor_of(http)
    [written] = await execute(served.owner_url, "SELECT pg_walfile_name(pg_switch_wal()) AS file")

    async def archived() -> bool:
        return (archive / written["file"]).exists()

    await until(archived)
    served.kill()

    with (base / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {archive}/%f %p'\n")
        settings.write(f"recovery_target_time = '{wanted['at'].astimezone(UTC).isoformat()}'\n")
        settings.write("recovery_target_action = 'promote'\n")
    (base / "recovery.signal").touch()
    done = taskwake("restored", "--data", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    shutil.copy2(served.folder / "secrets.json", tmp_path / "new" / "secrets.json")
    again: Served = serve(tmp_path / "new")

    async with client(again) as http:
        tasks = (await http.get("/tasks")).json()["tasks"]
        assert [task["title"] for task in tasks] == ["before the base backup", "after it"]
        assert (await http.get("/sync", params={"cursor": lost})).status_code == 410
        cursor = await cursor_of(http)
        # Past the number that the lost future had come to.
        with psycopg.connect(again.owner_url, autocommit=True) as connection:
            for _ in range(200):
                connection.execute("SELECT pg_current_xact_id()")
        assert (await http.get("/sync", params={"cursor": lost})).status_code == 410
        assert "of the new" in await next_event(http, cursor, "of the new")
    await all_published(again)
    assert [title for title, _ in await notices(again)] == ["before the base backup", "after it"]
    assert wanted["at"] < datetime.now(UTC)


@pytest.mark.requirement("TRUST-036")
def test_a_backup_is_restored_into_what_is_empty_only(tmp_path: Path, serve) -> None:
    served: Served = serve(tmp_path / "data")
    (tmp_path / "backup").write_bytes(b"no dump")

    taken = taskwake("restore", str(tmp_path / "backup"), "--data", str(served.folder))
    by_url = taskwake("restore", str(tmp_path / "backup"), "--url", served.owner_url)
    broken = taskwake("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new"))
    running = taskwake("restored", "--data", str(served.folder))

    for refused, why in ((taken, "already"), (by_url, "already"), (broken, "pg_restore failed"), (running, "stop it")):
        assert refused.returncode == 1, refused.stdout
        assert why in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.requirement("TRUST-164")
def test_an_older_backup_is_overwritten_only_when_that_is_asked_for_and_only_by_a_whole_one(
    tmp_path: Path, rig: Rig
) -> None:
    out = tmp_path / "backup"
    first = taskwake("backup", str(out), "--url", rig.url)
    kept = out.read_bytes()
    refused = taskwake("backup", str(out), "--url", rig.url)
    failed = taskwake("backup", str(out), "--url", f"{rig.url}_of_nobody", "--force")

    assert first.returncode == 0, first.stderr
    assert refused.returncode == failed.returncode == 1
    assert "is there already" in refused.stderr
    assert "--force" in refused.stderr
    assert "pg_dump failed" in failed.stderr
    assert out.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [out]

    with psycopg.connect(rig.url) as connection:
        connection.execute("UPDATE users SET name = 'Somebody else'")
    forced = taskwake("backup", str(out), "--url", rig.url, "--force")
    assert forced.returncode == 0, forced.stderr
    assert out.read_bytes() != kept
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.requirement("PROD-197")
def test_a_backup_and_a_restore_answer_in_json_if_asked(tmp_path: Path, serve) -> None:
    served: Served = serve(tmp_path / "data")
    file = tmp_path / "backup"

    kept = taskwake("backup", str(file), "--data", str(served.folder), "--json")
    assert json.loads(kept.stdout) == {"file": str(file), "bytes": file.stat().st_size}
    made = taskwake("restore", str(file), "--data", str(tmp_path / "new"), "--json")
    assert json.loads(made.stdout).keys() == {"file", "timeline"}, made.stderr
