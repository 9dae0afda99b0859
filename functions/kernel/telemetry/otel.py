"""Spans and measures by OpenTelemetry, to where OTEL_EXPORTER_OTLP_ENDPOINT says; imported only then.

What can be set is set by OpenTelemetry's own environment variables (headers, sampler, intervals, resource attributes).
"""

import os
from collections.abc import Mapping, Sequence

from opentelemetry import trace as api
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Counter, Histogram, _Gauge
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from functions.kernel.telemetry.measures import MEASURES, Measure
from functions.kernel.telemetry.spans import Attributes, Kind, Span, Value
from functions.kernel.telemetry.trace import TraceContext

NAMESPACE = "taskwake"
_KINDS = {
    "server": api.SpanKind.SERVER,
    "consumer": api.SpanKind.CONSUMER,
    "producer": api.SpanKind.PRODUCER,
    "client": api.SpanKind.CLIENT,
}


class OpenTelemetry:
    """Records spans and keeps measures of one process, which is called `service` unless OTEL_SERVICE_NAME says else."""

    def __init__(self, service: str, environ: Mapping[str, str] = os.environ) -> None:
        name = environ.get("OTEL_SERVICE_NAME") or service
        resource = Resource.create({"service.name": name, "service.namespace": NAMESPACE})
        self._traces = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._traces.get_tracer(NAMESPACE)
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        self._metrics = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        self._instruments = {measure.name: self._instrument(measure) for measure in MEASURES}

    def begin(
        self, name: str, kind: Kind, parent: TraceContext | None, links: Sequence[TraceContext], attributes: Attributes
    ) -> Span:
        """See Recorder. Whether it is recorded, the sampler decides: by default as the parent has it, else always."""
        above = api.set_span_in_context(api.NonRecordingSpan(_remote(parent)), Context()) if parent else Context()
        span = self._tracer.start_span(
            name, above, _KINDS[kind], attributes=attributes, links=[api.Link(_remote(link)) for link in links]
        )
        return _Recorded(span)

    def keep(self, measure: Measure, value: float, attributes: Attributes) -> None:
        """See Meter."""
        instrument = self._instruments[measure.name]
        if isinstance(instrument, Histogram):
            instrument.record(value, attributes)
        elif isinstance(instrument, Counter):
            instrument.add(value, attributes)
        else:
            instrument.set(value, attributes)

    def flush(self) -> None:
        """Send what is there; returns when it arrived or could not."""
        self._traces.force_flush()
        self._metrics.force_flush()

    def _instrument(self, measure: Measure) -> Histogram | Counter | _Gauge:
        meter = self._metrics.get_meter(NAMESPACE)
        name, unit, description = measure.name, measure.unit, measure.description
        if measure.kind == "histogram":
            return meter.create_histogram(name, unit, description, explicit_bucket_boundaries_advisory=measure.bounds)
        if measure.kind == "counter":
            return meter.create_counter(name, unit, description)
        return meter.create_gauge(name, unit, description)


class _Recorded:
    """An OpenTelemetry span as ours."""

    def __init__(self, span: api.Span) -> None:
        self._span = span
        context = span.get_span_context()
        self.context = TraceContext(
            api.format_trace_id(context.trace_id), api.format_span_id(context.span_id), int(context.trace_flags)
        )

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def tell(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)

    def end(self, error: str | None) -> None:
        if error:
            # Only its kind: its words may be somebody's.
            self._span.set_attribute("error.type", error)
            self._span.set_status(api.StatusCode.ERROR)
        self._span.end()


def _remote(context: TraceContext) -> api.SpanContext:
    flags = api.TraceFlags(context.flags)
    return api.SpanContext(int(context.trace_id, 16), int(context.span_id, 16), is_remote=True, trace_flags=flags)
