"""What is read of an overlay, and what is changed in it."""

from copy import deepcopy
from typing import Any

import pytest

from infra.deploy.overlay import image_name, waves
from tests.unit.infra.deploy.objects import anchor, annotation, dapr, function, overlay, sweep

pytestmark = pytest.mark.requirement("CLUSTER-009")


def test_images_are_set_in_services_deployments_and_cron_jobs_and_nowhere_else() -> None:
    before = overlay(function("task-due"), anchor("task-due"), sweep())

    after = before.with_images({"task-due": "r.example/a/task-due@sha256:12", "operations": "r.example/a/operations:2"})

    assert after.images() == [
        "r.example/a/operations:2",
        "r.example/a/task-due@sha256:12",
        "registry.k8s.io/pause:3.10",
    ]
    assert after.operations_image == "r.example/a/operations:2"
    assert after.placeholders() == []
    assert "taskwake.example/task-due" in before.images(), "what was there before stays as it was"


def test_an_image_that_an_overlay_has_renamed_already_is_set_all_the_same() -> None:
    renamed = overlay(function("task-due", "dev.local/taskwake/task-due:dev"))

    assert renamed.with_images({"task-due": "r.example/task-due:3"}).images() == ["r.example/task-due:3"]


def test_images_that_nobody_set_are_named() -> None:
    images = {"alarm": "r.example/alarm:1"}

    assert overlay(function("alarm"), function("task-due")).with_images(images).placeholders() == [
        "taskwake.example/task-due"
    ]


@pytest.mark.parametrize(
    "image",
    [
        "task-due",
        "task-due:1",
        "localhost:5000/task-due",
        "localhost:5000/a/task-due:1.2",
        "r.example/a/task-due@sha256:ab",
        "r.example/task-due:1@sha256:ab",
    ],
)
def test_the_name_of_an_image_is_its_last_part(image: str) -> None:
    assert image_name(image) == "task-due"


def test_an_anchor_restarts_when_what_its_daprd_loads_changes_and_only_then() -> None:
    objects = [
        anchor("alarm"),
        anchor("task-due"),
        dapr("Component", "pubsub", brokers="a"),
        dapr("Subscription", "task-due", "task-due", topic="task.due.v1"),
        dapr("Configuration", "task-due", sampling="0"),
        dapr("Configuration", "alarm", sampling="0"),
    ]
    before = overlay(*deepcopy(objects))
    assert annotation(overlay(*deepcopy(objects)), "task-due") == annotation(before, "task-due")

    for changed, restarted in ((2, {"alarm", "task-due"}), (3, {"task-due"}), (4, {"task-due"}), (5, {"alarm"})):
        others = deepcopy(objects)
        others[changed]["spec"]["more"] = "1"
        after = overlay(*others)
        assert {app for app in ("alarm", "task-due") if annotation(after, app) != annotation(before, app)} == restarted


def test_retries_come_before_functions_and_functions_before_what_hands_events_to_them() -> None:
    subscription = dapr("Subscription", "task-due", "task-due")
    resiliency, relay = (
        dapr("Resiliency", "taskwake"),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "r"}},
    )
    objects = [anchor("task-due"), subscription, function("task-due"), relay, resiliency]

    first, functions, last = waves(objects)

    assert first == [relay, resiliency]
    assert functions == [function("task-due")]
    assert last == [anchor("task-due"), subscription]


def test_secrets_from_outside_are_known_by_the_name_they_get() -> None:
    def external(name: str, **spec: Any) -> dict[str, Any]:
        return {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": name},
            "spec": spec,
        }

    read = overlay(external("smtp-url"), external("other", target={"name": "database-url-api"}))

    assert read.external_secrets() == {"smtp-url", "database-url-api"}
    assert len(read.bringing_secrets()) == 2
