"""What the parameters of the API are, by their names, for those whose route says nothing of its own."""

from typing import Any

EXAMPLE_ID = "b3f1c2d4-6e7a-4f80-9b21-3c4d5e6f7a02"
_IDS = {
    "task_id": "The task.",
    "list_id": "The list.",
    "user_id": "The person.",
    "webhook_id": "The webhook.",
    "delivery_id": "The delivery, as the webhook's log names it.",
    "filter_id": "The filter.",
    "notice_id": "The notice.",
    "feed_id": "The calendar feed.",
    "invitation_id": "The invitation.",
    "event_id": "The event, as `/activity` and the CloudEvents name it.",
    "session_id": "The session.",
    "token_id": "The token.",
    "letter_id": "The dead letter.",
}
_OTHERS = {
    "limit": "How many at most.",
    "cursor": "Where the page before this one, or the stream, ended: its `next_cursor` or `cursor`.",
    "last-event-id": "The id of the last event that came; a browser sends it by itself.",
    "secret": "What the address was given out with.",
    "topic": "Of this topic only.",
    "function": "Of this function only.",
    "since": "What happened from this moment on.",
    "until": "What happened before this moment.",
    "replayed": "Those that were replayed, or those that were not; all, if left out.",
    "fired": "Those that rang, or those that still wait; all, if left out.",
    "dry_run": "Tell what would become of it, and change nothing.",
    "text": "What somebody says, or has typed so far.",
    "rule": "An RRULE (RFC 5545 §3.3.10), without its name.",
    "start": "When the series begins: a day, or a time of day in `zone`.",
    "zone": "An IANA time zone; yours, if left out.",
    "after": "The dates after this one.",
    "rdate": "A date beside those of the rule; may be repeated.",
    "exdate": "A date of the rule that is left out; may be repeated.",
    "count": "How many dates at most.",
    "scope": "Of a recurring task: this occurrence, it and the following, or all.",
    "days": "How many days, from today on.",
}


def described(parameter: dict[str, Any]) -> dict[str, Any]:
    """The parameter with a description and, of an id in the path, an example."""
    name = parameter["name"]
    told = {"description": _IDS.get(name) or _OTHERS.get(name)} | parameter
    if parameter["in"] == "path" and name in _IDS:
        told["example"] = EXAMPLE_ID
    return told
