"""By an operation's name: what it refuses because of what there is, or of who asks."""

from typing import Any

from functions.chat_api.parameters import EXAMPLE_ID
from functions.chat_api.refusals.refusal import Refusal, by_edge, conflict, refused
from functions.kernel.errors import ExpiredError, NotAllowedError, NotFoundError, OutdatedError

UNKNOWN = {
    "task_id": "there is no task {}, or none that you may see",
    "list_id": "there is no list {}, or none that you are a member of",
    "filter_id": "you have no filter {}",
    "webhook_id": "you have no webhook {}",
    "notice_id": "you have no notice {}",
    "feed_id": "you have no calendar feed {}",
    "event_id": "there is no event {} of a task or list, or none that you may see",
    "session_id": "you have no session {}",
    "token_id": "you have no token {}",
    "letter_id": "there is no dead letter {} (any more)",
    "secret": "this invitation was used, was revoked, or is too old; ask for a new one",
}
"""By the first id of a path: what is said where there is nothing of it."""
CHANGED_TASK = (
    'the task was changed meanwhile: it is at version 2 now, its ETag is "2"; nothing was done, read it again'
)
CHANGED = 'it was changed meanwhile: its ETag is "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"; nothing was done, read it again'
CHANGEABLE = {"task_id": "a task at version 2", "list_id": "a list", "filter_id": "a filter", "webhook_id": "a webhook"}
"""By the first id of a path: what has to be there before it can be another than was read."""
GIVEN = {"dead-letters": "an operator"}
"""By tag: what has to be given before anything else is looked at."""

_OWNER = refused(NotAllowedError("only the owner of a list may do this"), "a list of somebody else's that you may edit")
_NO_OPERATOR = refused(
    NotAllowedError("this is for operators: `taskwake operator grant`, on the machine, makes somebody one"),
    "no operator",
)
_SCOPE = "scope only goes with a recurring task, and this one does not repeat; leave scope out"
_GONE = refused(
    ExpiredError("this cursor is of another database, or of before it was restored; leave it out to begin anew"),
    query={"cursor": "5066549580791808-0"},
)
_OFF = "this webhook is off; turn it on first (PATCH enabled: true)"
_NO_SERIES = "only an occurrence of a recurring task can be skipped; complete or delete this task"
_HANDED_OVER = "you handed the list “House” over, so it is not yours to take back; its owner can hand it back"
_ATOMIC = "; none of the commands was done"


def _command(kind: str, task_id: str, **more: int) -> dict[str, object]:
    args = {"id": task_id, **more}
    command = {"type": kind, "uuid": "8e03978e-40d5-43dd-bc93-6894a57f9324", "args": args}
    return {"atomic": True, "commands": [command]}


def _full(what: str, most: int, **request: Any) -> Refusal:
    return conflict(
        f"as many {what} as you may have", f"you have {most} {what}, and may have {most}; delete one first", **request
    )


BY_STATE: dict[str, tuple[Refusal, ...]] = {
    "accept_invitation": (
        conflict("a list with 100 members", "the list has 100 members, and that is all it may have"),
    ),
    "change_list": (_OWNER,),
    "change_member": (
        _OWNER,
        conflict(
            "yourself, the owner",
            "a list has one owner: hand it over to another member by making them the owner",
            body={"role": "editor"},
        ),
    ),
    "change_task": (conflict("a task that does not repeat", _SCOPE, body={"scope": "all"}),),
    "create_calendar_feed": (_full("calendar feeds", 50, body={"name": "Home"}),),
    "create_filter": (_full("filters", 100, body={"name": "Work", "query": "#work"}),),
    "create_invitation": (
        _OWNER,
        conflict("100 open invitations", "100 invitations to this list are open; revoke some", body={}),
    ),
    "create_list": (_full("lists", 500, body={"name": "Home"}),),
    "create_token": (_full("tokens", 100, body={"name": "Kitchen", "scopes": ["tasks:read"]}),),
    "create_webhook": (_full("webhooks", 100, body={"url": "https://example.org/hook", "topics": ["task.due.v1"]}),),
    "delete_list": (
        _OWNER,
        conflict(
            "the only list of your own",
            "this is the only list of your own, where new tasks go; create another one first",
        ),
    ),
    "delete_me": (
        conflict(
            "a list of yours that others use",
            "others use lists of yours: House; hand them over or delete them first, or delete them with your account "
            "(shared: delete)",
            body={"confirm": "Sam"},
        ),
    ),
    "delete_task": (conflict("a task that does not repeat", _SCOPE, query={"scope": "all"}),),
    "drop_dead_letter": (_NO_OPERATOR,),
    "import_file": (
        conflict(
            "as many lists as you may have",
            "you have 500 lists, and may have 500; delete one first",
            body=[{"id": 1, "title": "House", "tasks": [{"id": 1, "title": "Call Sam"}]}],
        ),
        by_edge(
            415,
            "send the file as one of text/calendar, text/csv, application/json, application/zip (Content-Type)",
            headers={"content-type": "text/plain"},
            body="Call Sam",
        ),
        by_edge(413, "the body is larger than 10485760 bytes", given="a file of 11 MiB"),
    ),
    "list_dead_letter_deeds": (_NO_OPERATOR,),
    "list_dead_letters": (_NO_OPERATOR,),
    "list_invitations": (_OWNER,),
    "list_tasks": (refused(NotFoundError(UNKNOWN["filter_id"].format(EXAMPLE_ID)), query={"filter_id": EXAMPLE_ID}),),
    "read_calendar_feed": (
        refused(NotFoundError("no calendar has this address (any more); make a new feed, and subscribe to that")),
    ),
    "read_dead_letter": (_NO_OPERATOR,),
    "redeliver": (conflict("a delivery of a webhook that is off", _OFF),),
    "redeliver_since": (conflict("a webhook that is off", _OFF, body={"since": "2026-11-23T09:00:00+01:00"}),),
    "remove_member": (
        _OWNER,
        conflict(
            "yourself, the owner",
            "the owner can't leave: hand the list over first (PATCH the role of a member), or delete it",
        ),
    ),
    "reopen_task": (
        conflict(
            "an occurrence whose next one was completed",
            f"the next occurrence, {EXAMPLE_ID}, has since been completed; reopen that one first",
        ),
    ),
    "replay_dead_letter": (
        _NO_OPERATOR,
        conflict(
            "a dead letter of an event that is not in the log",
            "It cannot be replayed, since its event is not in this installation's log: another program sent it, or it "
            "was altered on the way. Tell whoever writes to task.due.v1 what the reason says; then drop it.",
        ),
    ),
    "revoke_invitation": (_OWNER,),
    "run_commands": (
        refused(
            NotFoundError(f"command 0 (task_complete): {UNKNOWN['task_id'].format(EXAMPLE_ID)}{_ATOMIC}"),
            body=_command("task_complete", EXAMPLE_ID),
        ),
        conflict(
            "a task that does not repeat",
            f"command 0 (task_skip): {_NO_SERIES}{_ATOMIC}",
            body=_command("task_skip", "{task_id}"),
        ),
        refused(
            OutdatedError(f"command 0 (task_complete): {CHANGED_TASK}{_ATOMIC}"),
            "a task at version 2",
            body=_command("task_complete", "{task_id}", version=1),
        ),
    ),
    "skip_task": (conflict("a task that does not repeat", _NO_SERIES),),
    "snooze_notice": (
        conflict(
            "a notice of a task that is done",
            "the task of this notice is done, so nothing is left to remind you of; reopen it first",
            body={"minutes": 10},
        ),
    ),
    "stream_events": (_GONE,),
    "sync": (_GONE,),
    "undo_event": (
        refused(NotAllowedError("somebody else did this; only who did it can undo it"), "an event by somebody else"),
        conflict("an event by which you handed a list over", _HANDED_OVER),
    ),
    "undo_last": (
        refused(NotFoundError("you did nothing that could be undone")),
        conflict("a list that you handed over", _HANDED_OVER),
    ),
}
