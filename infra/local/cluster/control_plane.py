"""etcd, the API server, the controller manager and the scheduler, as programs of the node."""

import ssl

from infra.local.cluster import certificates
from infra.local.cluster.layout import Layout
from infra.local.cluster.processes import Daemon, http_ok

# Only what runs in the node's own network namespace reaches its loopback address: pods have one each.
CONTROLLER_MANAGER_PORT, SCHEDULER_PORT = 10257, 10259
ETCD_URL, ETCD_PEER_URL = "http://127.0.0.1:2379", "http://127.0.0.1:2380"


def etcd(layout: Layout) -> Daemon:
    return Daemon(
        "etcd",
        [
            layout.programs.system["etcd"].path,
            *("--data-dir", layout.folder / "etcd"),
            *("--listen-client-urls", ETCD_URL, "--advertise-client-urls", ETCD_URL),
            *("--listen-peer-urls", ETCD_PEER_URL, "--initial-advertise-peer-urls", ETCD_PEER_URL),
            *("--initial-cluster", f"default={ETCD_PEER_URL}"),
            # A kill loses nothing; a power cut may, of a cluster that can be made again.
            "--unsafe-no-fsync",
        ],
    )


def api_server(layout: Layout) -> Daemon:
    """Ready when it takes requests, its own roles included: the controller manager ends when it starts before that."""
    addresses = layout.addresses
    return Daemon(
        "kube-apiserver",
        [
            layout.programs.component("kube-apiserver"),
            f"--etcd-servers={ETCD_URL}",
            *(f"--bind-address={addresses.node}", f"--advertise-address={addresses.node}", "--secure-port=6443"),
            f"--service-cluster-ip-range={addresses.services}",
            "--authorization-mode=Node,RBAC",
            f"--client-ca-file={layout.certificate(certificates.AUTHORITY)}",
            f"--tls-cert-file={layout.certificate(certificates.API_SERVER)}",
            f"--tls-private-key-file={layout.key(certificates.API_SERVER)}",
            f"--cert-dir={layout.folder / 'apiserver'}",
            f"--kubelet-client-certificate={layout.certificate(certificates.ADMIN)}",
            f"--kubelet-client-key={layout.key(certificates.ADMIN)}",
            f"--kubelet-certificate-authority={layout.certificate(certificates.AUTHORITY)}",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={layout.certificate(certificates.SERVICE_ACCOUNTS)}",
            f"--service-account-signing-key-file={layout.key(certificates.SERVICE_ACCOUNTS)}",
            "--allow-privileged=true",
            "--profiling=false",
        ],
        ready=lambda: http_ok(
            str(addresses.node),
            6443,
            "/readyz",
            ssl.create_default_context(cafile=str(layout.certificate(certificates.AUTHORITY))),
        ),
        timeout_seconds=120,
    )


def controller_manager(layout: Layout) -> Daemon:
    return Daemon(
        "kube-controller-manager",
        [
            layout.programs.component("kube-controller-manager"),
            *_client_flags(layout, certificates.CONTROLLER_MANAGER),
            f"--service-account-private-key-file={layout.key(certificates.SERVICE_ACCOUNTS)}",
            f"--root-ca-file={layout.certificate(certificates.AUTHORITY)}",
            f"--cluster-signing-cert-file={layout.certificate(certificates.AUTHORITY)}",
            f"--cluster-signing-key-file={layout.key(certificates.AUTHORITY)}",
            "--use-service-account-credentials=true",
        ],
        ready=lambda: _healthy(layout, CONTROLLER_MANAGER_PORT),
    )


def scheduler(layout: Layout) -> Daemon:
    return Daemon(
        "kube-scheduler",
        [layout.programs.component("kube-scheduler"), *_client_flags(layout, certificates.SCHEDULER)],
        ready=lambda: _healthy(layout, SCHEDULER_PORT),
    )


def _client_flags(layout: Layout, client: str) -> list[str]:
    kubeconfig = layout.kubeconfig(client)
    return [
        *(f"--{use}kubeconfig={kubeconfig}" for use in ("", "authentication-", "authorization-")),
        f"--bind-address={layout.addresses.node}",
        # There is one of each.
        "--leader-elect=false",
        f"--cert-dir={layout.folder / client}",
    ]


def _healthy(layout: Layout, port: int) -> bool:
    # It has a certificate that it made itself, which nobody else knows.
    return http_ok(str(layout.addresses.node), port, "/healthz", ssl._create_unverified_context())  # noqa: S323
