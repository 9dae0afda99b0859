import pytest

from functions.catalogue import BY_NAME
from infra.render.anchors import deployment
from infra.render.knative import service
from loadtests.cluster.hello import GO, PYTHON, documents, first_after

pytestmark = pytest.mark.requirement("CLUSTER-021")


def test_a_hello_world_runs_in_the_pod_of_a_function_that_handles_events() -> None:
    applied = {(each["kind"], each["metadata"]["name"]): each for each in documents({PYTHON: "python:1", GO: "go:1"})}
    like = service(BY_NAME["task-created"])["spec"]["template"]

    for name, image in ((PYTHON, "python:1"), (GO, "go:1")):
        template = applied["Service", name]["spec"]["template"]
        [container], [other] = template["spec"]["containers"], like["spec"]["containers"]
        assert container["image"] == image
        assert template["metadata"]["annotations"] == like["metadata"]["annotations"]
        for field in ("resources", "securityContext", "readinessProbe", "livenessProbe"):
            assert container[field] == other[field]


def test_a_hello_world_has_the_anchor_of_a_function_and_a_topic_that_no_function_hears() -> None:
    applied = {(each["kind"], each["metadata"]["name"]): each for each in documents({PYTHON: "python:1", GO: "go:1"})}
    like = deployment(BY_NAME["task-created"])["spec"]["template"]["metadata"]["annotations"]

    annotations = applied["Deployment", f"{PYTHON}-anchor"]["spec"]["template"]["metadata"]["annotations"]
    own = {"dapr.io/app-id", "dapr.io/app-channel-address"}
    assert {key: like[key] for key in like.keys() - own - {"dapr.io/config"}} == {
        key: annotations[key] for key in annotations.keys() - own
    }
    assert applied["Component", "bench"]["scopes"] == [PYTHON, GO]
    subscription = applied["Subscription", f"bench.{GO}"]
    assert subscription["spec"]["topic"] == "bench.hello-go"
    assert subscription["scopes"] == [GO]


def test_the_first_moment_that_a_log_names_is_its_own_words_not_another_trials() -> None:
    log = "INFO: started\n1795480000.25\n1795480007.5\n1795480009.0\n"

    assert first_after(log, 1795480001) == 1795480007.5
    assert first_after(log, 1795480010) is None
    assert first_after("2026-11-24T00:26:40.500000001Z\n", 0) == 1795480000.5
