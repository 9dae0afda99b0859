"""What the programs of the node are told, for one block of addresses."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.cluster import certificates, containerd, dapr, data
from infra.local.cluster.addresses import Addresses
from infra.local.cluster.images import Recipe
from infra.local.cluster.kubelet import kube_proxy, kubelet_settings, proxy_settings
from infra.local.cluster.layout import Layout
from infra.local.cluster.programs import Programs
from infra.local.tools import Tool

pytestmark = pytest.mark.requirement("CLUSTER-011")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    def tool(name: str) -> Tool:
        return Tool(name, "1", tmp_path / "bin" / name, "a test")

    names = [name for name in Programs.__dataclass_fields__ if name != "system"]
    system = {name: tool(name) for name in ("containerd", "runc", "etcd")}
    return Layout(tmp_path / "a folder", Addresses(7), Programs(system=system, **{name: tool(name) for name in names}))


def test_all_that_copies_could_share_holds_the_name_or_the_folder_of_one(layout: Layout) -> None:
    layout.folder.mkdir()
    containerd.containerd(layout, "dev.local/pause:1")
    settings = tomllib.loads((layout.folder / "containerd.toml").read_text())
    kubelet = kubelet_settings(layout)

    shared = [
        *(settings["root"], settings["state"], settings["grpc"]["address"], settings["ttrpc"]["address"]),
        *(kubelet["podLogsDir"], kubelet["containerRuntimeEndpoint"].removeprefix("unix://")),
    ]
    assert all(Path(path).is_relative_to(layout.folder) for path in shared)
    assert kubelet["cgroupRoot"] == "/taskwake-7"


def test_pods_services_and_names_are_of_one_block(layout: Layout) -> None:
    kubelet, addresses = kubelet_settings(layout), layout.addresses
    network: dict[str, Any] = json.loads(containerd.network(layout))

    assert network["plugins"][0]["ipam"]["ranges"] == [[{"subnet": str(addresses.pods)}]]
    assert kubelet["podCIDR"] == proxy_settings(layout)["clusterCIDR"] == str(addresses.pods)
    assert kubelet["clusterDNS"] == [str(addresses.dns_service)]


def test_saying_again_how_kube_proxy_is_started_changes_no_file_of_it(layout: Layout) -> None:
    layout.folder.mkdir()
    kube_proxy(layout)
    before = (layout.folder / "kube-proxy.yaml").stat()

    kube_proxy(layout)

    after = (layout.folder / "kube-proxy.yaml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_kube_proxy_changes_no_setting_of_the_whole_machine(layout: Layout) -> None:
    assert set(proxy_settings(layout)["conntrack"].values()) == {0, "0s"}


def test_the_api_server_answers_under_every_name_it_is_called_by(layout: Layout) -> None:
    names = certificates.subjects(layout)[certificates.API_SERVER].answers_as

    assert set(names) == {
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        "DNS:kubernetes.default.svc",
        "DNS:kubernetes.default.svc.cluster.local",
        "IP:127.0.0.1",
        f"IP:{layout.addresses.api_service}",
        f"IP:{layout.addresses.node}",
    }


def test_certificates_are_made_once_and_readable_by_their_owner_alone(layout: Layout) -> None:
    layout.folder.mkdir()
    certificates.ensure_certificates(layout)
    before = {path: path.read_bytes() for path in layout.certificates.iterdir()}
    certificates.ensure_certificates(layout)

    assert {path: path.read_bytes() for path in layout.certificates.iterdir()} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in layout.certificates.glob("*.key"))
    admin = yaml.safe_load(layout.kubeconfig(certificates.ADMIN).read_text())
    assert admin["clusters"][0]["cluster"]["server"] == f"https://{layout.addresses.node}:6443"


def test_one_dapr_scheduler_is_alone_in_its_cluster() -> None:
    members = ",".join(f"dapr-scheduler-server-{number}=https://host-{number}:2380" for number in range(3))
    container = {"args": ["--etcd-initial-cluster", members, "--tls-enabled"]}
    scheduler = {
        "kind": "StatefulSet",
        "spec": {"replicas": 3, "template": {"spec": {"containers": [container]}}},
    }

    dapr.run_one(scheduler)

    assert scheduler["spec"]["replicas"] == 1  # type: ignore[index]
    assert container["args"] == [
        "--etcd-initial-cluster",
        "dapr-scheduler-server-0=https://host-0:2380",
        "--tls-enabled",
    ]


def test_the_broker_is_known_by_the_name_of_its_service() -> None:
    service, configuration, _ = data.broker(Recipe("broker", "4", list, ("java",)))
    properties = configuration["data"]["server.properties"].splitlines()

    name = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.cluster.local"
    assert f"advertised.listeners=PLAINTEXT://{name}:9092" in properties
    assert "listeners=PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093" in properties
    assert {"num.partitions=4", "auto.create.topics.enable=true", "group.initial.rebalance.delay.ms=0"} <= set(
        properties
    )
