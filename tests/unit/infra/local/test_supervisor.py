import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.local.process import ProcessFailedError, ProcessSpec
from infra.local.readiness import AllOf, HttpOk, LogLine, PortOpen
from infra.local.supervisor import Supervisor, read_process_list

SAYS_READY = "print('ready', flush=True); import time; time.sleep(600)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAYS_READY}"
HAS_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print('child', child.pid, flush=True)
child.wait()
"""
# A runner of its own, as `make dapr` is one; it says the number of its child.
RUNNER = """
import asyncio, sys
from pathlib import Path
from infra.local.process import ProcessSpec
from infra.local.readiness import LogLine
from infra.local.supervisor import Supervisor

async def main():
    supervisor = Supervisor(Path(sys.argv[1]), say=lambda line: None)
    script = "print('ready', flush=True); import time; time.sleep(600)"
    await supervisor.start(ProcessSpec("child", [sys.executable, "-c", script], ready=LogLine("ready")))
    print(supervisor.pid("child"), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(tmp_path / "logs", say=lambda line: None) as running:
        yield running


def python(name: str, script: str, **options: object) -> ProcessSpec:
    options.setdefault("ready", LogLine("ready|child"))
    return ProcessSpec(name, [sys.executable, "-c", script], **options)  # type: ignore[arg-type]


async def until_ended(pid: int) -> None:
    """Wait until no process `pid` runs (a zombie that nobody has read yet has ended)."""
    async with asyncio.timeout(5):
        while runs(pid):  # noqa: ASYNC110 - nobody tells of the end of another's child
            await asyncio.sleep(0.01)


def runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


async def test_each_process_is_reported_in_one_line_when_it_is_ready(tmp_path: Path) -> None:
    said: list[str] = []
    async with Supervisor(tmp_path, say=said.append) as supervisor:
        await supervisor.start(python("first", SAYS_READY))
        await supervisor.start(python("second", SAYS_READY))

    assert [line.split()[:3] for line in said] == [["first", "ready", "in"], ["second", "ready", "in"]]
    assert (tmp_path / "first.log").read_text() == "ready\n"


async def test_an_early_exit_shows_the_last_twenty_log_lines(supervisor: Supervisor) -> None:
    script = "import sys; [print('line', number) for number in range(30)]; sys.exit(3)"

    with pytest.raises(ProcessFailedError) as caught:
        await supervisor.start(python("broken", script, ready=LogLine("never")))

    message = str(caught.value)
    assert "broken ended with exit code 3 before it was ready" in message
    assert "line 29" in message
    assert "line 10\n" in message
    assert "line 9\n" not in message


async def test_a_process_that_is_not_ready_in_time_says_what_was_waited_for(supervisor: Supervisor) -> None:
    with pytest.raises(ProcessFailedError, match=r"not ready after 0 s \(waited for a log line.*'never'"):
        await supervisor.start(python("slow", SAYS_READY, ready=LogLine("never"), ready_timeout_seconds=0.3))


async def test_a_program_that_does_not_exist_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(ProcessFailedError, match=r"ghost could not be started: .*'/no/such/program'"):
        await supervisor.start(ProcessSpec("ghost", ["/no/such/program"]))


async def test_http_readiness_waits_for_a_2xx_answer(supervisor: Supervisor, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    argv = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(tmp_path),
    ]
    ready = AllOf((PortOpen(port), HttpOk(port, "/")))

    await supervisor.start(ProcessSpec("server", argv, ready=ready, ports={"http": port}))

    log = supervisor.log("server")
    assert await HttpOk(port, "/").reached(log, 0)
    assert not await HttpOk(port, "/no-such-file").reached(log, 0)


async def test_a_process_that_ends_by_itself_fails_the_watch(supervisor: Supervisor) -> None:
    await supervisor.start(python("mortal", "print('ready', flush=True); import sys; sys.exit(4)", ready=None))

    with pytest.raises(ProcessFailedError, match="mortal ended with exit code 4 by itself"):
        async with asyncio.timeout(5):
            await supervisor.watch()


async def test_a_killed_process_comes_back_with_restart_and_is_no_failure(supervisor: Supervisor) -> None:
    await supervisor.start(python("victim", SAYS_READY))
    first = supervisor.pid("victim")

    await supervisor.kill("victim")
    assert [process["pid"] for process in read_process_list(supervisor.log_dir)] == [None]
    await supervisor.restart("victim")

    assert supervisor.pid("victim") != first
    assert supervisor.log("victim").read_text() == "ready\nready\n"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await supervisor.watch()


async def test_stop_ends_the_last_started_first(tmp_path: Path) -> None:
    tell = (
        "import pathlib, signal, sys, time\n"
        f"def end(*_):\n    open({str(tmp_path / 'order')!r}, 'a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True); time.sleep(600)"
    )
    async with Supervisor(tmp_path / "logs", say=lambda line: None) as supervisor:
        for name in ("database", "broker", "function"):
            spec = ProcessSpec(name, [sys.executable, "-c", tell, name], ready=LogLine("ready"))
            await supervisor.start(spec)

    assert (tmp_path / "order").read_text().split() == ["function", "broker", "database"]


async def test_what_ignores_sigterm_is_killed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.supervisor.GRACE_SECONDS", 0.1)
    await supervisor.start(python("stubborn", IGNORES_SIGTERM))
    pid = supervisor.pid("stubborn")

    await supervisor.stop()

    await until_ended(pid)


async def test_stop_leaves_no_grandchild(supervisor: Supervisor) -> None:
    await supervisor.start(python("parent", HAS_A_CHILD))
    grandchild = int(supervisor.log("parent").read_text().split()[1])

    await supervisor.stop()

    await until_ended(grandchild)


async def test_kill_9_of_the_runner_leaves_no_child(tmp_path: Path) -> None:
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUNNER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert runner.stdout is not None
    child = int(await runner.stdout.readline())
    os.kill(child, 0)

    runner.send_signal(signal.SIGKILL)
    await runner.wait()

    await until_ended(child)


async def test_the_process_list_names_pid_ports_and_log(supervisor: Supervisor) -> None:
    await supervisor.start(python("kafka", SAYS_READY, ports={"kafka": 20001}))

    assert read_process_list(supervisor.log_dir) == [
        {
            "name": "kafka",
            "pid": supervisor.pid("kafka"),
            "ports": {"kafka": 20001},
            "log": str(supervisor.log("kafka")),
        }
    ]


def test_a_folder_where_nothing_ever_ran_has_an_empty_list(tmp_path: Path) -> None:
    assert read_process_list(tmp_path) == []


async def test_a_name_is_started_only_once(supervisor: Supervisor) -> None:
    await supervisor.start(python("one", SAYS_READY))

    with pytest.raises(ValueError, match="use restart"):
        await supervisor.start(python("one", SAYS_READY))
