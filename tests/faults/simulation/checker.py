"""Compares what was seen from outside with the reference model, and says what is wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from tests.faults.simulation.history import END_OF_TIME, History, Told
from tests.faults.simulation.model import Key, Model, Planned, Task, moment_of

Wrong = Literal["lost", "twice", "early", "late", "missed", "withdrawn", "disorder", "failure"]

BOUND = timedelta(minutes=6)
"""With every part killed, away or silent for as long as it may be, a reminder is told by then."""
LATE = timedelta(seconds=60)
"""Only after that may a series leave an occurrence out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and with what."""

    wrong: Wrong
    text: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.text}"


def check(history: History) -> list[Finding]:
    """Everything that is wrong with this history; nothing, if all that was promised was kept."""
    model = Model(history.writes, list(history.tasks.values()))
    return [
        *_check_writes(history, model),
        *_check_reminders(history, model),
        *_check_order(history, model),
        *_check_series(history, model),
        *_check_news(history, model),
        *_check_mail(history),
        *(Finding("failure", failure) for failure in history.failures),
    ]


def _check_writes(history: History, model: Model) -> Iterator[Finding]:
    """Each task is as the last accepted write left it, and there is one of each."""
    titles = Counter(task["title"] for task in history.tasks.values() if task["series_id"] is None)
    yield from (Finding("twice", f"{count} tasks {title!r}") for title, count in titles.items() if count > 1)
    for task in model.tasks.values():
        found = history.tasks.get(task.id)
        if (found is None) != task.deleted:
            there = "there, and was deleted" if found else "gone"
            if not task.taken_back:
                yield Finding("lost", f"{task.title!r} ({task.id}) is {there}")
        elif found and task.series_id is None:
            is_now = found["title"], moment_of(found["due_at"]), found["status"] == "done"
            if is_now != (task.title, task.due, task.done):
                yield Finding(
                    "lost", f"{task.title!r} ({task.id}) is {is_now}, not {(task.title, task.due, task.done)}"
                )
        elif found and task.done and found["status"] != "done":
            yield Finding("lost", f"the completion of {task.title!r} ({task.id})")


def _check_reminders(history: History, model: Model) -> Iterator[Finding]:
    """Each reminder that stayed planned is told, once, in time, and no other."""
    told: dict[tuple[str, Key], list[Told]] = defaultdict(list)
    for notice in history.told:
        if notice.moment is not None:
            told[notice.task_id, (notice.kind, notice.moment)].append(notice)
    for (task_id, (kind, moment)), notices in told.items():
        name = f"the {kind} reminder of {task_id} for {moment}"
        if len(notices) > 1:
            yield Finding("twice", f"{name}: told {len(notices)} times")
        if (first := min(notice.at for notice in notices)) < moment:
            yield Finding("early", f"{name}: told at {first}")
    for task, key, plans in model.reminders():
        yield from _check_reminder(history, task, key, plans, told.pop((task.id, key), []))
    brought = Counter(notice.task_id for notice in history.told if notice.kind == "recurred")
    for (task_id, (kind, moment)), _ in told.items():
        # Of an occurrence that came more than once, it is only known how it came last.
        if task_id in model.tasks and brought[task_id] <= len(history.members):
            yield Finding(
                "withdrawn", f"the {kind} reminder of {task_id} for {moment} was told, and nobody asked for it"
            )


def _check_reminder(
    history: History, task: Task, key: Key, plans: list[Planned], told: list[Told]
) -> Iterator[Finding]:
    kind, moment = key
    name = f"the {kind} reminder of {task.title!r} ({task.id}) for {moment}"
    if told:
        rings = [max(moment, plan.since) for plan in plans]
        if not any(ring <= plan.gone_by for ring, plan in zip(rings, plans, strict=True)):
            yield Finding("withdrawn", f"{name} was told, and was withdrawn before its moment")
        latest = max(_deadline(history, moment, plan) for plan in plans)
        if told[0].at > latest:
            yield Finding("late", f"{name} was told at {told[0].at}, after {latest}")
        return
    for plan in plans:
        deadline = _deadline(history, moment, plan)
        if plan.sure and deadline < min(plan.gone_since, history.ended) and not _is_left_out(history, task, moment):
            yield Finding("missed", f"{name} was never told; it was planned at {plan.since}")
            return


def _deadline(history: History, moment: datetime, plan: Planned) -> datetime:
    """By when the reminder must be told: soon, but for when nothing ran at all, or the alarms were lost until the next
    sweep set them again."""
    begun = max(moment, plan.by)
    deadline = begun + BOUND
    for since, until in sorted(history.outages):
        if until > begun and since < deadline:
            deadline += until - since
    for lost in sorted(history.losses):
        if plan.since <= lost <= deadline:
            swept = [done for since, done in history.sweeps if since >= lost]
            deadline = max(deadline, min(swept) + BOUND) if swept else END_OF_TIME
    return deadline


def _is_left_out(history: History, task: Task, moment: datetime) -> bool:
    """Whether the series says that it left this occurrence out, and was late enough to."""
    return any(
        miss.at - miss.first >= LATE
        for miss in history.misses
        if miss.series_id == task.series_id and (miss.task_id == task.id or miss.first <= moment <= miss.last)
    )


def _check_order(history: History, model: Model) -> Iterator[Finding]:
    """The reminders of one task are told in the order in which they came due; but one that rang late, behind those on
    time."""
    of_task: dict[str, list[Told]] = defaultdict(list)
    for notice in history.told:
        if notice.moment is not None and notice.task_id in model.tasks:
            of_task[notice.task_id].append(notice)
    for task_id, notices in of_task.items():
        plans = model.tasks[task_id].plans
        for first, second in pairwise(sorted(notices, key=lambda notice: notice.at)):
            keys = (first.kind, first.moment), (second.kind, second.moment)
            if not all(key in plans for key in keys):
                continue
            (_, moment), (_, other) = keys
            came = max(moment, min(plan.since for plan in plans[keys[0]]))
            other_came = max(other, max(plan.by for plan in plans[keys[1]]))
            rang_late = second.rang is not None and second.rang - other >= LATE
            if first.at < second.at and other_came < came and not rang_late:
                yield Finding(
                    "disorder", f"{task_id}: told of {keys[0]} at {first.at}, and of {keys[1]} at {second.at}"
                )


def _check_series(history: History, model: Model) -> Iterator[Finding]:
    """Of each series one occurrence is open, and those that a person closed are followed by the right one."""
    for series_id, series in model.series.items():
        found = [task for task in history.tasks.values() if task["series_id"] == series_id]
        names = Counter(task["recurrence_id"] for task in found)
        yield from (
            Finding("twice", f"{count} occurrences {name} of {series_id}") for name, count in names.items() if count > 1
        )
        still_open = [task["recurrence_id"] for task in found if task["status"] == "open"]
        if len(still_open) != (0 if series.ended else 1):
            wrong: Wrong = "twice" if still_open else "lost"
            yield Finding(wrong, f"of {series_id} these occurrences are open: {still_open or 'none'}")
        left_out = {miss.task_id for miss in history.misses}
        for task in found:
            if task["status"] == "open" or task["id"] in left_out:
                continue
            name = datetime.fromisoformat(task["recurrence_id"]).replace(tzinfo=UTC)
            following = series.after(max(name, moment_of(task["completed_at"])))
            if f"{following:%Y%m%dT%H%M%S}" not in names and not series.ended:
                yield Finding("lost", f"{series_id} went on from {name} without {following}")


def _check_news(history: History, model: Model) -> Iterator[Finding]:
    """Each other member is told of each new task once."""
    told = Counter((notice.person, notice.task_id, notice.kind) for notice in history.told)
    for write in history.writes:
        if write.verb != "create" or not write.accepted:
            continue
        for person in history.members:
            times = told.pop((person, write.body["id"], "created"), 0)
            if times > 1:
                yield Finding("twice", f"{person} was told {times} times of {write.asked['title']!r}")
            if times == 0 and person != write.person and write.answered + BOUND < history.ended:
                yield Finding("missed", f"{person} was not told of {write.asked['title']!r}")
    for (person, task_id, kind), times in told.items():
        if kind == "recurred" and task_id in model.tasks and times > _times_brought(history, model, task_id):
            yield Finding("twice", f"{person} was told {times} times that {task_id} comes")
    for task in history.tasks.values():
        # Brought, and not the first of its series.
        if task["series_id"] in model.series and task["recurrence_id"] != _name(model.series[task["series_id"]].first):
            for person in history.members:
                if not told[person, task["id"], "recurred"] and moment_of(task["created_at"]) + BOUND < history.ended:
                    yield Finding("missed", f"{person} was not told that {task['id']} comes")


def _times_brought(history: History, model: Model, task_id: str) -> int:
    """So often at most: each time that one before it was closed, by a person or because it was left out. Reopened, that
    one takes it back, and then it may come again."""
    series_id = model.tasks[task_id].series_id
    closings = sum(task.closings for task in model.tasks.values() if task.series_id == series_id)
    return max(1, closings + sum(miss.series_id == series_id for miss in history.misses))


def _name(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"


def _check_mail(history: History) -> Iterator[Finding]:
    """Each notice of whoever has an address was mailed, once."""
    for person in history.mailed_to:
        told = Counter(notice.task_id for notice in history.told if notice.person == person)
        mailed = Counter(mail.task_id for mail in history.mailed if mail.person == person)
        for task_id in told | mailed:
            if told[task_id] != mailed[task_id]:
                wrong: Wrong = "twice" if mailed[task_id] > told[task_id] else "missed"
                yield Finding(wrong, f"{person} got {mailed[task_id]} messages of {told[task_id]} notices of {task_id}")
