"""What makes the node a node: kubelet and kube-proxy."""

from pathlib import Path
from typing import Any

import yaml

from infra.local.cluster import certificates
from infra.local.cluster.layout import Layout
from infra.local.cluster.processes import Daemon, http_ok, write_whole

KUBELET_HEALTH, PROXY_HEALTH = 10248, 10256


def kubelet(layout: Layout) -> Daemon:
    """Write its settings and say how to start it."""
    (layout.folder / "resolv.conf").write_text(f"nameserver {layout.addresses.dns_service}\n")
    settings = _write(layout.folder / "kubelet.yaml", kubelet_settings(layout))
    return Daemon(
        "kubelet",
        [
            layout.programs.component("kubelet"),
            f"--config={settings}",
            f"--kubeconfig={layout.kubeconfig(certificates.KUBELET)}",
            f"--hostname-override={certificates.NODE}",
            f"--node-ip={layout.addresses.node}",
        ],
        ready=lambda: http_ok(str(layout.addresses.node), KUBELET_HEALTH),
    )


def kubelet_settings(layout: Layout) -> dict[str, Any]:
    """https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(layout.addresses.node),
        "healthzBindAddress": str(layout.addresses.node),
        "healthzPort": KUBELET_HEALTH,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.certificate(certificates.AUTHORITY))},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(layout.certificate(certificates.KUBELET)),
        "tlsPrivateKeyFile": str(layout.key(certificates.KUBELET)),
        "containerRuntimeEndpoint": f"unix://{layout.containerd_socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{layout.addresses.name}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [str(layout.addresses.dns_service)],
        "clusterDomain": "cluster.local",
        "resolvConf": str(layout.folder / "resolv.conf"),
        "podLogsDir": str(layout.folder / "pod-logs"),
        "podCIDR": str(layout.addresses.pods),
        # The disk is the machine's: how full it is otherwise is no reason to end pods or to forget images.
        "evictionHard": {"memory.available": "200Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "maxPods": 110,
    }


def kube_proxy(layout: Layout) -> Daemon:
    """Write its settings and say how to start it."""
    settings = _write(layout.folder / "kube-proxy.yaml", proxy_settings(layout))
    return Daemon(
        "kube-proxy",
        [layout.programs.component("kube-proxy"), f"--config={settings}"],
        ready=lambda: http_ok(str(layout.addresses.node), PROXY_HEALTH),
    )


def proxy_settings(layout: Layout) -> dict[str, Any]:
    """https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/"""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(layout.kubeconfig(certificates.PROXY))},
        "clusterCIDR": str(layout.addresses.pods),
        "hostnameOverride": certificates.NODE,
        "healthzBindAddress": f"{layout.addresses.node}:{PROXY_HEALTH}",
        "metricsBindAddress": "127.0.0.1:10249",
        "nodePortAddresses": [str(layout.addresses.link)],
        # These are settings of the whole machine.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def _write(path: Path, settings: dict[str, Any]) -> Path:
    write_whole(path, yaml.safe_dump(settings, sort_keys=False))
    return path
