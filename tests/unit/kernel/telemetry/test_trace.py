"""W3C Trace Context: the cases of the specification, and of the W3C's own test suite (trace-context, test.py)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from functions.kernel.events import TaskDue
from functions.kernel.telemetry import trace
from functions.kernel.telemetry.spans import span, traced

pytestmark = pytest.mark.requirement("TRUST-110")

TRACE, SPAN = "a1" * 16, "b2" * 8
OURS = f"00-{TRACE}-{SPAN}-01"
ID = UUID(int=1)
DUE = TaskDue(
    reminder_id=ID,
    task_id=ID,
    list_id=ID,
    user_id=ID,
    kind="due",
    remind_at=datetime(2026, 1, 1, tzinfo=UTC),
    title="x",
)


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        (OURS, 1),
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-03", 3),
        (f"00-{TRACE}-{SPAN}-ff", 3),
        (f"01-{TRACE}-{SPAN}-01", 1),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", 1),
        (f"cc-{TRACE}-{SPAN}-01-", 1),
    ],
)
def test_a_valid_traceparent_is_read(given: str, flags: int) -> None:
    read = trace.parse(given)

    assert read == trace.TraceContext(TRACE, SPAN, flags)
    assert read.traceparent == f"00-{TRACE}-{SPAN}-0{flags}"


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-what-the-future-will-be-like",
        f"00-{TRACE}-{SPAN}-01.",
        f"cc-{TRACE}-{SPAN}-01.what",
        f"0-{TRACE}-{SPAN}-01",
        f".0-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-0",
        f"00-{TRACE}-{SPAN}-.0",
        f"00-{TRACE}-{SPAN}-000",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}0-{SPAN}-01",
        f"00-{TRACE}-{SPAN[:-1]}-01",
        f"00-{TRACE}-{SPAN}0-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-.{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN[:-1]}.-01",
        f"00-{TRACE[:-1]}\N{ARABIC-INDIC DIGIT ONE}-{SPAN}-01",
        f"{OURS}\n",
        f" {OURS}",
        f"{OURS},{OURS}",
    ],
)
def test_an_invalid_traceparent_is_none(given: str | None) -> None:
    assert trace.parse(given) is None


def test_a_child_is_another_span_of_the_same_trace_with_its_flags() -> None:
    parent = trace.TraceContext(TRACE, SPAN, 1)
    child = parent.child()

    assert (child.trace_id, child.flags) == (TRACE, 1)
    assert child.span_id != SPAN
    assert trace.parse(child.traceparent) == child


def test_each_trace_that_begins_is_another_and_is_not_sampled() -> None:
    one, other = trace.begin(), trace.begin()

    assert one.trace_id != other.trace_id
    assert one.flags == other.flags == 0
    assert trace.parse(one.traceparent) == one


def test_a_span_is_the_present_work_until_it_ends_however_it_ends() -> None:
    def fail() -> None:
        with span("inner", "consumer", trace.current()) as inner:
            assert trace.current() == inner.context
            raise ValueError

    with span("outer", "server", trace.parse(OURS)) as outer:
        with pytest.raises(ValueError):  # noqa: PT011 - its own
            fail()
        assert trace.current() == outer.context
        assert outer.context.trace_id == TRACE
    assert trace.current() is None


def test_an_emitted_event_is_part_of_the_present_trace_unless_it_carries_another() -> None:
    other = DUE.model_copy(update={"traceparent": trace.begin().traceparent})
    same = DUE.model_copy(update={"traceparent": OURS})
    wrong = DUE.model_copy(update={"traceparent": "00-what"})

    assert traced(DUE) is DUE
    with span("work", "server", trace.parse(OURS)) as work:
        here = work.context.traceparent
        assert [traced(event).traceparent for event in (DUE, same, wrong)] == [here, here, here]
        assert traced(other) is other
