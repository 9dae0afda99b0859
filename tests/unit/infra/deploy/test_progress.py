"""What a deployment says of itself."""

import pytest

from infra.deploy import progress
from infra.deploy.progress import AwayError, DeployError, Progress

pytestmark = pytest.mark.requirement("CLUSTER-009")


def test_each_step_is_numbered_and_timed() -> None:
    said: list[str] = []
    steps = Progress(said.append, 2)
    with steps.step("First"):
        steps.note("a\nb")
    with steps.step("Second"):
        pass

    assert said[0] == "[1/2] First"
    assert said[1:3] == ["      a", "      b"]
    assert said[3].startswith("      done in 0.")
    assert said[4] == "[2/2] Second"


def test_a_step_that_fails_says_so() -> None:
    said: list[str] = []

    with pytest.raises(DeployError), Progress(said.append, 1).step("First"):
        raise DeployError("no")

    assert said[-1].startswith("      failed after 0.")


def test_what_is_waited_for_is_said_as_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "POLL_SECONDS", 0)
    said: list[str] = []
    rest = [["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "d", "e", "f"], ["a"], []]

    Progress(said.append, 1).until_none(lambda: rest.pop(0), patience_seconds=5, hint="")

    assert [line.partition("waiting for ")[2] for line in said] == ["a, b, c, d and 2 more", "a"]


def test_what_never_comes_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "POLL_SECONDS", 0)

    with pytest.raises(DeployError, match=r"After 0 s .*\n  - alarm \(no such image\)\nLook there"):
        Progress(lambda _: None, 1).until_none(lambda: ["alarm (no such image)"], patience_seconds=0, hint="Look there")


def test_a_cluster_that_does_not_answer_for_a_while_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "POLL_SECONDS", 0)
    said: list[str] = []
    answers = [AwayError("it said:\nconnection refused"), ["alarm"], []]

    def ask() -> list[str]:
        answer = answers.pop(0)
        if isinstance(answer, AwayError):
            raise answer
        return answer

    Progress(said.append, 1).until_none(ask, patience_seconds=5, hint="")

    assert [line.partition("waiting for ")[2] for line in said] == [
        "the cluster to answer (connection refused)",
        "alarm",
    ]
