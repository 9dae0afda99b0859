import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cluster.processes import Daemon, Daemons, Pid, start_detached, wait_until
from infra.local.process import ProcessFailedError

pytestmark = pytest.mark.requirement("CLUSTER-011")

# As nsenter does: it forks the program and waits for it.
ENTER = ["sh", "-c", '"$@"; exit $?', "sh"]


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[Daemons]:
    (tmp_path / "logs").mkdir()
    daemons = Daemons(tmp_path / "processes", tmp_path / "logs", lambda: ENTER)
    yield daemons
    for name in daemons.names():
        if pid := daemons.pid(name):
            pid.kill()


def test_a_process_with_the_same_number_is_not_taken_for_the_one_that_ended() -> None:
    mine = Pid.of(os.getpid())
    assert mine
    assert mine.alive

    assert not Pid(mine.number, mine.started - 1).alive


def test_a_process_that_ended_but_was_not_waited_for_is_not_alive() -> None:
    process = subprocess.Popen(["true"])
    try:
        wait_until(lambda: Pid.of(process.pid) is None, 5, "it to end")
    finally:
        process.wait()


def test_a_daemon_that_runs_is_not_started_twice(daemons: Daemons) -> None:
    daemon = Daemon("sleeper", ["sleep", "60"])

    first, pid = daemons.start(daemon), daemons.pid("sleeper")
    second = daemons.start(daemon)

    assert first is not None
    assert second is None
    assert daemons.pid("sleeper") == pid


def test_a_daemon_that_was_killed_is_started_again(daemons: Daemons) -> None:
    daemon = Daemon("sleeper", ["sleep", "60"])
    daemons.start(daemon)
    before = daemons.pid("sleeper")
    assert before
    before.kill()
    assert daemons.pid("sleeper") is None

    daemons.start(daemon)

    assert daemons.pid("sleeper") not in (None, before)


def test_a_daemon_that_ends_before_it_is_ready_is_an_error_with_its_last_words(daemons: Daemons) -> None:
    with pytest.raises(ProcessFailedError, match="no such luck"):
        daemons.start(Daemon("unlucky", ["sh", "-c", "sleep 0.2; echo no such luck; exit 3"], ready=lambda: False))


def test_a_daemon_outlives_the_program_that_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from infra.local.cluster.processes import start_detached;"
        "print(start_detached(['sh', '-c', 'sleep 60; true'], Path(sys.argv[1])).number)"
    )
    argv = [sys.executable, "-c", program, str(tmp_path / "log")]
    number = int(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)

    pid = Pid.of(number)

    assert pid
    pid.end(signal.SIGTERM, 5)


def test_a_command_that_starts_nothing_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailedError, match="not found"):
        start_detached(["sh", "-c", "no-such-program; exit 1"], tmp_path / "log")
