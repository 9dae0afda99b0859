"""The cluster's certificates, and the kubeconfig of each who has one."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.local.cluster.layout import Layout
from infra.local.process import ProcessFailedError

DAYS = "365"
NODE = "node"
ADMIN, CONTROLLER_MANAGER, SCHEDULER, KUBELET, PROXY = "admin", "controller-manager", "scheduler", "kubelet", "proxy"
API_SERVER, AUTHORITY, SERVICE_ACCOUNTS = "apiserver", "authority", "service-accounts"
CLIENTS = (ADMIN, CONTROLLER_MANAGER, SCHEDULER, KUBELET, PROXY)


@dataclass(frozen=True)
class Subject:
    """Who a certificate is for, by Kubernetes' names, and the names and addresses it answers under as a server."""

    name: str
    group: str = ""
    answers_as: tuple[str, ...] = ()

    @property
    def distinguished_name(self) -> str:
        return (f"/O={self.group}" if self.group else "") + f"/CN={self.name}"


def subjects(layout: Layout) -> dict[str, Subject]:
    """Each certificate's subject (https://kubernetes.io/docs/setup/best-practices/certificates/)."""
    addresses = layout.addresses
    service = "kubernetes.default.svc.cluster.local"
    return {
        API_SERVER: Subject(
            "kube-apiserver",
            answers_as=(
                *(f"DNS:{'.'.join(service.split('.')[:parts])}" for parts in (1, 2, 3, 5)),
                *(f"IP:{address}" for address in ("127.0.0.1", addresses.api_service, addresses.node)),
            ),
        ),
        ADMIN: Subject("admin", "system:masters"),
        CONTROLLER_MANAGER: Subject("system:kube-controller-manager"),
        SCHEDULER: Subject("system:kube-scheduler"),
        KUBELET: Subject(f"system:node:{NODE}", "system:nodes", (f"DNS:{NODE}", f"IP:{addresses.node}")),
        PROXY: Subject("system:kube-proxy"),
    }


def ensure_certificates(layout: Layout) -> None:
    """Make those that are missing, with their kubeconfigs. Raises ProcessFailedError."""
    layout.certificates.mkdir(parents=True, exist_ok=True, mode=0o700)
    layout.kubeconfigs.mkdir(exist_ok=True, mode=0o700)
    authority = (layout.certificate(AUTHORITY), layout.key(AUTHORITY))
    if not authority[0].exists():
        _make_key(authority[1])
        _openssl(
            "req", "-x509", "-new", "-key", authority[1], "-subj", "/CN=taskwake", "-days", DAYS, "-out", authority[0]
        )
    if not layout.certificate(SERVICE_ACCOUNTS).exists():
        _openssl("genrsa", "-out", layout.key(SERVICE_ACCOUNTS), "2048")
        _openssl("rsa", "-in", layout.key(SERVICE_ACCOUNTS), "-pubout", "-out", layout.certificate(SERVICE_ACCOUNTS))
    for name, subject in subjects(layout).items():
        if not layout.certificate(name).exists():
            _make_key(layout.key(name))
            _sign(subject, layout.key(name), layout.certificate(name), *authority)
    for client in CLIENTS:
        layout.kubeconfig(client).write_text(kubeconfig(layout, client))


def kubeconfig(layout: Layout, client: str) -> str:
    """How `client` reaches the API server and shows who it is."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "taskwake",
                    "cluster": {
                        "server": layout.api_url,
                        "certificate-authority": str(layout.certificate(AUTHORITY)),
                    },
                }
            ],
            "users": [
                {
                    "name": client,
                    "user": {
                        "client-certificate": str(layout.certificate(client)),
                        "client-key": str(layout.key(client)),
                    },
                }
            ],
            "contexts": [{"name": "taskwake", "context": {"cluster": "taskwake", "user": client}}],
            "current-context": "taskwake",
        }
    )


def _make_key(path: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
    path.chmod(0o600)


def _sign(subject: Subject, key: Path, certificate: Path, authority: Path, authority_key: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        request, extensions = Path(scratch) / "request", Path(scratch) / "extensions"
        names = f"subjectAltName={','.join(subject.answers_as)}\n" if subject.answers_as else ""
        extensions.write_text(f"extendedKeyUsage=serverAuth,clientAuth\n{names}")
        _openssl("req", "-new", "-key", key, "-subj", subject.distinguished_name, "-out", request)
        signed = Path(scratch) / "signed"
        _openssl(
            *("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial"),
            *("-CAserial", Path(scratch) / "serial", "-days", DAYS, "-extfile", extensions, "-out", signed),
        )
        certificate.write_bytes(signed.read_bytes())


def _openssl(*arguments: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessFailedError(f"`openssl {' '.join(map(str, arguments))}` failed: {done.stderr.strip()}")
