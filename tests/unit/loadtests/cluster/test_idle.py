import pytest

from loadtests.cluster.idle import Idle, Usage, results, statements_in, usages_of

pytestmark = pytest.mark.requirement("CLUSTER-021")


def test_a_pods_usage_is_the_sum_of_its_containers_and_what_has_ended_has_none() -> None:
    def container(memory: int, nanoseconds: int) -> object:
        return {"memory": {"workingSetBytes": memory}, "cpu": {"usageCoreNanoSeconds": nanoseconds}}

    summary = {
        "pods": [
            {
                "podRef": {"namespace": "taskwake", "name": "alarm-anchor-1-2"},
                "containers": [container(100, 2_000_000_000), container(5, 500_000_000)],
            },
            {"podRef": {"namespace": "taskwake", "name": "migrate-1"}},
        ]
    }

    assert usages_of(summary) == {("taskwake", "alarm-anchor-1-2"): Usage(105, 2.5)}


def test_a_statement_counts_once_however_it_was_sent() -> None:
    log = """\
2026-11-24 00:00:01.000 GMT [7] LOG:  connection received: host=10.0.0.1
2026-11-24 00:00:01.001 GMT [7] LOG:  statement: BEGIN
2026-11-24 00:00:01.002 GMT [7] LOG:  execute <unnamed>: SELECT 1
2026-11-24 00:00:01.002 GMT [7] DETAIL:  Parameters: $1 = 'LOG: no statement'
2026-11-24 00:00:01.003 GMT [7] LOG:  checkpoint starting: time
"""

    assert len(statements_in(log)) == 2


def test_an_hour_has_the_windows_queries_many_times_and_one_sweep() -> None:
    asleep = Idle(120, {"a": 2**20, "b": 3 * 2**20}, {"a": 0.6, "b": 0.6}, {"dapr-system": 2**20}, 0, 9)
    found = {result.name: result for result in results(asleep, "")}

    assert asleep.queries_per_hour == 9
    assert found["idle: memory of Taskwake"].value == 4
    assert found["idle: processor, all anchors"].value == 10
    assert found["idle: queries while asleep"].met is True

    awake = Idle(120, {"a": 1}, {"a": 0.0}, {}, 2, 9)
    assert awake.queries_per_hour == 69
    assert {result.name for result in results(awake, "") if result.met is False} == {"idle: queries while asleep"}
