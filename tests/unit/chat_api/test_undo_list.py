"""What is undone by what: the table of it names every kind of event that somebody does, and the code has each."""

from pathlib import Path
from typing import get_args

import pytest

from functions.chat_api.undo_list import INVERSES
from functions.kernel.events import EVENT_TYPES, ListChanged

pytestmark = pytest.mark.requirement("PROD-402")

MODEL = Path(__file__).parents[3] / "specs/004-product/data-model.md"
CHANGES = get_args(ListChanged.model_fields["change"].annotation)


def test_every_kind_of_change_of_a_list_has_its_inverse() -> None:
    assert set(INVERSES) == set(CHANGES)


def test_every_kind_of_event_that_somebody_does_stands_in_the_table() -> None:
    section = MODEL.read_text().split("## What is undone, and by what")[1].split("\n## ")[0]
    named = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][1:]
    done = [each.topic for each in EVENT_TYPES if "by" in each.model_fields and each is not ListChanged]
    assert sorted(named) == sorted([f"`{topic}`" for topic in done] + [f"list `{change}`" for change in CHANGES])
