"""By an operation's name: a request with a field that is wrong, other than an id in its path."""

from typing import Any

from functions.chat_api.refusals.refusal import Refusal, invalid, refused
from functions.kernel.errors import InvalidInputError

_BLANK = "String should have at least 1 character"
_EMPTY = "List should have at least 1 item after validation, not 0"
_NO_MOMENT = "Input should be a valid datetime or date, input is too short"
_CURSOR = "this is no cursor of this API; leave it out to begin anew"
_NO_CURSOR = invalid("cursor", _CURSOR, query={"cursor": "next"})
_NO_EVENT = invalid("cursor", "'now' is no cursor; leave it out to start at the present", query={"cursor": "now"})
_LIMIT_0 = invalid("limit", "Input should be greater than or equal to 1", query={"limit": "0"})
_KEY = invalid(
    "Idempotency-Key",
    'write it in double quotes, in ASCII, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"',
    headers={"Idempotency-Key": '"7'},
)


def _no_filter(name: str, given: str = "", **request: Any) -> Refusal:
    message = "“todya” is no term of a filter; did you mean “today”?"
    return refused(InvalidInputError(name, message, span=(0, 5)), given, **request)


BY_INPUT: dict[str, Refusal] = {
    "accept_invitation": _KEY,
    "change_filter": _no_filter("query", "a filter", body={"query": "todya"}),
    "change_list": invalid("name", _BLANK, body={"name": " "}),
    "change_me": invalid(
        "zone",
        "no time zone is called 'Mars/Olympus'; use an IANA name, such as Europe/Berlin, America/New_York or UTC",
        body={"zone": "Mars/Olympus"},
    ),
    "change_member": invalid("role", "Input should be 'owner', 'editor' or 'viewer'", body={"role": "guest"}),
    "change_task": invalid("title", _BLANK, body={"title": ""}),
    "change_webhook": invalid("topics", _EMPTY, body={"topics": []}),
    "create_calendar_feed": invalid("list_ids", _EMPTY, body={"name": "Home", "list_ids": []}),
    "create_filter": _no_filter("query", body={"name": "Today", "query": "todya"}),
    "create_invitation": invalid("role", "Input should be 'editor' or 'viewer'", body={"role": "owner"}),
    "create_list": invalid("name", _BLANK, body={"name": " "}),
    "create_task": invalid(
        "due_at",
        "give one due time, not also due_on",
        body={"title": "Call Sam", "due_on": "2026-11-23", "due_at": "2026-11-23T08:00:00Z"},
    ),
    "create_token": invalid(
        "scopes.0",
        "Input should be 'tasks:read', 'tasks:write' or 'account'",
        body={"name": "Kitchen", "scopes": ["tasks"]},
    ),
    "create_webhook": invalid(
        "url",
        "String should match pattern '^https?://[^\\s]+$'",
        body={"url": "example.org", "topics": ["task.due.v1"]},
    ),
    "delete_me": invalid(
        "confirm",
        "to confirm, write your name as it stands in your settings; nothing was done",
        body={"confirm": "yes"},
    ),
    "delete_task": invalid("scope", "Input should be 'this', 'following' or 'all'", query={"scope": "some"}),
    "dry_run": invalid("limit", "Input should be greater than or equal to 1", body={"limit": 0}),
    "import_file": invalid("body", "Vikunja's data.json is a list of projects; this is none", body={}),
    "list_activity": _LIMIT_0,
    "list_dead_letter_deeds": invalid("cursor", _CURSOR, "an operator", query={"cursor": "next"}),
    "list_dead_letters": invalid(
        "since",
        _NO_MOMENT,
        "an operator",
        query={"since": "yesterday"},
    ),
    "list_deliveries": _LIMIT_0,
    "list_notices": _LIMIT_0,
    "list_sessions": _NO_CURSOR,
    "list_task_activity": _LIMIT_0,
    "list_tasks": _no_filter("filter", query={"filter": "todya"}),
    "list_webhook_deliveries": _LIMIT_0,
    "move_task": invalid(
        "body",
        "give exactly one of before, after, first (true) and last (true)",
        body={"first": True, "last": True},
    ),
    "preview_phrase": invalid("text", "Field required"),
    "preview_recurrence": invalid(
        "rule",
        "FREQ=SOMETIMES is unknown; use one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY",
        query={"rule": "FREQ=SOMETIMES", "start": "2026-01-31"},
    ),
    "read_calendar_feed": invalid(
        "If-None-Match",
        'write it as the ETag came, in double quotes, such as "7"; several by commas, or *',
        headers={"If-None-Match": "7"},
    ),
    "read_flow": _LIMIT_0,
    "read_invitation": invalid("secret", "String should have at most 100 characters", path={"secret": "7" * 101}),
    "read_ledger": invalid(
        "fired", "Input should be a valid boolean, unable to interpret input", query={"fired": "perhaps"}
    ),
    "read_misses": _NO_CURSOR,
    "read_upcoming": invalid("days", "Input should be less than or equal to 62", query={"days": "100"}),
    "redeliver_since": invalid("since", _NO_MOMENT, body={"since": "yesterday"}),
    "run_commands": invalid("commands", _EMPTY, body={"commands": []}),
    "say": invalid("text", _BLANK, body={"text": " "}),
    "send_test_notice": invalid("channel", "Input should be 'email' or 'webhook'", body={"channel": "sms"}),
    "snooze_notice": invalid("minutes", "give minutes or until, one of the two", body={}),
    "stream_events": _NO_EVENT,
    "sync": _NO_EVENT,
    "undo_last": _KEY,
}
