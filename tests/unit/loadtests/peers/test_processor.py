import os
import subprocess
import sys
import time

import pytest

from loadtests.peers.processor import cpu_seconds

pytestmark = pytest.mark.requirement("TIME-028")
SPEND = "import time\nwhile time.process_time() < 0.3: pass"


def test_what_a_child_spent_counts_for_its_parent_also_when_it_has_ended() -> None:
    before = cpu_seconds([os.getpid()])

    subprocess.run([sys.executable, "-c", SPEND], check=True)

    assert cpu_seconds([os.getpid()]) - before >= 0.28  # counted in hundredths, each rounded


def test_a_process_can_be_left_out() -> None:
    while time.process_time() < 0.1:
        pass

    assert cpu_seconds([os.getpid()], but=[os.getpid()]) < cpu_seconds([os.getpid()])


def test_a_process_that_is_gone_has_spent_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert cpu_seconds([ended.pid]) == 0
