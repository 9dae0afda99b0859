"""A declaration in the catalogue decides what a function's manifests are."""

from typing import Any

import pytest
import yaml

from functions.kernel.events import TaskCreated, TaskDue
from functions.kernel.host.function import Function
from infra.render import anchors, base, knative, policies, relay
from infra.render.access import secrets_of
from infra.render.scaling import EVENTS, PARTITIONS, RINGING, SENDING, SERVING, scaling_of

pytestmark = pytest.mark.requirement("CLUSTER-003")

ALARM = Function("alarm", service="clock", handler="m:f", rings=True, emits=(TaskDue,))
EATS = Function("eats", service="food", handler="m:f", consumes=TaskCreated, max_batch=10, secrets=("a-secret",))
SENDS = Function("sends", service="post", handler="m:f", consumes=TaskDue, secrets=("smtp-url",))
LOOKS = Function("looks", service="people-api", handler="m:f", watches=(TaskCreated,), calls=("sends/now",))
BURIES = Function("buries", service="yard", handler="m:f", dead_letters=True)
ALL = (ALARM, EATS, SENDS, LOOKS, BURIES)


def egress(function: Function) -> list[dict[str, Any]]:
    own, _ = policies.function_policies(function, ALL)
    rules: list[dict[str, Any]] = own["spec"]["egress"]
    return rules


@pytest.mark.parametrize(
    ("function", "scaling"),
    [(ALARM, RINGING), (EATS, EVENTS), (SENDS, SENDING), (LOOKS, SERVING), (BURIES, EVENTS)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_function_is_scaled_as_what_it_does_needs(function: Function, scaling: Any) -> None:
    assert scaling_of(function) == scaling


def test_nothing_that_handles_events_is_scaled_beyond_the_partitions() -> None:
    assert max(scaling.max_scale for scaling in (EVENTS, SENDING)) <= PARTITIONS


def test_only_who_serves_people_can_be_reached_from_outside() -> None:
    visible = [
        function.name
        for function in ALL
        if "networking.knative.dev/visibility" not in knative.service(function)["metadata"]["labels"]
    ]

    assert visible == ["looks"]


def test_who_only_watches_has_a_relay_beside_its_daprd_and_the_others_a_pause_container() -> None:
    containers = {function.name: relay.companion(function) for function in ALL}

    assert containers.pop("looks")["command"][-1] == "functions.people_api.relay"
    assert {container["name"] for container in containers.values()} == {"pause"}
    assert any(
        entry["name"] == "TASKWAKE_RELAY_URL"
        for entry in knative.service(LOOKS)["spec"]["template"]["spec"]["containers"][0]["env"]
    )


def test_only_the_alarms_daprd_knows_the_scheduler() -> None:
    without = [
        function.name
        for function in ALL
        if anchors.deployment(function)["spec"]["template"]["metadata"]["annotations"].get(
            "dapr.io/scheduler-host-address"
        )
        == ""
    ]

    assert without == ["eats", "sends", "looks", "buries"]


def test_only_who_knows_the_mail_server_reaches_the_internet() -> None:
    reaching = [function.name for function in ALL if any("ipBlock" in str(rule) for rule in egress(function))]

    assert reaching == ["sends"]


def test_who_leaves_events_behind_may_set_alarms() -> None:
    emitting = Function("emits", service="food", handler="m:f", consumes=TaskCreated, emits=(TaskDue,))

    assert policies.arms(emitting)
    assert not policies.arms(EATS)
    assert not policies.arms(ALARM)


def test_who_is_called_is_reached_by_its_callers_daprd_alone() -> None:
    _, called = policies.function_policies(SENDS, ALL)
    _, uncalled = policies.function_policies(EATS, ALL)

    internal = [rule for rule in called["spec"]["ingress"] if rule["ports"] == [{"protocol": "TCP", "port": 50002}]]
    assert [
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for rule in internal for peer in rule["from"]
    ] == ["looks"]
    assert not [rule for rule in uncalled["spec"]["ingress"] if {"protocol": "TCP", "port": 50002} in rule["ports"]]


def test_a_state_store_brings_its_secret_and_its_database() -> None:
    keeps = Function("keeps", service="s", handler="m:f", consumes=TaskCreated, stores=("conversations",))

    assert secrets_of(keeps) == ["database-url-conversations"]
    assert secrets_of(EATS) == ["a-secret"]
    conversations = policies.database_policies([EATS, keeps], [])[1]
    assert conversations["spec"]["podSelector"]["matchExpressions"][0]["values"] == ["keeps"]


def test_each_function_has_a_file_that_the_base_takes_in() -> None:
    files = base.rendered(ALL)

    kustomization = yaml.safe_load(files["kustomization.yaml"])
    assert {f"{function.name}.yaml" for function in ALL} <= set(kustomization["resources"]) & set(files)
    components = yaml.safe_load(base.render_components(ALL))
    assert [f"configuration/{function.name}.yaml" for function in ALL] == components["resources"][4:]
    assert "secrets.yaml" not in components["resources"]
