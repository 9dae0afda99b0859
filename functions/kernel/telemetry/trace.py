"""The trace that the present work belongs to, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/)."""

import os
import re
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace

SAMPLED = 1
_KNOWN_FLAGS = 3
"""Sampled, and random (Level 2); a participant passes on no other."""

_read = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class TraceContext:
    """One span of a trace: 32 and 16 lowercase hexadecimal digits, and the trace's flags."""

    trace_id: str
    span_id: str
    flags: int = 0

    @property
    def traceparent(self) -> str:
        """As a header or an attribute of a CloudEvent carries it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    def child(self) -> "TraceContext":
        """Another span of the same trace."""
        return replace(self, span_id=os.urandom(8).hex())


_current: ContextVar[TraceContext | None] = ContextVar("trace", default=None)


def parse(traceparent: str | None) -> TraceContext | None:
    """Null for what the specification calls invalid: whoever receives that begins a trace. Of a later version the
    fields that this one knows are read."""
    found = _read(traceparent or "")
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(trace_id, span_id, int(flags, 16) & _KNOWN_FLAGS)


def begin() -> TraceContext:
    """The first span of a new trace. Nobody records it yet, so it is not marked as sampled."""
    return TraceContext(os.urandom(16).hex(), os.urandom(8).hex())


def current() -> TraceContext | None:
    """The span of the present work; null outside of any."""
    return _current.get()


def enter(context: TraceContext) -> Token[TraceContext | None]:
    """Let the present work belong to this span, until `leave`, or until the task ends."""
    return _current.set(context)


def leave(token: Token[TraceContext | None]) -> None:
    """Go back to what was before `enter`."""
    _current.reset(token)
