"""Spans and measures are on where OpenTelemetry's own variables say so, and cost nothing elsewhere."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from functions.kernel.telemetry import measures, spans, switch

pytestmark = pytest.mark.requirement("TRUST-118")

ENDPOINT = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def off() -> Iterator[None]:
    yield
    spans.records(None)
    measures.keeps(None)
    switch._running = None


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT, "OTEL_SDK_DISABLED": "false"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT, "OTEL_SDK_DISABLED": "True"}, False),
    ],
)
def test_it_is_on_where_an_endpoint_is_named_and_the_sdk_is_not_disabled(environ: dict[str, str], wanted: bool) -> None:
    assert switch.wanted(environ) is wanted


def test_without_the_packages_the_log_says_what_to_install_and_everything_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "functions.kernel.telemetry.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with caplog.at_level(logging.ERROR):
        assert switch.switch_on("task-due", {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT}) is False

    assert "OTEL_EXPORTER_OTLP_ENDPOINT is set" in caplog.text
    assert "taskwake[telemetry]" in caplog.text
    with spans.span("work", "server") as work:
        assert work.context.flags == 0


def test_nothing_of_opentelemetry_is_imported_where_it_is_off() -> None:
    code = """
import json, sys
from functions.kernel.telemetry import switch
on = switch.switch_on("task-due", {})
switch.ready("task-due")
switch.flush()
print(json.dumps([on, [name for name in sys.modules if name.startswith("opentelemetry.sdk")]]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [False, []]
