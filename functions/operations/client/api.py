# rendered by `make render` from functions/catalogue.py: do not edit
"""Each operation of the API as a method of its name."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

from functions.operations.client.connection import Connection, ServerSentEvent
from functions.operations.client.models import (
    AccountRemoval,
    ActivityPage,
    Answer,
    CalendarFeedMade,
    CalendarFeedPage,
    Commands,
    CommandsDone,
    DeadLetterDeedPage,
    DeadLetterDetail,
    DeadLetterPage,
    DeadLetterRead,
    DeliveryPage,
    DryRun,
    DryRunResult,
    FilterChange,
    FilterPage,
    FilterRead,
    Flow,
    ImportReport,
    InvitationAbout,
    InvitationMade,
    InvitationPage,
    LabelRead,
    LedgerPage,
    MemberChange,
    MemberPage,
    Missed,
    MissedResult,
    MissPage,
    NewCalendarFeed,
    NewFilter,
    NewInvitation,
    NewSnooze,
    NewTask,
    NewTaskList,
    NewTestNotice,
    NewToken,
    NewWebhook,
    NoticePage,
    PersonChange,
    PersonChanged,
    PersonRead,
    PhrasePreview,
    RecurrencePreview,
    Said,
    SeriesRead,
    SessionPage,
    Snoozed,
    SyncPage,
    Task,
    TaskChange,
    TaskListChange,
    TaskListRead,
    TaskMove,
    TaskPage,
    TestNoticeResult,
    TokenMade,
    TokenPage,
    Undone,
    Upcoming,
    WebhookChange,
    WebhookDeliveryPage,
    WebhookPage,
    WebhookRead,
)


class Client(Connection):
    """The API of one Taskwake, asked as one person. Each method raises ApiError and UnreachableError."""

    def __enter__(self) -> "Client":
        return self

    def accept_invitation(self, secret: str, *, idempotency_key: str | None = None) -> TaskListRead:
        """Become a member of the list. The invitation is used then; who is a member already uses none."""
        return cast(
            TaskListRead,
            self._call(
                TaskListRead,
                "POST",
                f"/invitations/{quote(secret, safe='')}/accept",
                headers={"Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def acknowledge_notice(self, notice_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Say that you have seen to a notice (RFC 9074 §6); it is read then, too. A nag goes on until its task is
        done.
        """
        self._call(
            None, "POST", f"/notices/{notice_id}/acknowledge", headers={"Idempotency-Key": idempotency_key}, keyed=True
        )

    def change_filter(
        self, filter_id: UUID, body: FilterChange, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> FilterRead:
        """Change name, query or position; a new query is checked now."""
        return cast(
            FilterRead,
            self._call(
                FilterRead,
                "PATCH",
                f"/filters/{filter_id}",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def change_list(
        self, list_id: UUID, body: TaskListChange, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> TaskListRead:
        """Rename a list of your own."""
        return cast(
            TaskListRead,
            self._call(
                TaskListRead,
                "PATCH",
                f"/lists/{list_id}",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def change_me(
        self, body: PersonChange, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> PersonChanged:
        """Change your name, your zone, how you write dates, your quiet hours and default reminders, or where e-mail
        goes.

        A new zone moves what is due all day or at a time of no zone, and the answer says what.
        """
        return cast(
            PersonChanged,
            self._call(
                PersonChanged,
                "PATCH",
                "/me",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def change_member(
        self, list_id: UUID, user_id: UUID, body: MemberChange, *, idempotency_key: str | None = None
    ) -> None:
        """Change the role of a member of your list. `owner` hands the list over to them, and you are an editor of
        it.
        """
        self._call(
            None,
            "PATCH",
            f"/lists/{list_id}/members/{user_id}",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
            keyed=True,
        )

    def change_task(
        self, task_id: UUID, body: TaskChange, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Task:
        """Change what the body names, of this occurrence of a series or of more (`scope`); reminders are planned
        anew.
        """
        return cast(
            Task,
            self._call(
                Task,
                "PATCH",
                f"/tasks/{task_id}",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def change_webhook(
        self, webhook_id: UUID, body: WebhookChange, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> WebhookRead:
        """Change a webhook: where it is, what it wants, or whether it is called (`enabled`)."""
        return cast(
            WebhookRead,
            self._call(
                WebhookRead,
                "PATCH",
                f"/webhooks/{webhook_id}",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def complete_task(self, task_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None) -> Task:
        """Complete a task; an occurrence of a series brings the next. Completing twice is completing once."""
        return cast(
            Task,
            self._call(
                Task,
                "POST",
                f"/tasks/{task_id}/complete",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def create_calendar_feed(self, body: NewCalendarFeed, *, idempotency_key: str | None = None) -> CalendarFeedMade:
        """Make an address under which a calendar program reads your tasks. It is shown this once."""
        return cast(
            CalendarFeedMade,
            self._call(
                CalendarFeedMade,
                "POST",
                "/calendar-feeds",
                headers={"Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def create_filter(self, body: NewFilter, *, idempotency_key: str | None = None) -> FilterRead:
        """Keep a filter; its query is checked now. 409 beyond 100 of them."""
        return cast(
            FilterRead,
            self._call(
                FilterRead, "POST", "/filters", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True
            ),
        )

    def create_invitation(
        self, list_id: UUID, body: NewInvitation, *, idempotency_key: str | None = None
    ) -> InvitationMade:
        """Invite to a list of your own: whoever has the `secret`, which is shown this once, may accept, once."""
        return cast(
            InvitationMade,
            self._call(
                InvitationMade,
                "POST",
                f"/lists/{list_id}/invitations",
                headers={"Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def create_list(self, body: NewTaskList, *, idempotency_key: str | None = None) -> TaskListRead:
        """Create a list of your own."""
        return cast(
            TaskListRead,
            self._call(
                TaskListRead, "POST", "/lists", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True
            ),
        )

    def create_task(self, body: NewTask, *, idempotency_key: str | None = None) -> Task:
        """Create a task; with a due time you are reminded at it."""
        return cast(
            Task,
            self._call(Task, "POST", "/tasks", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True),
        )

    def create_token(self, body: NewToken, *, idempotency_key: str | None = None) -> TokenMade:
        """Make a token for a program; it may do no more than who asks. Its `secret` is shown this once."""
        return cast(
            TokenMade,
            self._call(
                TokenMade, "POST", "/tokens", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True
            ),
        )

    def create_webhook(self, body: NewWebhook, *, idempotency_key: str | None = None) -> WebhookRead:
        """Add a webhook; verify its calls with the `secret` of the answer."""
        return cast(
            WebhookRead,
            self._call(
                WebhookRead, "POST", "/webhooks", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True
            ),
        )

    def delete_calendar_feed(self, feed_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Revoke a calendar feed: from now on its address shows nothing."""
        self._call(
            None, "DELETE", f"/calendar-feeds/{feed_id}", headers={"Idempotency-Key": idempotency_key}, keyed=True
        )

    def delete_filter(
        self, filter_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> None:
        """Keep a filter no longer; its tasks stay."""
        self._call(
            None,
            "DELETE",
            f"/filters/{filter_id}",
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def delete_list(self, list_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None) -> None:
        """Delete a list of your own with every task in it, for all its members. Your only one stays."""
        self._call(
            None,
            "DELETE",
            f"/lists/{list_id}",
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def delete_me(
        self, body: AccountRemoval, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> None:
        """Delete your account with all that is yours, at once and for good: lists, tasks, reminders, tokens,
        sessions.

        What you wrote in others' lists stays there, as the list's owner's. What still holds your id or e-mail
        address, such as the log of these lists, the hourly sweep erases: within an hour, and the time it takes to
        read the database.
        """
        self._call(
            None,
            "DELETE",
            "/me",
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            body=body,
            keyed=True,
        )

    def delete_task(
        self,
        task_id: UUID,
        *,
        scope: Literal["this", "following", "all"] | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Delete a task. Of a recurring one, by `scope`: `this` alone, and the next one comes; this and the
        `following`; or `all`, also those closed. Without it an open one goes with those that would follow, a
        closed one alone.
        """
        self._call(
            None,
            "DELETE",
            f"/tasks/{task_id}",
            query={"scope": scope},
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def delete_webhook(
        self, webhook_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> None:
        """Remove a webhook; what is still to be sent to it is dropped."""
        self._call(
            None,
            "DELETE",
            f"/webhooks/{webhook_id}",
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def drop_dead_letter(self, letter_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Delete a dead letter for good: nobody handles its event any more."""
        self._call(
            None, "DELETE", f"/dead-letters/{letter_id}", headers={"Idempotency-Key": idempotency_key}, keyed=True
        )

    def dry_run(self, webhook_id: UUID, body: DryRun) -> DryRunResult:
        """Which of your newest events this webhook would have been sent, and the exact request for one. Sends
        nothing.
        """
        return cast(DryRunResult, self._call(DryRunResult, "POST", f"/webhooks/{webhook_id}/dry-run", body=body))

    def end_session(self, session_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Log a browser out; its session is over at once. This one, too, if it is this one's."""
        self._call(None, "DELETE", f"/sessions/{session_id}", headers={"Idempotency-Key": idempotency_key}, keyed=True)

    def export(self) -> dict[str, Any]:
        """Everything of yours as one JSON document: lists, tasks, done and deleted ones too, series, reminders,
        notices, webhooks without their secrets, and the events of it all. It is written as it is read.
        """
        return cast(dict[str, Any], self._call(dict[str, Any], "GET", "/export"))

    def export_calendar(self) -> bytes:
        """All your tasks, those done, too, as VTODO; POST /import reads them again, and loses nothing."""
        return cast(bytes, self._call(bytes, "GET", "/export.ics"))

    def import_file(
        self,
        body: bytes,
        media_type: Literal["text/calendar", "text/csv", "application/json", "application/zip"],
        *,
        list_id: UUID | None = None,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> ImportReport:
        """Take over the tasks of a file, whole or not at all; `dry_run` tells what would become of it.

        What was imported before is known by its UID: unchanged in the file, it is left as it is here.
        """
        return cast(
            ImportReport,
            self._call(
                ImportReport,
                "POST",
                "/import",
                query={"list_id": list_id, "dry_run": dry_run},
                headers={"Idempotency-Key": idempotency_key},
                body=body,
                media_type=media_type,
                keyed=True,
            ),
        )

    def list_activity(
        self,
        *,
        task_id: UUID | None = None,
        list_id: UUID | None = None,
        user_id: UUID | None = None,
        topic: Literal[
            "task.created.v1",
            "task.updated.v1",
            "task.completed.v1",
            "task.reopened.v1",
            "task.deleted.v1",
            "task.recurred.v1",
            "task.due.v1",
            "list.changed.v1",
        ]
        | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ActivityPage:
        """What was done in your lists, and to them, by whomever, newest first; also that you left one, or it is
        deleted.
        """
        return cast(
            ActivityPage,
            self._call(
                ActivityPage,
                "GET",
                "/activity",
                query={
                    "task_id": task_id,
                    "list_id": list_id,
                    "user_id": user_id,
                    "topic": topic,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def list_calendar_feeds(self) -> CalendarFeedPage:
        """Your calendar feeds, and when each was last read."""
        return cast(CalendarFeedPage, self._call(CalendarFeedPage, "GET", "/calendar-feeds"))

    def list_dead_letter_deeds(self, *, limit: int | None = None, cursor: str | None = None) -> DeadLetterDeedPage:
        """Who replayed and dropped what, newest first, and what became of it. Nothing is ever taken out of this."""
        return cast(
            DeadLetterDeedPage,
            self._call(DeadLetterDeedPage, "GET", "/dead-letters/audit", query={"limit": limit, "cursor": cursor}),
        )

    def list_dead_letters(
        self,
        *,
        function: str | None = None,
        topic: str | None = None,
        reason: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        replayed: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> DeadLetterPage:
        """The events that functions could not handle, newest first; by what they failed, and when."""
        return cast(
            DeadLetterPage,
            self._call(
                DeadLetterPage,
                "GET",
                "/dead-letters",
                query={
                    "function": function,
                    "topic": topic,
                    "reason": reason,
                    "since": since,
                    "until": until,
                    "replayed": replayed,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def list_deliveries(self, *, limit: int | None = None, cursor: str | None = None) -> DeliveryPage:
        """Your notices by e-mail and webhook, newest first, page by page, and how each went."""
        return cast(
            DeliveryPage, self._call(DeliveryPage, "GET", "/deliveries", query={"limit": limit, "cursor": cursor})
        )

    def list_filters(self) -> FilterPage:
        """Your filters, in their order."""
        return cast(FilterPage, self._call(FilterPage, "GET", "/filters"))

    def list_invitations(self, list_id: UUID) -> InvitationPage:
        """The open invitations to a list of your own, the latest first: at most 100."""
        return cast(InvitationPage, self._call(InvitationPage, "GET", f"/lists/{list_id}/invitations"))

    def list_labels(self) -> list[LabelRead]:
        """The labels of the tasks you see, by name; up to 1,000. Case does not make two of one."""
        return cast(list[LabelRead], self._call(list[LabelRead], "GET", "/labels"))

    def list_lists(self) -> list[TaskListRead]:
        """The lists you are a member of; the first of your own is where new tasks go."""
        return cast(list[TaskListRead], self._call(list[TaskListRead], "GET", "/lists"))

    def list_members(self, list_id: UUID) -> MemberPage:
        """Who sees a list that you see: at most 100, its owner first."""
        return cast(MemberPage, self._call(MemberPage, "GET", f"/lists/{list_id}/members"))

    def list_notices(self, *, limit: int | None = None, cursor: str | None = None) -> NoticePage:
        """What you were told, newest first, page by page."""
        return cast(NoticePage, self._call(NoticePage, "GET", "/notices", query={"limit": limit, "cursor": cursor}))

    def list_sessions(self, *, limit: int | None = None, cursor: str | None = None) -> SessionPage:
        """The browsers that you are logged in with, the latest first."""
        return cast(SessionPage, self._call(SessionPage, "GET", "/sessions", query={"limit": limit, "cursor": cursor}))

    def list_task_activity(self, task_id: UUID, *, limit: int | None = None, cursor: str | None = None) -> ActivityPage:
        """What was done to a task, be it deleted, and which of your reminders rang; newest first."""
        return cast(
            ActivityPage,
            self._call(ActivityPage, "GET", f"/tasks/{task_id}/activity", query={"limit": limit, "cursor": cursor}),
        )

    def list_tasks(
        self,
        *,
        status: Literal["open", "done", "all"] | None = None,
        list_id: UUID | None = None,
        id_prefix: str | None = None,
        parent_id: UUID | None = None,
        label: str | None = None,
        filter: str | None = None,
        filter_id: UUID | None = None,
        search: str | None = None,
        sort: Literal[
            "created",
            "due",
            "priority",
            "position",
            "title",
            "relevance",
            "-created",
            "-due",
            "-priority",
            "-position",
            "-title",
        ]
        | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> TaskPage:
        """The tasks you see: oldest first; with `status=done`, last completed first; or in the order that `sort`
        names. All that is asked for must hold.

        The header `X-Event-Cursor` is where /events goes on from this answer.
        """
        return cast(
            TaskPage,
            self._call(
                TaskPage,
                "GET",
                "/tasks",
                query={
                    "status": status,
                    "list_id": list_id,
                    "id_prefix": id_prefix,
                    "parent_id": parent_id,
                    "label": label,
                    "filter": filter,
                    "filter_id": filter_id,
                    "search": search,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def list_tokens(self) -> TokenPage:
        """Your tokens, the latest first; of each all but its secret, which nobody has."""
        return cast(TokenPage, self._call(TokenPage, "GET", "/tokens"))

    def list_webhook_deliveries(
        self, webhook_id: UUID, *, limit: int | None = None, cursor: str | None = None
    ) -> WebhookDeliveryPage:
        """What it was sent, newest first, with each attempt; what ended before the event log begins may be gone."""
        return cast(
            WebhookDeliveryPage,
            self._call(
                WebhookDeliveryPage,
                "GET",
                f"/webhooks/{webhook_id}/deliveries",
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def list_webhooks(self) -> WebhookPage:
        """Your webhooks, and how they stand."""
        return cast(WebhookPage, self._call(WebhookPage, "GET", "/webhooks"))

    def move_task(
        self, task_id: UUID, body: TaskMove, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> Task:
        """Give a task another place among those of its list and parent: `before` or `after` one of them, `first` or
        `last`. `sort=position` lists them so.
        """
        return cast(
            Task,
            self._call(
                Task,
                "POST",
                f"/tasks/{task_id}/move",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def preview_phrase(self, *, text: str) -> PhrasePreview:
        """What quick add understands of a sentence now, in your zone and by your `date_order` and `week_start`.

        `spans` are the characters (Unicode code points) that were understood, and as what; quoted text is left
        alone. Words with two readings are in `ambiguities`, each reading with the whole text to send for it.
        """
        return cast(PhrasePreview, self._call(PhrasePreview, "GET", "/phrases/preview", query={"text": text}))

    def preview_recurrence(
        self,
        *,
        rule: str,
        start: str,
        zone: str | None = None,
        after: str | None = None,
        rdate: list[str] | None = None,
        exdate: list[str] | None = None,
        count: int | None = None,
    ) -> RecurrencePreview:
        """The next dates of a rule (RFC 5545, RFC 7529), each with the reason why it is where it is.

        `start`, `after`, `rdate` and `exdate` are days (all day), or wall-clock times in `zone`; yours, if you
        name none.
        """
        return cast(
            RecurrencePreview,
            self._call(
                RecurrencePreview,
                "GET",
                "/recurrences/preview",
                query={
                    "rule": rule,
                    "start": start,
                    "zone": zone,
                    "after": after,
                    "rdate": rdate,
                    "exdate": exdate,
                    "count": count,
                },
            ),
        )

    def read_calendar_feed(self, secret: str, *, if_none_match: str | None = None) -> bytes:
        """The tasks of a feed, for whoever knows its address."""
        return cast(
            bytes,
            self._call(
                bytes, "GET", f"/calendar/{quote(secret, safe='')}.ics", headers={"If-None-Match": if_none_match}
            ),
        )

    def read_dead_letter(self, letter_id: UUID) -> DeadLetterDetail:
        """All that is known of a dead letter, and what to do now."""
        return cast(DeadLetterDetail, self._call(DeadLetterDetail, "GET", f"/dead-letters/{letter_id}"))

    def read_filter(self, filter_id: UUID, *, if_none_match: str | None = None) -> FilterRead:
        """One of your filters; `GET /tasks?filter_id=` answers with its tasks."""
        return cast(
            FilterRead, self._call(FilterRead, "GET", f"/filters/{filter_id}", headers={"If-None-Match": if_none_match})
        )

    def read_flow(self, task_id: UUID, *, limit: int | None = None) -> Flow:
        """The task's last events, from when each was written until it was delivered: who handled it, and when."""
        return cast(Flow, self._call(Flow, "GET", f"/tasks/{task_id}/flow", query={"limit": limit}))

    def read_invitation(self, secret: str) -> InvitationAbout:
        """What an invitation is to, for who was given its secret."""
        return cast(InvitationAbout, self._call(InvitationAbout, "GET", f"/invitations/{quote(secret, safe='')}"))

    def read_ledger(
        self,
        *,
        task_id: UUID | None = None,
        fired: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> LedgerPage:
        """Your reminders, those set for the latest moments first: when each rang, was sent and was delivered, and
        how late.

        With `fired=true` only those that rang, with `fired=false` only those that wait.
        """
        return cast(
            LedgerPage,
            self._call(
                LedgerPage,
                "GET",
                "/reminders/ledger",
                query={"task_id": task_id, "fired": fired, "limit": limit, "cursor": cursor},
            ),
        )

    def read_list(self, list_id: UUID, *, if_none_match: str | None = None) -> TaskListRead:
        """One list that you are a member of."""
        return cast(
            TaskListRead, self._call(TaskListRead, "GET", f"/lists/{list_id}", headers={"If-None-Match": if_none_match})
        )

    def read_me(self, *, if_none_match: str | None = None) -> PersonRead:
        """Who you are here."""
        return cast(PersonRead, self._call(PersonRead, "GET", "/me", headers={"If-None-Match": if_none_match}))

    def read_misses(self, *, limit: int | None = None, cursor: str | None = None) -> MissPage:
        """What your series left out while the service was off, the last first: how often each was missed, and when."""
        return cast(
            MissPage, self._call(MissPage, "GET", "/reminders/misses", query={"limit": limit, "cursor": cursor})
        )

    def read_notice(self, notice_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Mark a notice as read."""
        self._call(None, "POST", f"/notices/{notice_id}/read", headers={"Idempotency-Key": idempotency_key}, keyed=True)

    def read_series(self, task_id: UUID) -> SeriesRead:
        """The series of a recurring task: its rule, the dates added and taken out, and what occurrences are made
        from.
        """
        return cast(SeriesRead, self._call(SeriesRead, "GET", f"/tasks/{task_id}/series"))

    def read_task(self, task_id: UUID, *, if_none_match: str | None = None) -> Task:
        """One task; its ETag is its version in quotes, here and in every answer that is this task."""
        return cast(Task, self._call(Task, "GET", f"/tasks/{task_id}", headers={"If-None-Match": if_none_match}))

    def read_upcoming(self, *, from_: date | None = None, days: int | None = None) -> Upcoming:
        """The open tasks that are due in these days, and the occurrences that their series will bring, by their
        times.

        Whatever recurs by its schedule shows its occurrences to come (`expected`); what recurs after each
        completion has none that are known.
        """
        return cast(Upcoming, self._call(Upcoming, "GET", "/upcoming", query={"from": from_, "days": days}))

    def read_webhook(self, webhook_id: UUID, *, if_none_match: str | None = None) -> WebhookRead:
        """One of your webhooks, and how it stands."""
        return cast(
            WebhookRead,
            self._call(WebhookRead, "GET", f"/webhooks/{webhook_id}", headers={"If-None-Match": if_none_match}),
        )

    def redeliver(self, webhook_id: UUID, delivery_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Have it sent again, be it delivered or given up; its `webhook-id` stays."""
        self._call(
            None,
            "POST",
            f"/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
            headers={"Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def redeliver_since(self, webhook_id: UUID, body: Missed, *, idempotency_key: str | None = None) -> MissedResult:
        """Have it sent what it missed since then: of your events those that it wants as it is now, and did not take."""
        return cast(
            MissedResult,
            self._call(
                MissedResult,
                "POST",
                f"/webhooks/{webhook_id}/redeliver",
                headers={"Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def remove_member(self, list_id: UUID, user_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Remove a member of your list; or yourself, which is to leave.

        What they were assigned in the list is nobody's then, and none of its tasks reminds them any more. The
        owner stays.
        """
        self._call(
            None,
            "DELETE",
            f"/lists/{list_id}/members/{user_id}",
            headers={"Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def reopen_task(self, task_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None) -> Task:
        """Take a completion or a skip back, with the next occurrence that it brought; 409 if that was touched since."""
        return cast(
            Task,
            self._call(
                Task,
                "POST",
                f"/tasks/{task_id}/reopen",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def replay_dead_letter(self, letter_id: UUID, *, idempotency_key: str | None = None) -> DeadLetterRead:
        """Hand its event on again, with the same id: whoever handled it already does nothing."""
        return cast(
            DeadLetterRead,
            self._call(
                DeadLetterRead,
                "POST",
                f"/dead-letters/{letter_id}/replay",
                headers={"Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def revoke_invitation(self, list_id: UUID, invitation_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Revoke an invitation that nobody accepted yet."""
        self._call(
            None,
            "DELETE",
            f"/lists/{list_id}/invitations/{invitation_id}",
            headers={"Idempotency-Key": idempotency_key},
            keyed=True,
        )

    def revoke_token(self, token_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Revoke a token: from now on it opens nothing."""
        self._call(None, "DELETE", f"/tokens/{token_id}", headers={"Idempotency-Key": idempotency_key}, keyed=True)

    def rotate_secret(
        self, webhook_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> WebhookRead:
        """Give it a new secret. For 24 hours each call is signed by both; rotate twice to end the old one at once."""
        return cast(
            WebhookRead,
            self._call(
                WebhookRead,
                "POST",
                f"/webhooks/{webhook_id}/secret/rotate",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def run_commands(self, body: Commands, *, idempotency_key: str | None = None) -> CommandsDone:
        """Run up to 100 writes in their order, in one transaction; one that is refused is taken back alone.

        With `atomic` all are done or none: the answer is then the problem of the first that was refused. A
        command is run once, however often its `uuid` is sent within 90 days. Each command counts as a request.
        """
        return cast(
            CommandsDone,
            self._call(
                CommandsDone, "POST", "/commands", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True
            ),
        )

    def say(self, body: Said, *, idempotency_key: str | None = None) -> Answer:
        """Create, list, complete, skip, reopen, change or delete tasks by a sentence; the answer says what was done."""
        return cast(
            Answer,
            self._call(Answer, "POST", "/chat", headers={"Idempotency-Key": idempotency_key}, body=body, keyed=True),
        )

    def send_test_notice(self, body: NewTestNotice) -> TestNoticeResult:
        """Send a notice to yourself now, and say whether it was delivered."""
        return cast(TestNoticeResult, self._call(TestNoticeResult, "POST", "/notices/test", body=body))

    def skip_task(self, task_id: UUID, *, if_match: str | None = None, idempotency_key: str | None = None) -> Task:
        """Let an occurrence of a series pass undone; the next comes. 409 for a task that does not repeat."""
        return cast(
            Task,
            self._call(
                Task,
                "POST",
                f"/tasks/{task_id}/skip",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                keyed=True,
            ),
        )

    def snooze_notice(self, notice_id: UUID, body: NewSnooze, *, idempotency_key: str | None = None) -> Snoozed:
        """Be reminded of the task again later (RFC 9074 §7), be it in your quiet hours. The notice counts as seen."""
        return cast(
            Snoozed,
            self._call(
                Snoozed,
                "POST",
                f"/notices/{notice_id}/snooze",
                headers={"Idempotency-Key": idempotency_key},
                body=body,
                keyed=True,
            ),
        )

    def stream_events(
        self, *, cursor: str | None = None, last_event_id: str | None = None
    ) -> Iterator[ServerSentEvent]:
        """The events you may see, live and without a gap: from `Last-Event-ID`, else `cursor`, else from now on.

        410 for a cursor of another database, of one that was restored since, or of before the event log begins.
        """
        return self._stream("/events", query={"cursor": cursor}, headers={"last-event-id": last_event_id})

    def sync(self, *, cursor: str | None = None, limit: int | None = None) -> SyncPage:
        """All of your lists and tasks, or with a cursor what changed since; gapless, however many write meanwhile.

        410 for a cursor of another database, of one that was restored since, or of before the event log begins.
        """
        return cast(SyncPage, self._call(SyncPage, "GET", "/sync", query={"cursor": cursor, "limit": limit}))

    def undo_event(self, event_id: UUID, *, idempotency_key: str | None = None) -> Undone:
        """Take back something that you did to a task or a list, by the event's id; an event that undid something: do
        it again.

        409 if it is undone already, where that would take back what somebody did since, where only somebody else
        may do that now, or if it was done before the event log begins. What became of a list's members takes the
        scope `account`, as changing it does.
        """
        return cast(
            Undone,
            self._call(
                Undone, "POST", f"/events/{event_id}/undo", headers={"Idempotency-Key": idempotency_key}, keyed=True
            ),
        )

    def undo_last(self, *, idempotency_key: str | None = None) -> Undone:
        """Take back the last thing that you did to a task or a list and that is not undone; asked again, the one
        before.
        """
        return cast(
            Undone, self._call(Undone, "POST", "/undo", headers={"Idempotency-Key": idempotency_key}, keyed=True)
        )
