"""What an overlay says is what the catalogue says."""

import re

import pytest

from functions.catalogue import FUNCTIONS
from functions.kernel.host.function import Function
from infra.deploy.secrets import ADDRESSES, RANDOM
from infra.render.access import secrets_of
from infra.render.pubsub import BROKERS_VARIABLE
from tests.contract.cluster.overlays import OVERLAYS, Document, of_kind, overlay, pod_template

CLOUDS = ("aks", "gke", "oke")
KNATIVE = "serving.knative.dev"
every_overlay = pytest.mark.parametrize("name", OVERLAYS)
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


@pytest.mark.requirement("CLUSTER-003")
@every_function
def test_a_function_has_all_that_it_runs_on(function: Function) -> None:
    objects = overlay("minikube")

    service = of_kind(objects, "Service", KNATIVE)[function.name]
    anchor = of_kind(objects, "Deployment")[f"{function.name}-anchor"]

    assert service["spec"]["template"]["spec"]["serviceAccountName"] == function.name
    assert anchor["spec"]["template"]["spec"]["serviceAccountName"] == f"{function.name}-anchor"
    assert {function.name, f"{function.name}-anchor"} <= of_kind(objects, "ServiceAccount").keys()
    assert {function.name, f"{function.name}-anchor"} <= of_kind(objects, "NetworkPolicy").keys()
    assert function.name in of_kind(objects, "Configuration", "dapr.io")
    budget = of_kind(objects, "PodDisruptionBudget")[f"{function.name}-anchor"]
    labels = anchor["spec"]["template"]["metadata"]["labels"]
    assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert anchor["spec"]["selector"]["matchLabels"].items() <= labels.items()


@pytest.mark.requirement("CLUSTER-003")
@every_function
def test_daprd_may_read_the_secrets_that_its_function_declares_and_no_others(function: Function) -> None:
    objects = overlay("minikube")

    role, binding = (of_kind(objects, kind)[f"{function.name}-anchor"] for kind in ("Role", "RoleBinding"))

    conversations = ["database-url-conversations"] if function.stores else []
    assert role["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "resourceNames": [*function.secrets, *conversations],
            "verbs": ["get"],
        }
    ]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": f"{function.name}-anchor", "namespace": "taskwake"}
    ]


@pytest.mark.requirement("CLUSTER-003")
def test_nobody_else_may_do_anything() -> None:
    for name in OVERLAYS:
        objects = overlay(name)
        kinds = {document["kind"] for document in objects}
        assert kinds.isdisjoint({"ClusterRole", "ClusterRoleBinding", "Secret"})
        assert set(of_kind(objects, "Role")) == {f"{function.name}-anchor" for function in FUNCTIONS}


@pytest.mark.requirement("CLUSTER-003")
@every_overlay
def test_every_object_is_of_the_namespace(name: str) -> None:
    for document in overlay(name):
        if document["kind"] != "Namespace":
            assert document["metadata"]["namespace"] == "taskwake", document["metadata"]
        assert document["metadata"]["labels"]["app.kubernetes.io/part-of"] == "taskwake", document["metadata"]


@pytest.mark.requirement("CLUSTER-003")
@every_overlay
def test_only_chat_api_is_there_for_the_world(name: str) -> None:
    services = of_kind(overlay(name), "Service", KNATIVE)
    public = {
        function
        for function, service in services.items()
        if service["metadata"]["labels"].get("networking.knative.dev/visibility") != "cluster-local"
    }

    assert public == {"chat-api"}
    assert {service["spec"].get("type", "ClusterIP") for service in of_kind(overlay(name), "Service", "").values()} == {
        "ClusterIP"
    }


@pytest.mark.requirement("CLUSTER-003")
@pytest.mark.parametrize(("name", "partitions"), [("minikube", 4), ("kind", 4), ("aks", 12), ("gke", 12), ("oke", 12)])
def test_functions_sleep_at_zero_and_scale_to_the_partitions(name: str, partitions: int) -> None:
    for service in of_kind(overlay(name), "Service", KNATIVE).values():
        annotations = service["spec"]["template"]["metadata"]["annotations"]
        assert annotations["autoscaling.knative.dev/min-scale"] == "0"
        assert annotations["autoscaling.knative.dev/max-scale"] == str(partitions)
    for component in of_kind(overlay(name), "Component", "dapr.io").values():
        if component["spec"]["type"] == "pubsub.kafka":
            assert component["metadata"]["annotations"]["taskwake.dev/partitions"] == str(partitions)


@pytest.mark.requirement("CLUSTER-020")
def test_an_event_goes_to_chat_apis_relay_and_wakes_no_chat_api() -> None:
    objects = overlay("minikube")
    template = of_kind(objects, "Deployment")["chat-api-anchor"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    relay = of_kind(objects, "Service", "")["chat-api-anchor"]
    service = of_kind(objects, "Service", KNATIVE)["chat-api"]

    assert "dapr.io/app-channel-address" not in template["metadata"]["annotations"]
    assert template["metadata"]["annotations"]["dapr.io/app-port"] == "8081"
    assert container["command"][-2:] == ["-m", "functions.chat_api.relay"]
    assert relay["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    variables = {entry["name"]: entry.get("value") for entry in environment(service)}
    assert variables["TASKWAKE_RELAY_URL"] == "http://chat-api-anchor.taskwake.svc.cluster.local:8081"


@pytest.mark.requirement("CLUSTER-003")
@every_function
def test_a_function_is_told_where_its_daprd_is(function: Function) -> None:
    service = of_kind(overlay("minikube"), "Service", KNATIVE)[function.name]

    variables = {entry["name"]: entry.get("value") for entry in environment(service)}

    assert variables["FUNCTION_TARGET"] == function.name
    assert variables["DAPR_HTTP_ENDPOINT"] == f"http://{function.name}-anchor.taskwake.svc.cluster.local:3500"
    assert variables["DAPR_GRPC_ENDPOINT"] == f"{function.name}-anchor.taskwake.svc.cluster.local:50001"
    assert variables["TASKWAKE_ALARM_GRPC_ENDPOINT"] == "alarm-anchor.taskwake.svc.cluster.local:50001"


@pytest.mark.requirement("CLUSTER-019")
def test_a_warmed_function_is_still_awake_when_its_event_comes() -> None:
    for function in FUNCTIONS:
        service = of_kind(overlay("minikube"), "Service", KNATIVE)[function.name]
        annotations = service["spec"]["template"]["metadata"]["annotations"]
        variables = {entry["name"]: entry.get("value") for entry in environment(service)}
        lead = int(variables["TASKWAKE_ALARM_LEAD_SECONDS"])

        window = int(annotations["autoscaling.knative.dev/window"].removesuffix("s"))
        retention = int(annotations["autoscaling.knative.dev/scale-to-zero-pod-retention-period"].removesuffix("s"))
        assert lead < window
        # Knative's own grace comes on top: 30 s.
        assert window + max(retention, 30) < 110
        assert not function.rings or service["spec"]["template"]["spec"]["timeoutSeconds"] >= 120


@pytest.mark.requirement("CLUSTER-003")
@every_overlay
def test_no_token_and_no_password_stands_in_a_manifest(name: str) -> None:
    for document in overlay(name):
        if pod_template(document):
            for entry in environment(document):
                if re.search("TOKEN|PASSWORD|SECRET|KEY|URL", entry["name"]) and entry["name"] != "TASKWAKE_RELAY_URL":
                    assert "secretKeyRef" in entry["valueFrom"], (document["metadata"]["name"], entry["name"])
    for component in of_kind(overlay(name), "Component", "dapr.io").values():
        for entry in component["spec"]["metadata"]:
            if re.search("password|connectionString|secretKey", entry["name"], re.IGNORECASE):
                assert "value" not in entry, (component["metadata"]["name"], entry["name"])


@pytest.mark.requirement("CLUSTER-003")
@pytest.mark.parametrize("name", CLOUDS)
def test_on_a_cloud_every_secret_is_brought_from_outside_or_made(name: str) -> None:
    objects = overlay(name)
    read_by_daprd = {secret for function in FUNCTIONS for secret in secrets_of(function)}
    read_by_pods = {
        entry["valueFrom"]["secretKeyRef"]["name"]
        for document in objects
        if pod_template(document)
        for entry in environment(document)
        if "valueFrom" in entry
    }
    brought = {
        secret: external
        for secret, external in of_kind(objects, "ExternalSecret").items()
        if external["spec"]["secretStoreRef"]["kind"] == "ClusterSecretStore"
    }

    assert brought.keys() == {"database-url-owner", "smtp-url"}
    assert (read_by_daprd | read_by_pods) - brought.keys() == {*RANDOM, *ADDRESSES}
    for secret, external in brought.items():
        assert external["spec"]["target"]["name"] == secret
        assert external["spec"]["data"] == [{"secretKey": secret, "remoteRef": {"key": secret}}]


@pytest.mark.requirement("CLUSTER-003")
@pytest.mark.parametrize("name", CLOUDS)
def test_on_a_cloud_each_function_logs_in_to_the_broker_as_itself(name: str) -> None:
    objects = overlay(name)
    for function in FUNCTIONS:
        anchor = of_kind(objects, "Deployment")[f"{function.name}-anchor"]
        variables = anchor["spec"]["template"]["metadata"]["annotations"]["dapr.io/env-from-secret"].split(",")
        assert set(variables) == {
            f"TASKWAKE_KAFKA_PASSWORD=kafka-{function.name}:password",
            "TASKWAKE_KAFKA_CA=kafka-ca:ca.crt",
        }
        assert {f"kafka-{function.name}", "kafka-ca"} <= of_kind(objects, "ExternalSecret").keys()
    for component in of_kind(objects, "Component", "dapr.io").values():
        if component["spec"]["type"] == "pubsub.kafka":
            entries = {entry["name"]: entry for entry in component["spec"]["metadata"]}
            assert entries["authType"]["value"] == "password"
            assert entries["saslUsername"]["value"] == "{appID}"
            assert entries["saslPassword"]["envRef"] == "TASKWAKE_KAFKA_PASSWORD"
            assert "disableTls" not in entries
            assert "skipVerify" not in entries


@pytest.mark.requirement("CLUSTER-003")
@every_overlay
def test_each_daprd_is_told_where_the_broker_is(name: str) -> None:
    for anchor in of_kind(overlay(name), "Deployment").values():
        annotations = anchor["spec"]["template"]["metadata"]["annotations"]
        assert annotations["dapr.io/env"] == f"{BROKERS_VARIABLE}=broker.taskwake-data.svc.cluster.local:9092"


@pytest.mark.requirement("CLUSTER-003")
@pytest.mark.parametrize(("name", "rate"), [("minikube", "0"), ("aks", "1"), ("gke", "1"), ("oke", "1")])
def test_traces_are_kept_where_there_is_a_collector(name: str, rate: str) -> None:
    for configuration in of_kind(overlay(name), "Configuration", "dapr.io").values():
        assert configuration["spec"]["tracing"]["samplingRate"] == rate


@pytest.mark.requirement("CLUSTER-003")
def test_the_sweep_asks_the_alarm_every_hour_and_never_twice_at_once() -> None:
    sweep = of_kind(overlay("minikube"), "CronJob")["sweep"]["spec"]
    (container,) = sweep["jobTemplate"]["spec"]["template"]["spec"]["containers"]

    assert re.fullmatch(r"\d+ \* \* \* \*", sweep["schedule"])
    assert sweep["concurrencyPolicy"] == "Forbid"
    assert container["args"] == ["rearm", "--url", "http://alarm.taskwake.svc.cluster.local"]


def environment(document: Document) -> list[Document]:
    template = pod_template(document)
    assert template is not None
    return [entry for container in template["spec"]["containers"] for entry in container.get("env", [])]
