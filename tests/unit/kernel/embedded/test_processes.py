"""Processes, which are told by their number, and end with the one that started them."""

import os
import shutil
import subprocess
import sys

import pytest

from functions.kernel.embedded.processes import is_alive, wait_until_gone

PATIENCE_SECONDS = 30
PARENT = """
import signal, subprocess
from functions.kernel.embedded.processes import dying_with_parent

signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may have it ignored, which a child inherits
child = subprocess.Popen(dying_with_parent(["sh", "-c", "echo started; exec sleep 600"]))
child.wait()
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="where there is no setpriv, it lives on")
def test_a_command_ends_when_the_process_is_killed_that_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "started\n"
        parent.kill()
        # Its output ends when nobody is left who could write to it.
        assert parent.communicate(timeout=PATIENCE_SECONDS) == ("", None)


def test_a_process_is_alive_until_it_has_ended() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert not is_alive(ended.pid)
    assert is_alive(os.getpid())


def test_the_end_of_a_process_is_waited_for() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.close()
        wait_until_gone(process.pid, PATIENCE_SECONDS)
        assert process.poll() == 0
    wait_until_gone(process.pid, PATIENCE_SECONDS)


def test_a_process_that_goes_on_is_waited_for_no_longer_than_asked() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        wait_until_gone(process.pid, 0.01)
        assert process.poll() is None
