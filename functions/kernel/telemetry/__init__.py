"""What an operator sees of a running Taskwake: traces through every hop, logs that name them, and measures.

The trace context and the logs are always there. Spans and measures cost nothing until somebody asks for them by
OpenTelemetry's own environment variables, and only then is OpenTelemetry imported.
"""
