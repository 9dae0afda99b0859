"""What is written, and what happens where it cannot be."""

import io
import sys

import pytest
import typer

from functions.operations.terminal.output import is_terminal, write

pytestmark = pytest.mark.requirement("PROD-114")


class Full(io.StringIO):
    """A file on a disk that is full."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


class Gone(io.StringIO):
    """A pipe whose reader has read enough."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_an_answer_that_cannot_be_written_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(typer.Exit) as ended:
        write("x")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "The answer cannot be written: No space left on device.\n"


def test_a_reader_that_has_read_enough_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Gone())
    with pytest.raises(BrokenPipeError):
        write("x")
    assert capsys.readouterr().err == ""


def test_a_stream_that_was_closed_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    write("x")
    assert not is_terminal(sys.stdout)
