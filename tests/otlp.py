"""A collector as OpenTelemetry knows it: OTLP over HTTP, in protobuf, on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.in_thread import in_thread


class Collector(ThreadingHTTPServer):
    """Takes what is sent to it; `bodies` as they came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[tuple[str, bytes]] = []

    @property
    def endpoint(self) -> str:
        """What OTEL_EXPORTER_OTLP_ENDPOINT is to say."""
        return f"http://127.0.0.1:{self.server_port}"

    def services(self) -> set[str]:
        """Who sent spans."""
        found = [known(sent.resource.attributes)["service.name"] for sent in self._traces()]
        return set(found)

    def spans(self) -> list[Span]:
        """Every span that came."""
        return [span for sent in self._traces() for scope in sent.scope_spans for span in scope.spans]

    def points(self, name: str) -> dict[tuple[Any, ...], Any]:
        """The last point of each series of a metric, by the values of its attributes in the order of their names."""
        found = {}
        for _, body in (each for each in self.bodies if each[0] == "/v1/metrics"):
            for sent in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (metric for scope in sent.scope_metrics for metric in scope.metrics):
                    if metric.name == name:
                        for point in getattr(metric, metric.WhichOneof("data")).data_points:
                            attributes = known(point.attributes)
                            found[tuple(attributes[key] for key in sorted(attributes))] = point
        return found

    def units(self) -> dict[str, str]:
        """The unit of each metric that came."""
        return {
            metric.name: metric.unit
            for path, body in self.bodies
            if path == "/v1/metrics"
            for sent in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in sent.scope_metrics
            for metric in scope.metrics
        }

    def _traces(self) -> Iterator[Any]:
        for path, body in self.bodies:
            if path == "/v1/traces":
                yield from ExportTraceServiceRequest.FromString(body).resource_spans


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def collecting() -> Iterator[Collector]:
    with in_thread(Collector()) as collector:
        yield collector


def known(attributes: Any) -> dict[str, Any]:
    """Attributes as a mapping."""

    def value(pair: KeyValue) -> Any:
        return getattr(pair.value, pair.value.WhichOneof("value"))

    return {pair.key: value(pair) for pair in attributes}
