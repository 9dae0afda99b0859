"""The local cluster by itself: from nothing, through crashes, and away again without a trace."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

import httpx
import pytest

from infra.local.cluster.addresses import Addresses
from infra.local.cluster.cluster import Cluster
from infra.local.cluster.images import archives, hello
from infra.local.cluster.knative import DOMAIN
from infra.local.cluster.node import FIXED_FOLDERS, SYSCTLS, Node
from infra.local.cluster.programs import Programs
from infra.local.tools import ToolMissingError

PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def programs() -> Programs:
    """Skip, loudly, where the cluster cannot be; never in CI."""
    in_ci = os.environ.get("CI") == "true"
    if os.geteuid() != 0 and not in_ci:
        pytest.skip("NOT TESTED on a cluster: a node's namespaces and mounts take root")
    try:
        return Programs.find()
    except ToolMissingError as error:
        if in_ci:
            raise
        pytest.skip(f"NOT TESTED on a cluster: {error}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node") / "cluster"


@pytest.fixture(scope="module")
def sysctls() -> dict[str, str]:
    """As they were before any cluster of this module."""
    return read_sysctls()


@pytest.fixture(scope="module")
def cluster(programs: Programs, sysctls: dict[str, str], folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        cluster.up()
        yield cluster
    finally:
        cluster.down()


def read_sysctls() -> dict[str, str]:
    return {name: Path(f"/proc/sys/{name}").read_text() for name in SYSCTLS}


def until(condition: Callable[[], bool], what: str) -> float:
    """Seconds until it holds. Fails when it does not in time."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE_SECONDS:
            pytest.fail(f"after {PATIENCE_SECONDS} s still not: {what}")
        time.sleep(0.2)
    return time.monotonic() - began


def pods_of_hello(cluster: Cluster) -> int:
    return len(cluster.kubectl("get", "pods", "--selector=serving.knative.dev/service=hello", "--output=name").split())


def say_hello(cluster: Cluster) -> httpx.Response:
    return httpx.get(cluster.gateway_url, headers={"host": f"hello.default.{DOMAIN}"}, timeout=60)


@pytest.mark.requirement("CLUSTER-011")
def test_everything_of_the_platform_and_its_data_runs(cluster: Cluster) -> None:
    assert all(cluster.processes().values())
    shown = json.loads(cluster.kubectl("get", "pods", "--all-namespaces", "--output=json"))["items"]
    ready = {pod["metadata"]["namespace"] for pod in shown if pod["status"]["containerStatuses"][0]["ready"]}
    assert ready >= {"kube-system", "knative-serving", "kourier-system", "dapr-system", "taskwake-data"}


@pytest.mark.requirement("CLUSTER-011")
def test_a_function_goes_from_zero_to_one_and_back_to_zero(cluster: Cluster) -> None:
    cluster.load_images(archives([hello()]))
    service = {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "hello", "namespace": "default"},
        "spec": {
            "template": {
                "metadata": {"annotations": {"autoscaling.knative.dev/window": "6s"}},
                "spec": {"timeoutSeconds": 10, "containers": [{"image": hello().image}]},
            }
        },
    }
    cluster.kubectl("apply", "-f", "-", input=json.dumps(service))
    cluster.kubectl("wait", "--for=condition=Ready", "ksvc/hello", f"--timeout={PATIENCE_SECONDS}s")
    until(lambda: pods_of_hello(cluster) == 0, "no pod before the first request")

    answer = say_hello(cluster)

    assert answer.status_code == 200
    assert answer.text.startswith("hello from hello-")
    assert pods_of_hello(cluster) == 1
    until(lambda: pods_of_hello(cluster) == 0, "no pod after the last request")


@pytest.mark.requirement("CLUSTER-011")
def test_a_killed_kubelet_is_started_again_by_up_and_pods_live_on(cluster: Cluster) -> None:
    pods = cluster.kubectl("get", "pods", "--all-namespaces", "--output=name")
    cluster.kill("kubelet")
    assert cluster.processes()["kubelet"] is None

    cluster.up()

    assert cluster.processes()["kubelet"]
    assert cluster.kubectl("get", "pods", "--all-namespaces", "--output=name") == pods


@pytest.mark.requirement("CLUSTER-011")
def test_up_brings_back_a_node_whose_plug_was_pulled_with_its_data(cluster: Cluster, folder: Path) -> None:
    cluster.kubectl("create", "configmap", "kept", "--from-literal=was=here")
    node = Node(folder, Path()).pid
    assert node
    node.kill()
    assert not cluster.running

    cluster.up()

    assert cluster.kubectl("get", "configmap", "kept", "--output=jsonpath={.data.was}") == "here"


@pytest.mark.requirement("CLUSTER-011")
def test_down_leaves_no_trace(programs: Programs, sysctls: dict[str, str], cluster: Cluster, folder: Path) -> None:
    node = Node(folder, Path())
    assert node.pid
    addresses, namespace = node.addresses, os.readlink(f"/proc/{node.pid.number}/ns/pid")
    assert traces(addresses, namespace, folder), "what is looked for is there while it runs"
    assert read_sysctls() == sysctls, "not even while it runs is the machine's own changed"

    cluster.down()

    assert traces(addresses, namespace, folder) == []
    assert read_sysctls() == sysctls
    if not any(Path("/run/netns").glob("taskwake-*")):
        assert [place for place in FIXED_FOLDERS if Path(place).exists()] == []


def traces(addresses: Addresses, namespace: str, folder: Path) -> list[str]:
    """What this machine has of a cluster: processes, mounts, interfaces, routes, namespaces, control groups, files."""
    found = [f"process {pid}" for pid in os.listdir("/proc") if pid.isdigit() and in_namespace(pid, namespace)]
    mine = re.compile(rf"{re.escape(str(folder))}\b|{addresses.name}\b")
    found += [line for line in Path("/proc/self/mounts").read_text().splitlines() if mine.search(line)]
    found += [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{addresses.name}")]
    places = (
        Path(f"/sys/class/net/{addresses.interface}"),
        Path(f"/run/netns/{addresses.name}"),
        folder,
    )
    found += [str(path) for path in places if path.exists()]
    routes = json.loads(subprocess.run(["ip", "-json", "route"], capture_output=True, check=True).stdout)
    networks = [IPv4Network(route["dst"]) for route in routes if route["dst"] != "default"]
    return found + [f"route {network}" for network in networks if network.overlaps(addresses.block)]


def in_namespace(pid: str, namespace: str) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid") == namespace
    except OSError:
        return False
