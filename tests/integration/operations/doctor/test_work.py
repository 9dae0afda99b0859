"""The doctor finds what waits too long."""

from uuid import UUID

import pytest

from functions.operations.doctor import work
from functions.operations.doctor.sight import Sight

pytestmark = pytest.mark.requirement("TRUST-033")


def a_task(sight: Sight) -> dict[str, UUID]:
    """Somebody's; the ids of it, of its list, and of who wrote it."""
    return sight.row(
        """
        WITH person AS (INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'Sam') RETURNING id),
             list AS (INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), id, '' FROM person RETURNING id),
             member AS (INSERT INTO list_members (list_id, user_id, role) SELECT list.id, person.id, 'owner'
                        FROM list, person RETURNING list_id, user_id)
        INSERT INTO tasks (id, list_id, title, created_by) SELECT gen_random_uuid(), list_id, 'x', user_id
        FROM member RETURNING id AS task, list_id AS list, created_by AS person
        """
    )


def test_where_nothing_waits_all_is_well(sight: Sight) -> None:
    for check in (work.outbox, work.alarms, work.dead_letters, work.webhooks, work.mail, work.erasures):
        assert check(sight).state == "well", check(sight)


@pytest.mark.parametrize(("minutes", "state"), [(1, "well"), (130, "wrong")])
def test_an_event_that_nobody_published_is_found_once_an_outbox_check_is_overdue(
    sight: Sight, minutes: int, state: str
) -> None:
    sight.connection.execute(
        "INSERT INTO events (id, topic, key, event, created_at) VALUES"
        " (gen_random_uuid(), 'task.due.v1', gen_random_uuid(), '{}', now() - make_interval(mins => %s))",
        (minutes,),
    )

    found = work.outbox(sight)

    assert found.state == state
    if state == "wrong":
        assert found.what == "1 events wait, the oldest for 2 hours"
        assert "taskwake rearm" in found.todo


@pytest.mark.parametrize(("seconds", "state"), [(-30, "well"), (30, "well"), (300, "wrong")])
def test_a_reminder_that_nobody_rang_for_is_a_missed_alarm_once_it_is_late(
    sight: Sight, seconds: int, state: str
) -> None:
    sight.connection.execute(
        "INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)"
        " VALUES (gen_random_uuid(), %(task)s, %(list)s, %(person)s, 'due', now() - %(seconds)s * interval '1 s')",
        a_task(sight) | {"seconds": seconds},
    )

    found = work.alarms(sight)

    assert found.state == state
    if state == "wrong":
        assert found.what == "1 reminders are overdue, one by 5 minutes"


def test_dead_letters_that_nobody_handed_on_are_counted_by_function(sight: Sight) -> None:
    sight.connection.execute(
        "INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event, replayed_at)"
        " SELECT gen_random_uuid(), function, 't', 's', gen_random_uuid(), 'r', 1, '{}', replayed_at"
        " FROM (VALUES ('task-due', NULL::timestamptz), ('task-due', NULL), ('task-due', now()))"
        " AS x (function, replayed_at)"
    )

    found = work.dead_letters(sight)

    assert (found.state, found.what) == ("wrong", "2 of task-due")
    assert "dead-letters list" in found.todo


def test_a_webhook_that_fails_is_found_and_one_switched_off_is_counted_only(sight: Sight) -> None:
    add = """
        INSERT INTO webhooks (id, user_id, url, topics, failing_since, disabled_at)
        VALUES (gen_random_uuid(), %s, 'https://example.org', '{}', now() - interval '3 hours', %s)
    """
    sight.connection.execute(add, (a_task(sight)["person"], "2030-01-01T00:00:00Z"))
    switched_off = work.webhooks(sight)
    sight.connection.execute(add, (a_task(sight)["person"], None))
    failing = work.webhooks(sight)

    assert (switched_off.state, switched_off.what) == ("well", "1, none fails, 1 switched off")
    assert (failing.state, failing.what) == ("wrong", "1 of 2 fail, one for 3 hours, 1 switched off")


def test_an_e_mail_that_does_not_get_out_is_found(sight: Sight) -> None:
    sight.connection.execute(
        "INSERT INTO deliveries (id, user_id, task_id, channel, title, requested_at)"
        " VALUES (gen_random_uuid(), %(person)s, %(task)s, 'email', 'x', now() - interval '1 hour')",
        a_task(sight),
    )

    found = work.mail(sight)

    assert (found.state, found.what) == ("wrong", "1 of 1 in the last day are not delivered")


@pytest.mark.requirement("TRUST-166")
def test_a_check_that_finds_a_fault_goes_by_the_name_that_it_has_when_all_is_well(sight: Sight) -> None:
    checks = (work.outbox, work.event_log, work.alarms, work.dead_letters, work.webhooks, work.mail)
    well = [check(sight) for check in checks]
    ids = a_task(sight)
    for fault in (
        "INSERT INTO events (id, topic, key, event, created_at) VALUES"
        " (gen_random_uuid(), 'task.due.v1', gen_random_uuid(), '{}', now() - interval '3 hours')",
        "ALTER TABLE events ADD CONSTRAINT events_first_month CHECK (true) NOT VALID",
        "INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)"
        " VALUES (gen_random_uuid(), %(task)s, %(list)s, %(person)s, 'due', now() - interval '5 minutes')",
        "INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)"
        " VALUES (gen_random_uuid(), 'task-due', 't', 's', 'e', 'r', 1, '{}')",
        "INSERT INTO webhooks (id, user_id, url, topics, failing_since)"
        " VALUES (gen_random_uuid(), %(person)s, 'https://example.org', '{}', now())",
        "INSERT INTO deliveries (id, user_id, task_id, channel, title, requested_at)"
        " VALUES (gen_random_uuid(), %(person)s, %(task)s, 'email', 'x', now() - interval '1 hour')",
    ):
        sight.connection.execute(fault, ids)
    wrong = [check(sight) for check in checks]

    assert {finding.state for finding in well} == {"well"}
    assert {finding.state for finding in wrong} == {"wrong"}
    assert [finding.check for finding in wrong] == [finding.check for finding in well]


@pytest.mark.parametrize(("hours", "state"), [(1, "well"), (5, "wrong")])
def test_who_left_and_is_not_erased_after_some_sweeps_is_found(sight: Sight, hours: int, state: str) -> None:
    sight.connection.execute(
        "INSERT INTO erasures (user_id, list_ids, left_at)"
        " VALUES (gen_random_uuid(), '{}', now() - make_interval(hours => %s))",
        (hours,),
    )

    found = work.erasures(sight)

    assert found.state == state
    if state == "wrong":
        assert found.what == "1 people left, one 5 hours ago, and traces of them are still there"
        assert "alarm function's log" in found.todo
