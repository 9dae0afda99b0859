"""Jobs as Taskwake has them: a task with a reminder at its moment, done when its notice is written.

The row in `fired` is written by a trigger on the notices, in their transaction: so Taskwake does all that it always
does for a reminder (the event, its log, the notice, the plan of deliveries), and this work on top.
"""

from collections.abc import Sequence

import psycopg

from functions.operations.accounts import first_user
from loadtests.peers.scenarios import Job

TRIGGER = """
CREATE FUNCTION note_fired() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO fired (job_id, due_at) SELECT title::int, remind_at FROM written WHERE kind = 'due';
    RETURN NULL;
END $$;
CREATE TRIGGER note_fired AFTER INSERT ON notices REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION note_fired();
"""
WRITE = """
WITH new AS (
    INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
    SELECT gen_random_uuid(), mine.id, job.number::text, job.due_at AT TIME ZONE 'UTC', 'UTC', job.due_at, mine.owner_id
    FROM ({jobs}) AS job (number, due_at), (SELECT id, owner_id FROM lists ORDER BY created_at, id LIMIT 1) AS mine
    RETURNING id, list_id, created_by, due_at
)
INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
SELECT gen_random_uuid(), id, list_id, created_by, 'due', due_at FROM new
"""
BALLAST = (
    "SELECT -number, now() + interval '1 year' + number * interval '1 second' FROM generate_series(1, %s) AS number"
)
WAITING = """
SELECT title::int FROM tasks JOIN reminders ON task_id = tasks.id
WHERE fired_at IS NULL AND remind_at < now() + interval '1 day'
UNION SELECT (event #>> '{data,title}')::int FROM events WHERE published_at IS NULL AND topic = 'task.due.v1'
"""


def prepare_rows(owner_url: str) -> None:
    """The trigger, and the person whom all of it is for."""
    first_user(owner_url)
    with psycopg.connect(owner_url) as connection:
        connection.execute(TRIGGER)


def write(owner_url: str, jobs: Sequence[Job]) -> None:
    """Write the jobs, as their owner. Alarms are set by the engine when it starts."""
    numbers, moments = zip(*jobs, strict=True)
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            WRITE.format(jobs="SELECT * FROM unnest(%s::text[], %s::timestamptz[])"),
            ([str(n) for n in numbers], list(moments)),
        )


def write_ballast(owner_url: str, count: int) -> None:
    """So many more, due from a year ahead; without asking a million times whether the list is there."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(WRITE.format(jobs=BALLAST), (count,))
