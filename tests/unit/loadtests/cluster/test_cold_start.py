import pytest

from loadtests.cluster.cold_start import EVENT, REQUEST, Start, Subject, next_asleep, ordered, results
from loadtests.cluster.pods import Pods

pytestmark = pytest.mark.requirement("CLUSTER-021")


async def never() -> float:
    raise AssertionError


BOTH = {EVENT: never, REQUEST: never}
SUBJECTS = [Subject("a", BOTH), Subject("b", BOTH), Subject("served", {REQUEST: never})]


def test_trials_take_turns_so_that_whatever_the_machine_does_hits_all() -> None:
    trials = [(subject.name, way) for subject, way in ordered(SUBJECTS, {EVENT: 2, REQUEST: 1})]

    assert trials == [
        *(("a", EVENT), ("b", EVENT)),
        *(("b", REQUEST), ("served", REQUEST), ("a", REQUEST)),
        *(("a", EVENT), ("b", EVENT)),
    ]


def test_only_who_is_asleep_is_tried() -> None:
    pods = Pods()
    waiting = ordered(SUBJECTS, {EVENT: 1})
    pod = {"metadata": {"name": "pod", "labels": {"app.kubernetes.io/name": "a"}}, "status": {}}
    pods.take({"type": "ADDED", "object": pod}, 1)
    found = next_asleep(waiting, pods)
    assert found is not None
    assert found[0].name == "b"

    assert next_asleep([trial for trial in waiting if trial[0].name == "a"], pods) is None


def test_each_function_is_compared_with_hello_world_in_python_by_the_same_way() -> None:
    starts = [
        *(Start("hello-python", EVENT, ms) for ms in (900, 1000, 5000)),
        *(Start("hello-python", REQUEST, ms) for ms in (800, 800)),
        *(Start("hello-go", EVENT, ms) for ms in (500,)),
        *(Start("task-due", EVENT, ms) for ms in (1200, 1300)),
        *(Start("task-due", REQUEST, ms) for ms in (9000,)),
        *(Start("chat-api", REQUEST, ms) for ms in (880,)),
    ]

    found = {result.name: result for result in results(starts, "")}

    assert found["cold-start: hello-python by event, p50"].value == 1000
    assert found["cold-start: hello-python by event, p95"].value == 5000
    ratios = {name: (result.value, result.met) for name, result in found.items() if name.endswith("ratio")}
    assert ratios == {
        "cold-start: task-due by event, ratio": (1.25, True),
        "cold-start: chat-api by request, ratio": (1.1, True),
    }
