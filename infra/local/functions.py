"""The functions of the catalogue as processes: each as `functions_framework` serves it, in front of its daprd."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import functions
from functions.catalogue import FUNCTIONS
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.host.function import Function
from functions.kernel.settings import WEBHOOK_NETWORKS
from infra.local.dapr import daprd_process
from infra.local.ports import LOOPBACK, PortBlock
from infra.local.process import ProcessSpec
from infra.local.readiness import PortOpen
from infra.render.pubsub import BROKERS_VARIABLE
from infra.render.stores import SECRETS_FILE_VARIABLE

API_TOKEN, APP_TOKEN = "dapr-api-token", "app-api-token"
SOURCE = Path(functions.__file__).parent / "main.py"
ALARM = next(function.name for function in FUNCTIONS if function.rings)


@dataclass(frozen=True)
class Tokens:
    """What functions show to daprd (`api`), and daprd to functions (`app`)."""

    api: str
    app: str

    @classmethod
    async def kept_in(cls, secrets: FileSecretStore) -> Self:
        """Those of this file; made up at the first time."""
        secrets.ensure(API_TOKEN, APP_TOKEN)
        return cls(await secrets.get(API_TOKEN), await secrets.get(APP_TOKEN))


@dataclass(frozen=True)
class Ports:
    """The ports of a function and its daprd, out of a block."""

    block: PortBlock
    detours: Mapping[int, int] = field(default_factory=dict)
    """A port → the one that others connect to instead: of a proxy that a test puts between."""

    def towards(self, port: int) -> int:
        """Where to connect to for what listens on this port."""
        return self.detours.get(port, port)

    def app(self, name: str) -> int:
        """Where the function itself listens."""
        return self.block.take(name)

    def daprd_http(self, name: str) -> int:
        """Dapr's API over HTTP."""
        return self.block.take(f"daprd-{name}-http")

    def daprd_grpc(self, name: str) -> int:
        """Dapr's API over gRPC."""
        return self.block.take(f"daprd-{name}-grpc")

    def daprd_internal(self, name: str) -> int:
        """Where other daprds reach this one."""
        return self.block.take(f"daprd-{name}-internal")


def function_process(name: str, ports: Ports, tokens: Tokens) -> ProcessSpec:
    """One function. Ready when it listens: it asks its daprd for nothing before its first request."""
    port = ports.app(name)
    return ProcessSpec(
        name=name,
        argv=[
            *(sys.executable, "-m", "functions.kernel.host.server"),
            *("--host", LOOPBACK, "--port", str(port), "--drain-seconds", "2"),
        ],
        env={
            "FUNCTION_SOURCE": str(SOURCE),
            "FUNCTION_TARGET": name,
            "DAPR_HTTP_ENDPOINT": f"http://{LOOPBACK}:{ports.towards(ports.daprd_http(name))}",
            "DAPR_GRPC_ENDPOINT": f"{LOOPBACK}:{ports.towards(ports.daprd_grpc(name))}",
            "DAPR_API_TOKEN": tokens.api,
            "APP_API_TOKEN": tokens.app,
            "TASKWAKE_ALARM_GRPC_ENDPOINT": f"{LOOPBACK}:{ports.towards(ports.daprd_grpc(ALARM))}",
            WEBHOOK_NETWORKS: "127.0.0.0/8,::1/128",  # whoever develops has their receiver here
        },
        ready=PortOpen(port),
        ready_timeout_seconds=60,
        ports={"http": port},
    )


def sidecar_process(
    function: Function,
    ports: Ports,
    tokens: Tokens,
    *,
    binary: Path,
    components: Path,
    names: Path,
    environment: Mapping[str, str],
) -> ProcessSpec:
    """The daprd of one function, with the files of `components` and `names`, by which daprds find each other."""
    spec = daprd_process(
        binary=binary,
        app_id=function.name,
        app_port=ports.towards(ports.app(function.name)),
        http_port=ports.daprd_http(function.name),
        grpc_port=ports.daprd_grpc(function.name),
        internal_grpc_port=ports.daprd_internal(function.name),
        resources=[components],
        configurations=[components / "configuration" / f"{function.name}.yaml", names],
        scheduler_port=ports.towards(ports.block.take("scheduler")),
        dapr_api_token=tokens.api,
        app_api_token=tokens.app,
        env=environment,
    )
    return replace(spec, cwd=names.parent)


def sidecar_environment(kafka_port: int, secrets_file: Path) -> dict[str, str]:
    """What components/ asks daprd's environment for."""
    return {BROKERS_VARIABLE: f"{LOOPBACK}:{kafka_port}", SECRETS_FILE_VARIABLE: str(secrets_file)}
