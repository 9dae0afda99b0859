"""Texts of a file, made such as a task takes them."""

import json
import re

from functions.chat_api.calendars.lines import Component

LONGEST_TITLE = 500
LONGEST_NOTES = 50_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what cannot be kept: control characters, and halves of characters."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _CONTROLS.sub("", text))


def title_and_notes(title: str, notes: str) -> tuple[str, str, list[str]]:
    """Both within their limits, and what was done for it. A title is the first line of the notes, where it has none;
    too long, it goes whole into the notes. Raises ValueError when there is no text at all."""
    title, notes, remarks = storable(title).strip(), storable(notes), []
    if not title:
        title = notes.strip().partition("\n")[0].strip()
        if not title:
            raise ValueError("it has no SUMMARY, and no DESCRIPTION that could stand for one")
    if len(title) > LONGEST_TITLE:
        notes = f"{title}\n\n{notes}" if notes else title
        title = title[: LONGEST_TITLE - 1].rstrip() + "…"
        remarks.append(f"the title was longer than {LONGEST_TITLE} characters; it stands whole in the notes")
    if len(notes) > LONGEST_NOTES:
        notes = notes[:LONGEST_NOTES]
        remarks.append(f"the notes were longer than {LONGEST_NOTES} characters, and were cut there")
    return title, notes, remarks


def exact_text(found: Component, name: str) -> str:
    """A text with the line breaks that it had when it was written here, unless another program changed it since."""
    text = found.text(name)
    written = found.text(f"X-TASKWAKE-{name}")
    if written:
        try:
            exact = json.loads(written)
        except (ValueError, RecursionError):
            return text
        if isinstance(exact, str) and exact.replace("\r\n", "\n").replace("\r", "\n") == text:
            return exact
    return text
