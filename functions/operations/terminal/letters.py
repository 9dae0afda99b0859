"""Dead letters, and what was done with them, as a person or a program reads them."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from functions.kernel.domain.dead_letter import DeadLetter
from functions.kernel.storage.dead_letters import Deed
from functions.operations.terminal import output


def when(moment: datetime | None) -> str:
    """To the second, by UTC; nothing for none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def show_all(found: Sequence[DeadLetter], as_json: bool) -> None:
    """A row each."""
    if as_json:
        output.say_json([_plain(letter) for letter in found])
    elif found:
        headings = ["id", "function", "when (UTC)", "attempts", "reason", "stands"]
        rows = [
            [str(each.id), each.function, when(each.created_at), str(each.attempts), each.reason, _stands(each)]
            for each in found
        ]
        output.table(headings, [[Text(output.printable(cell)) for cell in row] for row in rows])
    else:
        output.say("There are no dead letters.")


def show_one(letter: DeadLetter, event: str, deeds: Sequence[Deed], as_json: bool) -> None:
    """All that is known of it, and what to do."""
    if as_json:
        output.say_json(_plain(letter) | {"event": event, "audit": deeds})
        return
    for name, value in (
        ("Stands", letter.standing),
        ("Function", letter.function),
        ("Reason", letter.reason),
        ("Attempts", str(letter.attempts)),
        ("Died", f"{when(letter.created_at)} (UTC)"),
        ("Was", _place(letter)),
        ("Event id", letter.event_id),
        ("Source", letter.source or "none that can be read"),
    ):
        output.write(f"{name:<10}{output.printable(value)}")
    output.write("\nIts event, as it came:")
    output.write(_indented(event))
    for deed in deeds:
        output.write(f"\n{when(deed.at)} (UTC): {output.printable(deed.who)}: {deed.action}, {_became(deed)}")
    output.write(f"\nWhat to do: {output.printable(letter.advice)}")
    if letter.standing == "waiting":
        output.write(f"  taskwake dead-letters {'replay' if letter.is_logged else 'drop'} {letter.id}")


def show_deeds(deeds: Sequence[Deed], as_json: bool) -> None:
    """A row each."""
    if as_json:
        output.say_json(list(deeds))
    elif deeds:
        headings = ["when (UTC)", "who", "did", "what became of it", "function", "dead letter", "reason"]
        rows = [
            [when(each.at), each.who, each.action, _became(each), each.function, str(each.dead_letter_id), each.reason]
            for each in deeds
        ]
        output.table(headings, [[Text(output.printable(cell)) for cell in row] for row in rows])
    else:
        output.say("Nothing was done with a dead letter yet.")


def _plain(letter: DeadLetter) -> dict[str, Any]:
    return asdict(letter) | {"standing": letter.standing, "advice": letter.advice}


def _stands(letter: DeadLetter) -> str:
    if letter.is_logged or letter.standing == "handled":
        return letter.standing
    return f"{letter.standing}, not in the log"


def _place(letter: DeadLetter) -> str:
    if letter.broker_partition is None:
        return f"{letter.topic or 'on no topic'} (no broker named a partition and an offset)"
    return f"{letter.topic}, partition {letter.broker_partition}, offset {letter.broker_offset}"


def _became(deed: Deed) -> str:
    return f"{deed.outcome}, {deed.since_then}" if deed.since_then else deed.outcome


def _indented(event: str) -> str:
    with suppress(ValueError, RecursionError):  # poison need not be JSON: then it is shown as it came
        event = json.dumps(json.loads(event), indent=2, ensure_ascii=False)
    lines = [(line, line.lstrip(" ")) for line in event.splitlines()]
    return "\n".join(" " * (len(line) - len(text)) + output.printable(text) for line, text in lines)
