from datetime import timedelta
from io import StringIO

from rich.console import Console

from functions.operations.demo.timeline import Timeline


def shown(timeline: Timeline) -> str:
    output = StringIO()
    timeline.show(Console(file=output, width=120))
    return output.getvalue()


def test_steps_are_shown_in_the_order_in_which_they_happened() -> None:
    timeline = Timeline()
    start = timeline.started_at
    timeline.see("second", "app", at=start + timedelta(seconds=2))
    timeline.see("first", "chat", at=start + timedelta(seconds=1), since=start, named="the start")

    text = shown(timeline)

    assert text.index("first") < text.index("second")
    assert "1000 ms" in text
    assert "All 2 steps were seen." in text


def test_what_is_missing_is_named() -> None:
    timeline = Timeline()
    timeline.miss("the notice of 'Call Sam'")

    assert "Missing: the notice of 'Call Sam'" in shown(timeline)
