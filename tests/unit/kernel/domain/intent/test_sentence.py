# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    Confirm,
    CreateTask,
    Decline,
    DeleteTask,
    FindTasks,
    Help,
    Intent,
    ListTasks,
    Many,
    NotUnderstood,
    Pick,
    ReopenTask,
    Shift,
    SkipTask,
    SnoozeTask,
    Undo,
    understand,
)

pytestmark = pytest.mark.requirement("FLOW-014")

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "title", "due"),
    [
        ("remind me to call Sam tomorrow at 9", "call Sam", datetime(2026, 11, 26, 9)),
        ("Please remind me at 5pm to feed the cat", "feed the cat", datetime(2026, 11, 25, 17)),
        ("can you remind me to call Sam tomorrow?", "call Sam", date(2026, 11, 26)),
        ("add buy milk", "buy milk", None),
        ("add a task to call Sam on friday", "call Sam", date(2026, 11, 27)),
        ("create task: pay rent on the 1st", "pay rent", date(2026, 12, 1)),
        ("buy milk tomorrow", "buy milk", date(2026, 11, 26)),
        ("buy milk", "buy milk", None),
        ("I need to buy eggs tomorrow", "buy eggs", date(2026, 11, 26)),
        ("don't forget to pay rent on friday", "pay rent", date(2026, 11, 27)),
        ("do laundry", "do laundry", None),
        ("complete the form by friday", "complete the form", date(2026, 11, 27)),
        ("cancel Netflix tomorrow", "cancel Netflix", date(2026, 11, 26)),
        ("change the bed sheets tomorrow", "change the bed sheets", date(2026, 11, 26)),
        ("move the car at 9", "move the car", datetime(2026, 11, 26, 9)),
        ("list groceries for party", "list groceries for party", None),
        ("show Sam the report", "show Sam the report", None),
        ("set up meeting tomorrow", "set up meeting", date(2026, 11, 26)),
    ],
)
def test_a_plan_becomes_a_task(text: str, title: str, due: date | None) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, CreateTask)
    assert (intent.phrase.title, intent.phrase.due_local or intent.phrase.due_on) == (title, due)


def test_the_list_may_be_named_in_words() -> None:
    intent = understand("add milk to my shopping list", NOW)
    assert isinstance(intent, CreateTask)
    assert (intent.phrase.title, intent.phrase.list_name) == ("milk", "shopping")


FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is due today", ListTasks("today")),
        ("what do I have to do today?", ListTasks("today")),
        ("show today's tasks", ListTasks("today")),
        ("what's on tomorrow", ListTasks("tomorrow")),
        ("tomorrow?", ListTasks("tomorrow")),
        ("show my tasks", ListTasks("all")),
        ("how many tasks are open?", ListTasks("all")),
        ("list overdue", ListTasks("overdue")),
        ("what's overdue?", ListTasks("overdue")),
        ("what's due this week?", ListTasks("week")),
        ("what have I done?", ListTasks("done")),
        ("show completed tasks", ListTasks("done")),
        ("what's on friday?", ListTasks("range", FRIDAY, FRIDAY)),
        ("what is due next week", ListTasks("range", MONDAY, date(2026, 12, 6))),
        ("what is due between friday and monday", ListTasks("range", FRIDAY, MONDAY)),
        ("what is due in the next 3 days", ListTasks("range", NOW.date(), date(2026, 11, 28))),
    ],
)
def test_a_question_about_tasks_lists_them(text: str, expected: ListTasks) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("done with the report", CompleteTask("report")),
        ("Done with the report!", CompleteTask("report")),
        ("finished the report", CompleteTask("report")),
        ("I called Sam", CompleteTask("called Sam")),
        ("I've paid the rent", CompleteTask("paid the rent")),
        ("complete buy milk", CompleteTask("buy milk")),
        ('mark "buy milk" as done', CompleteTask("buy milk")),
        ("mark report as done", CompleteTask("report")),
        ("the report is done", CompleteTask("report")),
        ("tick off buy milk", CompleteTask("buy milk")),
        ("done with it", CompleteTask("it")),
        ("done!", CompleteTask("it")),
        ("finish it", CompleteTask("it")),
        ("reopen the report", ReopenTask("report")),
        ("mark the report as not done", ReopenTask("report")),
        ("I haven't finished the report", ReopenTask("report")),
        ("delete buy milk", DeleteTask("buy milk")),
        ("cancel dentist", DeleteTask("dentist")),
        ("rename buy milk to buy oat milk", ChangeTask("buy milk", title="buy oat milk")),
        ("change buy milk to buy oat milk", ChangeTask("buy milk", title="buy oat milk")),
        ("rename talk to Bob to talk to Eve", ChangeTask("talk to Bob", title="talk to Eve")),
        ("postpone the report by 2 days", ChangeTask("report", shift=Shift(0, 172_800))),
        ("push the report back a week", ChangeTask("report", shift=Shift(0, 604_800))),
        ("bring forward the call by an hour", ChangeTask("call", shift=Shift(0, -3_600))),
        ("postpone rent by a month", ChangeTask("rent", shift=Shift(1, 0))),
    ],
)
def test_what_became_of_a_task_is_understood(text: str, expected: Intent) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "words", "due", "same_day"),
    [
        ("move the report to friday", "report", FRIDAY, False),
        ("change call Sam to 10am", "call Sam", datetime(2026, 11, 26, 10), True),
        ("reschedule dentist to next monday 14:00", "dentist", datetime(2026, 11, 30, 14), False),
        ("reschedule dentist tomorrow", "dentist", date(2026, 11, 26), False),
        ("move report from monday to friday", "report", FRIDAY, False),
        ("change the time of the dentist to 3pm", "dentist", datetime(2026, 11, 25, 15), True),
        ("make it 11am", "it", datetime(2026, 11, 25, 11), True),
    ],
)
def test_a_new_time_is_understood(text: str, words: str, due: date, same_day: bool) -> None:
    intent = understand(text, NOW + timedelta(minutes=1))
    assert isinstance(intent, ChangeTask)
    assert intent.phrase is not None
    assert (intent.words, intent.phrase.due_local or intent.phrase.due_on, intent.same_day) == (
        words,
        due,
        same_day,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "undo the report",
        "may I ask",
        "when is everybody free?",
        "remind me",
        "why?",
    ],
)
def test_what_is_not_understood_changes_nothing_and_says_what_can_be_asked(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, NotUnderstood)
    assert intent.suggestions
    assert all(not isinstance(understand(example, NOW), NotUnderstood) for example in intent.suggestions)


@pytest.mark.parametrize("text", ["help", "hi", "hello there, what can you do?", "please help", "thanks a lot!"])
def test_help_gives_examples_that_work(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, Help)
    assert all(not isinstance(understand(example, NOW), NotUnderstood) for example in intent.suggestions)


_WORDS = (
    "move change rename postpone done with mark as not is the report to by for friday 2 days add "
    "remind me what show tasks next week until I called delete it ? ! \" ' between and from "
)
WORDS = st.sampled_from(_WORDS.split())


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=10).map(" ".join)))
def test_no_sentence_makes_it_raise_or_create_a_task_without_a_title(text: str) -> None:
    intent = understand(text, NOW)
    assert not isinstance(intent, CreateTask) or intent.phrase.title


@pytest.mark.requirement("PROD-100", "PROD-483")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("find milk", "milk"),
        ("where is the report?", "report"),
        ("search for call Sam", "call Sam"),
        ("show me tasks about the dentist", "dentist"),
        ("which tasks mention Sam?", "Sam"),
        ("do I have anything about taxes", "taxes"),
        ("when is the dentist?", "dentist"),
        ("what time is the meeting happening", "meeting"),
        ("when do I have to pay the rent?", "pay the rent"),
        ("is the report done yet?", "report"),
        ("did I already finish the groceries?", "groceries"),
        ("have I called Sam yet", "called Sam"),
        ("tell me about the report", "report"),
    ],
)
def test_a_question_for_words_finds_tasks(text: str, words: str) -> None:
    assert understand(text, NOW) == FindTasks(words)


@pytest.mark.requirement("PROD-100")
@pytest.mark.parametrize("text", ["find a plumber", "find my keys tomorrow", "look for an apartment on friday"])
def test_finding_that_is_a_plan_is_a_task(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


@pytest.mark.requirement("PROD-101")
@pytest.mark.parametrize(
    ("text", "words", "later"),
    [
        ("snooze it for 10 minutes", "it", Shift(0, 600)),
        ("snooze 10 min", "it", Shift(0, 600)),
        ("snooze the report by 2 days", "report", Shift(0, 2 * 86400)),
        ("remind me again in 10 minutes", "it", Shift(0, 600)),
        ("remind me about the report again in an hour", "report", Shift(0, 3600)),
        ("snooze call Sam until friday", "call Sam", date(2026, 11, 27)),
        ("remind me again tomorrow at 9", "it", datetime(2026, 11, 26, 9)),
        ("snooze until 5pm", "it", datetime(2026, 11, 25, 17)),
    ],
)
def test_a_snooze_says_until_when(text: str, words: str, later: Shift | date) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, SnoozeTask)
    assert intent.words == words
    assert (intent.shift or (intent.phrase and (intent.phrase.due_local or intent.phrase.due_on))) == later


@pytest.mark.requirement("PROD-102")
@pytest.mark.parametrize(
    ("text", "deed", "of"),
    [
        ("move everything overdue to tomorrow", ChangeTask, ListTasks("overdue")),
        ("push all overdue tasks back by a day", ChangeTask, ListTasks("overdue")),
        ("reschedule my overdue tasks for tomorrow at 9", ChangeTask, ListTasks("overdue")),
        ("move today's tasks to tomorrow", ChangeTask, ListTasks("today")),
        ("move everything from today to tomorrow", ChangeTask, ListTasks("today")),
        ("snooze everything overdue until monday", SnoozeTask, ListTasks("overdue")),
        ("complete all tasks due today", CompleteTask, ListTasks("today")),
        ("mark all of today's tasks as done", CompleteTask, ListTasks("today")),
        ("complete everything", CompleteTask, ListTasks("all")),
        ("delete all done tasks", DeleteTask, ListTasks("done")),
        ("delete all tasks due tomorrow", DeleteTask, ListTasks("tomorrow")),
        ("complete both", CompleteTask, None),
        ("delete them", DeleteTask, None),
        ("reopen all of them", ReopenTask, None),
    ],
)
def test_several_tasks_may_be_meant_at_once(text: str, deed: type, of: ListTasks | None) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, Many)
    assert (type(intent.deed), intent.of) == (deed, of)


@pytest.mark.requirement("PROD-102")
@pytest.mark.parametrize("text", ["move all hands meeting to friday", "cancel all meetings", "rename everything to x"])
def test_words_of_a_title_are_not_several_tasks(text: str) -> None:
    assert not isinstance(understand(text, NOW), Many)


@pytest.mark.parametrize(
    ("texts", "intent"),
    [
        (("undo", "Undo that.", "take it back", "undo the last change", "undo it please"), Undo()),
        (("yes", "Yes please", "ok", "do it", "go ahead!"), Confirm()),
        (("no", "no thanks", "never mind", "cancel"), Decline()),
    ],
)
@pytest.mark.requirement("PROD-102")
def test_an_answer_to_what_was_asked_or_done(texts: tuple[str, ...], intent: Intent) -> None:
    assert {understand(text, NOW) for text in texts} == {intent}


@pytest.mark.requirement("PROD-166")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("skip standup", SkipTask("standup")),
        ("I skipped the next standup", SkipTask("standup")),
        ("snooze", SnoozeTask("it", shift=Shift(0, 600))),
        ("snooze it", SnoozeTask("it", shift=Shift(0, 600))),
        ("snooze call Sam", SnoozeTask("call Sam", shift=Shift(0, 600))),
        ("remind me later", SnoozeTask("it", shift=Shift(0, 600))),
        ("undo last", Undo()),
        ("2", Pick(2)),
        ("the second one", Pick(2)),
        ("whats on today", ListTasks("today")),
    ],
)
def test_what_people_say_shortly_is_understood(text: str, expected: Intent) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.requirement("PROD-166")
@pytest.mark.parametrize(
    "text", ["redo", "redo that", "complete", "move", "skip", "skip standup tomorrow", "snooze it until"]
)
def test_a_known_verb_that_fits_nothing_creates_no_task(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, NotUnderstood)
    assert all(not isinstance(understand(example, NOW), NotUnderstood) for example in intent.suggestions)
