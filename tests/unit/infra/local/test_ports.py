import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.ports import BLOCK_SIZE, PortsExhaustedError, claim_block, is_free

CLAIM_AND_SAY = """
import sys
from infra.local.ports import claim_block
block = claim_block()
print(block.take("only"), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _locks_of_this_test_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_two_copies_share_no_port() -> None:
    with (
        claim_block() as ours,
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_AND_SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout is not None
        mine = {ours.take(f"port {number}") for number in range(10)}
        theirs = int(other.stdout.readline())
        other.communicate()

    # Some of a block's ports may be in use by others, so its first is not always taken.
    assert theirs // BLOCK_SIZE not in {port // BLOCK_SIZE for port in mine}


def test_a_block_is_free_again_once_its_process_was_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM_AND_SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        other.kill()
        other.wait()

    with claim_block() as ours:
        assert ours.take("only") == theirs


def test_a_name_keeps_its_port_and_names_differ() -> None:
    with claim_block() as block:
        assert block.take("kafka") == block.take("kafka")
        assert block.take("kafka") != block.take("scheduler")
        assert block.taken == {"kafka": block.take("kafka"), "scheduler": block.take("scheduler")}


def test_a_port_that_a_stranger_listens_on_is_passed_over() -> None:
    with claim_block() as block:
        first = block.take("first")
        with socket.create_server(("127.0.0.1", first + 1)):
            assert not is_free(first + 1)
            assert block.take("second") > first + 1


def test_a_full_block_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.ports.is_free", lambda port: False)
    with claim_block() as block, pytest.raises(PortsExhaustedError, match="end what uses them"):
        block.take("kafka")
