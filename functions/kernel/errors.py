"""The errors of Taskwake, as a tree.

    TaskwakeError
    ├── InvalidInputError      a field of the input is wrong                      HTTP 422
    ├── NotFoundError          no such thing, or not visible to this person       HTTP 404
    ├── ConflictError          the state forbids it now                           HTTP 409
    ├── ExpiredError           what it goes on from is not there any more         HTTP 410
    ├── OutdatedError          it is not what who asks takes it for (If-Match)    HTTP 412
    ├── NotAllowedError        who asks may not do this                           HTTP 403
    │   └── InsufficientScopeError  their token may not                           HTTP 403
    ├── UnauthenticatedError   nobody knows who asks                              HTTP 401
    ├── RateLimitedError       more requests than are let in                      HTTP 429
    ├── RejectedError          this event can never be handled: a dead letter
    │   └── InvalidEventError  it is no CloudEvent, or not one of this type
    ├── SecretMissingError     the secret store has no such name                  HTTP 503
    ├── IssuerUnavailableError nobody can tell now whether a token is valid       HTTP 503
    └── AlarmUnavailableError  no alarm can be set now                            HTTP 503, an event is retried

Whatever is not a TaskwakeError is unexpected, and an event that meets it is retried. HTTP codes are
given at the HTTP edge only (chat_api/problems.py), outcomes of events in host/outcome.py only.
"""


class TaskwakeError(Exception):
    """Something the caller can understand and act on; its text is shown as it is."""


class InvalidInputError(TaskwakeError):
    """A field of the input is wrong. `field` is its path, such as `due_at` or `reminders.0.minutes_before`; `span` says
    which characters of its text are, where one part is: from, and up to but not with, in code points."""

    def __init__(self, field: str, message: str, span: tuple[int, int] | None = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.span = span


class NotFoundError(TaskwakeError):
    """No such thing, or none that this person may see: both look the same from outside."""


class ConflictError(TaskwakeError):
    """The present state forbids it; the text says which state and what to do."""


class ExpiredError(TaskwakeError):
    """What the request goes on from is not there any more; the text says how to begin anew."""


class OutdatedError(TaskwakeError):
    """Somebody changed it since the caller read it; the text says at which version it is."""


class NotAllowedError(TaskwakeError):
    """Who asks is known, and may not do this."""


class InsufficientScopeError(NotAllowedError):
    """Who asks may do this, but not with this token; `missing` names the scopes that it lacks."""

    def __init__(self, missing: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.missing = missing


class UnauthenticatedError(TaskwakeError):
    """No valid credential came with the request; `shown`: one did, and it is not valid."""

    def __init__(self, message: str, *, shown: bool = False) -> None:
        super().__init__(message)
        self.shown = shown


class IssuerUnavailableError(TaskwakeError):
    """The OpenID provider's keys are not known, and it does not answer. Try again."""


class RateLimitedError(TaskwakeError):
    """Who asks asked too often. After `seconds` it is let in again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class RejectedError(TaskwakeError):
    """This event can never be handled: it becomes a dead letter at once, with this text as its reason."""


class InvalidEventError(RejectedError):
    """Not a CloudEvent, or not a valid one of its type. `attribute` names what is wrong."""

    def __init__(self, attribute: str, message: str) -> None:
        super().__init__(f"{attribute}: {message}")
        self.attribute = attribute
        self.message = message


class SecretMissingError(TaskwakeError):
    """The secret store has no secret of this name; the text names it and the store."""


class AlarmUnavailableError(TaskwakeError):
    """No alarm can be set now, so nothing that needs one is accepted: accepted means kept. Try again."""
