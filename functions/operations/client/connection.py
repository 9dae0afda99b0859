"""How the client speaks HTTP: it asks again where that does no harm, and raises what was refused."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 60.0
_TOO_MANY, _NOT_NOW = 429, 503
_KEY = "Idempotency-Key"


class Model(BaseModel):
    """What the API takes or answers; of an answer, what a newer API says besides is left out."""

    model_config = ConfigDict(defer_build=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of what was sent; with `start` and `end`, which come together or not at all, with
    text[start:end] of it, counted in code points."""

    field: str
    message: str
    start: int | None = None
    end: int | None = None


class ApiError(Exception):
    """The API refused, or failed: the problem (RFC 9457) that it answered. `errors` names the fields, if any."""

    def __init__(self, status: int, title: str, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors


class UnreachableError(Exception):
    """Nobody answered, however often it was asked. Whether a write was done is unknown."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event of a stream; `id` is the cursor to resume from. One without `data` only says that."""

    id: str
    event: str
    data: str


class Connection:
    """One Taskwake, asked as one person. Use it as a context manager, or close it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout_seconds: float = 30.0,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"authorization": f"Bearer {token}"},
            transport=transport,
            timeout=timeout_seconds,
        )
        self._sleep = sleep

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def download(self, path: str, progress: Callable[[int], None]) -> bytes:
        """What a GET answers, whole, however long it is; `progress` is told how many bytes are there. Raises ApiError,
        UnreachableError, also for an answer that broke off."""
        request = self._http.build_request("GET", path)
        response = self._send(request, again=True, stream=True)
        pieces, count = [], 0
        try:
            for piece in response.iter_bytes():
                pieces.append(piece)
                count += len(piece)
                progress(count)
        except httpx.TransportError as error:
            raise UnreachableError(f"GET {request.url} broke off after {count} bytes: {error}") from error
        finally:
            response.close()
        return b"".join(pieces)

    def _call(
        self,
        answer: Any,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        body: Model | bytes | None = None,
        media_type: str = "application/json",
        keyed: bool = False,
    ) -> Any:
        """Ask, and read the answer as this type (null: it has no body). `keyed`: with an Idempotency-Key it is done
        once, so that it can be sent again when the line was lost. Raises ApiError, UnreachableError."""
        sent = {name: str(value) for name, value in (headers or {}).items() if value is not None}
        if keyed:
            sent.setdefault(_KEY, f'"{uuid4()}"')
        if body is not None:
            sent["content-type"] = media_type
        request = self._http.build_request(
            method,
            path,
            params=_parameters(query or {}),
            headers=sent,
            content=body.model_dump_json(exclude_unset=True) if isinstance(body, Model) else body,
        )
        response = self._send(request, again=method == "GET" or keyed)
        if answer is None:
            return None
        return response.content if answer is bytes else _adapter(answer).validate_json(response.content)

    def _send(self, request: httpx.Request, *, again: bool, stream: bool = False) -> httpx.Response:
        wait = 0.5
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._http.send(request, stream=stream)
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or not (again or isinstance(error, httpx.ConnectError)):
                    raise UnreachableError(
                        f"{request.method} {request.url}: {error or type(error).__name__}"
                    ) from error
                self._sleep(wait)
            else:
                if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
                    return response
                # Neither of the two did anything, so anything can be asked again.
                if response.status_code not in (_TOO_MANY, _NOT_NOW) or attempt == ATTEMPTS:
                    response.read()
                    raise _error(response)
                response.close()
                self._sleep(_asked_to_wait(response, wait))
            wait *= 2
        raise AssertionError("unreachable")

    def _stream(
        self, path: str, *, query: Mapping[str, Any] | None = None, headers: Mapping[str, Any] | None = None
    ) -> Iterator[ServerSentEvent]:
        """Events, for ever: a line that is lost is taken up again behind the last event. Raises ApiError,
        UnreachableError."""
        sent = {name: str(value) for name, value in (headers or {}).items() if value is not None}
        while True:
            request = self._http.build_request("GET", path, params=_parameters(query or {}), headers=sent)
            response = self._send(request, again=True, stream=True)
            try:
                for event in _events(response.iter_lines()):
                    sent["Last-Event-ID"] = event.id
                    yield event
            except httpx.TransportError:
                pass  # it is asked again from where it was
            finally:
                response.close()


def _parameters(query: Mapping[str, Any]) -> dict[str, Any]:
    """Of those that were given: true and false in small letters, a list as the parameter repeated."""
    return {
        name: value if isinstance(value, list | bool) else str(value)
        for name, value in query.items()
        if value is not None
    }


def _asked_to_wait(response: httpx.Response, usual: float) -> float:
    asked = response.headers.get("retry-after", "")
    return min(float(asked), LONGEST_WAIT_SECONDS) if asked.isdecimal() else usual


def _error(response: httpx.Response) -> ApiError:
    """The problem; of something between us and the API that answered another way, what can be said of it."""
    try:
        problem = response.json()
        errors = tuple(
            FieldError(each["field"], each["message"], each.get("start"), each.get("end")) for each in problem["errors"]
        )
        return ApiError(response.status_code, problem["title"], problem["detail"], errors)
    except (ValueError, KeyError, TypeError):
        return ApiError(response.status_code, response.reason_phrase, response.text[:200])


def _events(lines: Iterator[str]) -> Iterator[ServerSentEvent]:
    """WHATWG HTML §9.2.6, of what the API sends: id, event, data; comments are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line and name:
            fields[name] = value.removeprefix(" ")
        elif not line:
            if "id" in fields:
                yield ServerSentEvent(fields["id"], fields.get("event", "message"), fields.get("data", ""))
            fields = {}


@cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)
