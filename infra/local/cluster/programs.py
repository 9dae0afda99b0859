"""What the cluster is made of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.local import tools


@dataclass(frozen=True)
class Programs:
    """Every program and manifest of the cluster, in place."""

    kubernetes: tools.Tool
    kubectl: tools.Tool
    coredns: tools.Tool
    envoy: tools.Tool
    dapr: tools.Tool
    dapr_control_plane: tools.Tool
    helm: tools.Tool
    java_home: tools.Tool
    kafka: tools.Tool
    cni: tools.Tool
    system: dict[str, tools.Tool]

    @classmethod
    def find(cls) -> Self:
        """Find them, or make them: about 15 minutes on 2 cores the first time. Raises ToolMissingError."""
        # Those that nothing can be done about come first.
        system, cni = tools.node_programs(), tools.cni_plugins()
        return cls(
            kubernetes=tools.kubernetes(),
            kubectl=tools.kubectl(),
            coredns=tools.coredns(),
            envoy=tools.envoy(),
            dapr=tools.dapr_runtime(),
            dapr_control_plane=tools.dapr_control_plane(),
            helm=tools.helm(),
            java_home=tools.java_home(),
            kafka=tools.kafka(),
            cni=cni,
            system=system,
        )

    def component(self, name: str) -> Path:
        """A program of Kubernetes or Knative."""
        return self.kubernetes.path / "bin" / name
