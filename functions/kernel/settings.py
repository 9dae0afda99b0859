"""What the environment tells a function: where its daprd is. Everything else is a secret, or a constant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DaprSettings:
    """Addresses and tokens of the Dapr way.

    `http_endpoint` is this function's daprd; `alarm_grpc_endpoint` (`host:port`) the alarm's, which keeps the jobs;
    null: this function's own. `api_token` is shown to daprd, `app_token` is what daprd shows (null: nobody checks).
    """

    http_endpoint: str
    alarm_grpc_endpoint: str | None
    api_token: str | None
    app_token: str | None


def from_environment(environ: Mapping[str, str] = os.environ) -> DaprSettings:
    """The settings, under Dapr's own names where it has one."""
    port = environ.get("DAPR_HTTP_PORT", "3500")
    return DaprSettings(
        http_endpoint=environ.get("DAPR_HTTP_ENDPOINT") or f"http://127.0.0.1:{port}",
        alarm_grpc_endpoint=environ.get("TASKWAKE_ALARM_GRPC_ENDPOINT") or None,
        api_token=environ.get("DAPR_API_TOKEN") or None,
        app_token=environ.get("APP_API_TOKEN") or None,
    )
