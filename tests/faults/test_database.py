"""PostgreSQL killed, ended and crashed under load: Taskwake starts it again, and keeps what it accepted."""

import asyncio
import os
import signal

import pytest

from tests.faults.site import Site, until


async def postmaster(site: Site) -> int:
    return int((site.folder / "postgres/data/postmaster.pid").read_text().split()[0])


async def backend(site: Site) -> int:
    """One of the server's own processes: it ends all of them, and recovers as after a loss of power."""
    rows = await site.rows("SELECT pid FROM pg_stat_activity WHERE usename LIKE 'taskwake%%' LIMIT 1")
    pid: int = rows[0]["pid"]
    return pid


@pytest.mark.requirement("TRUST-015")
@pytest.mark.parametrize(
    ("victim", "how"),
    [(postmaster, signal.SIGKILL), (postmaster, signal.SIGINT), (backend, signal.SIGKILL)],
    ids=["the server is killed", "the server is ended", "a backend is killed"],
)
async def test_postgresql_fails_under_load_and_nothing_is_lost(site: Site, victim, how: signal.Signals) -> None:
    before = len(site.writes)

    async def under_load() -> bool:
        return any(write.answer == "accepted" for write in site.writes[before:])

    loading = asyncio.create_task(site.load("failing"))
    await until(under_load)
    os.kill(await victim(site), how)
    await loading

    async def accepts() -> bool:
        return await site.write(site.title("again")) == "accepted"

    await until(accepts)
    await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-015")
async def test_no_server_starts_while_a_process_of_the_killed_one_may_still_write(site: Site) -> None:
    await site.write(site.title("before"))
    held = await backend(site)
    log = site.folder / "postgres/postgres.log"
    said_before = len(log.read_text())
    os.kill(held, signal.SIGSTOP)
    try:
        os.kill(await postmaster(site), signal.SIGKILL)

        async def refused() -> bool:
            return "is still in use" in log.read_text()[said_before:]

        await until(refused)
    finally:
        os.kill(held, signal.SIGCONT)

    async def accepts() -> bool:
        return await site.write(site.title("after")) == "accepted"

    await until(accepts)
    await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-016")
async def test_every_event_published_again_changes_nothing(site: Site) -> None:
    """As when a topic is replayed from its beginning: each function is handed all of them again, the newest first."""
    await site.load("replayed", writes=10)
    await site.keeps_its_promises()
    before = await site.found()
    arrived = len(before.arrivals)

    await site.rows("UPDATE events SET published_at = NULL")
    os.kill(site.served.process.pid, signal.SIGHUP)  # ring now: somebody else changed what is to be published
    await site.keeps_its_promises()

    after = await site.found()
    assert (after.tasks, after.notices, len(after.log)) == (before.tasks, before.notices, len(before.log))
    assert len(after.handled) == len(before.handled)
    assert len(after.arrivals) == arrived
