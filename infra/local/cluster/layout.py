"""Where everything of one cluster is: its folder, its addresses, its programs."""

from dataclasses import dataclass
from pathlib import Path

from infra.local.cluster.addresses import Addresses
from infra.local.cluster.programs import Programs


@dataclass(frozen=True)
class Layout:
    folder: Path
    addresses: Addresses
    programs: Programs

    @property
    def certificates(self) -> Path:
        return self.folder / "certificates"

    @property
    def kubeconfigs(self) -> Path:
        return self.folder / "kubeconfigs"

    @property
    def containerd_socket(self) -> Path:
        return self.folder / "containerd.sock"

    @property
    def api_url(self) -> str:
        return f"https://{self.addresses.node}:6443"

    def key(self, name: str) -> Path:
        """The private key of a certificate."""
        return self.certificates / f"{name}.key"

    def certificate(self, name: str) -> Path:
        return self.certificates / f"{name}.crt"

    def kubeconfig(self, name: str) -> Path:
        return self.kubeconfigs / f"{name}.yaml"
