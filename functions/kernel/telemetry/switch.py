"""Switching spans and measures on, where the environment asks for them, and sending the last of them at the end."""

import logging
import os
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from functions.kernel.telemetry import measures, spans

if TYPE_CHECKING:
    from functions.kernel.telemetry.otel import OpenTelemetry

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
FLUSH_SECONDS = 3.0
"""So long the end of a process waits for a collector; Kubernetes gives it half a minute, of which requests have ten."""

log = logging.getLogger(__name__)

_running: "OpenTelemetry | None" = None


def wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names where to send them, and does not say that nothing is to be sent."""
    return bool(environ.get(ENDPOINT)) and environ.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"


def switch_on(service: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Record and send from now on, if the environment wants it. Without the packages for it the log says so, and
    everything else goes on."""
    global _running
    if not wanted(environ):
        return False
    try:
        from functions.kernel.telemetry.otel import OpenTelemetry
    except ModuleNotFoundError as error:
        log.error("%s is set, but nothing is sent: %s; install taskwake[telemetry]", ENDPOINT, error)  # noqa: TRY400
        return False
    _running = OpenTelemetry(service, environ)
    spans.records(_running)
    measures.keeps(_running)
    return True


def flush() -> None:
    """Send what was recorded; returns after FLUSH_SECONDS at the latest. Nothing where nothing is recorded."""
    if _running is None:
        return
    sending = threading.Thread(target=_running.flush, name="telemetry-flush", daemon=True)
    sending.start()
    sending.join(FLUSH_SECONDS)
    if sending.is_alive():
        log.warning("the last traces and measures were not taken in %g s", FLUSH_SECONDS)


def process_age_seconds() -> float | None:
    """How long ago this process was started; null where the system does not say."""
    if sys.platform != "linux":
        return None
    import time

    with open("/proc/self/stat") as stat:
        started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def ready(service: str) -> None:
    """The process can do its work from now on."""
    if _running is not None and (seconds := process_age_seconds()) is not None:
        measures.measured(measures.COLD_START, seconds, {"taskwake.function": service})
