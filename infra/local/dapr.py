"""Dapr's scheduler and the sidecars of the functions, as processes of this machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.ports import LOOPBACK
from infra.local.process import ProcessSpec
from infra.local.readiness import AllOf, HttpOk, LogLine

SCHEDULER_ID = "dapr-scheduler-server-0"
# Long enough to hand back what is in flight, shorter than the supervisor's patience.
SHUTDOWN_SECONDS = 2


def scheduler_process(
    *,
    binary: Path,
    data_dir: Path,
    port: int,
    peer_port: int,
    client_port: int,
    health_port: int,
    reached_at: int | None = None,
) -> ProcessSpec:
    """The scheduler with its own etcd, whose data stays in `data_dir`; ready once it takes jobs. Sidecars are told to
    connect to `reached_at`, if that is another port than its own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return ProcessSpec(
        name="scheduler",
        argv=[
            binary,
            *("--id", SCHEDULER_ID),
            *("--listen-address", LOOPBACK),
            *("--port", str(port)),
            # Otherwise it tells sidecars the address of the machine's network card.
            *("--override-broadcast-host-port", f"{LOOPBACK}:{reached_at or port}"),
            *("--healthz-listen-address", LOOPBACK),
            *("--healthz-port", str(health_port)),
            "--enable-metrics=false",
            *("--etcd-data-dir", str(data_dir)),
            *("--etcd-initial-cluster", f"{SCHEDULER_ID}=http://{LOOPBACK}:{peer_port}"),
            *("--etcd-client-port", str(client_port)),
            # The only member has nobody to wait for before it elects itself.
            "--etcd-initial-election-tick-advance",
        ],
        cwd=data_dir,
        # Its health endpoint answers before it takes jobs: 1 s before at a first start, 20 s before where the
        # last scheduler on this data was killed, since the lease of that one has to run out.
        ready=AllOf((HttpOk(health_port, "/healthz"), LogLine('"msg":"api is ready"'))),
        ready_timeout_seconds=60,
        ports={"scheduler": port},
    )


def daprd_process(
    *,
    binary: Path,
    app_id: str,
    app_port: int | None,
    http_port: int,
    grpc_port: int,
    internal_grpc_port: int,
    resources: Sequence[Path],
    configurations: Sequence[Path],
    scheduler_port: int | None = None,
    dapr_api_token: str | None = None,
    app_api_token: str | None = None,
    env: Mapping[str, str] | None = None,
    log_level: str = "info",
) -> ProcessSpec:
    """The sidecar of one function. Start it after the function: it waits for `app_port` before it is ready.

    `resources` are folders of components, subscriptions and resiliency; of `configurations` a later file
    overrides an earlier one. `app_port` None is a sidecar that only calls. Ready means that its APIs
    answer and its subscriptions are started; Kafka gives it partitions within moments of that.
    """
    argv: list[str | Path] = [
        binary,
        *("--app-id", app_id),
        *("--mode", "standalone"),
        *("--dapr-listen-addresses", LOOPBACK),
        *("--dapr-http-port", str(http_port)),
        *("--dapr-grpc-port", str(grpc_port)),
        *("--dapr-internal-grpc-listen-address", LOOPBACK),
        *("--dapr-internal-grpc-port", str(internal_grpc_port)),
        *("--dapr-graceful-shutdown-seconds", str(SHUTDOWN_SECONDS)),
        "--enable-metrics=false",
        *("--log-level", log_level),
    ]
    if app_port is not None:
        argv += ["--app-port", str(app_port), "--app-channel-address", LOOPBACK]
    if scheduler_port is not None:
        argv += ["--scheduler-host-address", f"{LOOPBACK}:{scheduler_port}"]
    for folder in resources:
        argv += ["--resources-path", folder]
    for file in configurations:
        argv += ["--config", file]
    tokens = {"DAPR_API_TOKEN": dapr_api_token, "APP_API_TOKEN": app_api_token}
    headers = {"dapr-api-token": dapr_api_token} if dapr_api_token else {}
    return ProcessSpec(
        name=f"daprd-{app_id}",
        argv=argv,
        env={**(env or {}), **{name: token for name, token in tokens.items() if token}},
        ready=AllOf((HttpOk(http_port, "/v1.0/healthz", headers), LogLine("dapr initialized. Status: Running"))),
        ready_timeout_seconds=60,
        ports={"http": http_port, "grpc": grpc_port},
    )


def name_resolution(internal_grpc_ports: Mapping[str, int], *, trust_callers: bool = False) -> str:
    """A Dapr Configuration by which sidecars find each other: app id → internal gRPC port on this machine.

    The default, mDNS, needs multicast and finds the app ids of every other copy on the network as well, and
    builds of stable components lack the SQLite resolver. The one for Kubernetes takes a template: this table.

    `trust_callers` lets any of them call any other: without mTLS a sidecar knows no caller, so the policy of
    components/configuration would refuse all.
    """
    table = "".join(
        f'{{{{if eq .ID "{app_id}"}}}}{LOOPBACK}:{port}{{{{end}}}}' for app_id, port in internal_grpc_ports.items()
    )
    return (
        "apiVersion: dapr.io/v1alpha1\n"
        "kind: Configuration\n"
        "metadata:\n"
        "  name: local-names\n"
        "spec:\n"
        "  nameResolution:\n"
        "    component: kubernetes\n"
        "    configuration:\n"
        f"      template: '{table}'\n" + ("  accessControl:\n    defaultAction: allow\n" if trust_callers else "")
    )
