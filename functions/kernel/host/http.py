"""The HTTP face of an event function: what Dapr, or any sender of CloudEvents, says to it.

    POST /events          one event (structured, binary or batched CloudEvents; Dapr's bulk envelope)
    POST /dead-letters/F  a dead letter of function F, from Dapr's dead-letter topic
    POST /job/NAME        a job of Dapr's scheduler: the alarm rang
    POST /job/rearm       from a clock that is not the scheduler: set the alarms again from the database
    POST /warm            a reminder's moment is near: be awake when it comes
    POST /test-notice     a call of chat-api's, through Dapr's service invocation
    GET  /healthz         200 as long as the process serves; asks nobody
    GET  /dapr/subscribe, /dapr/config   empty: subscriptions are declared in components/

Source: Dapr Pub/Sub, Bulk subscribe and Jobs API references.
"""

import base64
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from functions.kernel.cloudevent import MAX_BATCH_BYTES, MAX_EVENT_BYTES, parse_http, parse_mapping
from functions.kernel.dapr import app_token as dapr_token
from functions.kernel.errors import InvalidEventError, NotFoundError
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.delivery import DeadLettered, Delivery
from functions.kernel.host.function import DEAD_LETTER_PREFIX
from functions.kernel.host.outcome import DONE, Done, Outcome, Retry, dapr_status
from functions.kernel.host.ring import alarm_named, ring
from functions.kernel.ports import TestNotice
from functions.kernel.storage.attempts import Position

log = logging.getLogger(__name__)

GetHost = Callable[[], Awaitable[FunctionHost]]


async def answer(request: Request, get_host: GetHost, app_token: str | None) -> Response:
    """Answer one request to an event function; `app_token` is what Dapr sends to show that it is Dapr."""
    path = request.url.path
    if request.method == "GET":
        return _get(path)
    if request.method != "POST":
        return Response("only GET and POST are answered here\n", 405, headers={"allow": "GET, POST"})
    if not dapr_token.shown(request.headers, app_token):
        return Response("the header dapr-api-token is missing or wrong\n", 401)
    try:
        host = await get_host()
        # Dapr's bulk has no limit in bytes: whatever it may hold is taken, else it would be refused for ever.
        limit = max(MAX_BATCH_BYTES, host.function.max_batch * MAX_EVENT_BYTES)
        body = await _read(request, limit)
        if body is None:
            return Response(f"larger than {limit} bytes\n", 413)
        return await _post(host, path, request, body)
    except Exception as error:
        # Dapr sends it again after any 5xx; who reads this learns what to look at.
        log.exception("%s was not handled", path)
        return Response(f"not now: {type(error).__name__}: {error}\n", 503, headers={"retry-after": "1"})


async def _post(host: FunctionHost, path: str, request: Request, body: bytes) -> Response:
    if path == "/events":
        return await _events(host, request, body)
    if path.startswith("/dead-letters/"):
        return await _dead_letter(host, path.removeprefix("/dead-letters/"), request, body)
    if path.startswith("/job/"):
        await ring(host, alarm_named(path.removeprefix("/job/")))
        return JSONResponse({"status": "SUCCESS"})
    if path == "/warm":
        await host.warm(_moment_in(_raw(body)))
        return JSONResponse({"status": "SUCCESS"})
    if path == "/test-notice":
        return await _invoke(host, body)
    return Response(f"no such path: {path}; events go to /events\n", 404)


async def _invoke(host: FunctionHost, body: bytes) -> Response:
    try:
        result = await host.invoke(TestNotice.model_validate_json(body))
    except ValidationError as error:
        return Response(f"not a test notice: {error.errors()[0]['msg']}\n", 422)
    except NotFoundError as error:
        return Response(f"{error}\n", 404)
    return Response(result.model_dump_json(), media_type="application/json")


def _get(path: str) -> Response:
    if path == "/dapr/subscribe":
        return JSONResponse([])
    if path == "/dapr/config":
        return JSONResponse({})
    if path in ("/healthz", "/"):
        return Response("ok\n")
    return Response(f"no such path: {path}\n", 404)


async def _read(request: Request, limit: int) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def _events(host: FunctionHost, request: Request, body: bytes) -> Response:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json" and "ce-id" not in request.headers:
        return await _bulk(host, body)
    raws: list[Any] = [body.decode("utf-8", "replace")]
    try:
        parsed = parse_http(request.headers, body)
        if media_type == "application/cloudevents-batch+json":
            raws = from_json(body)
    except InvalidEventError as error:
        parsed = [error]
    position = _position(request.headers)
    deliveries = [Delivery(event, raw, position) for event, raw in zip(parsed, raws, strict=True)]
    return _answer(await host.deliver(deliveries))


def _answer(outcomes: list[Outcome]) -> Response:
    """One status for all: retry when any is, since the inbox turns the others' second delivery into nothing."""
    retried = [outcome for outcome in outcomes if isinstance(outcome, Retry)]
    reasons = [outcome.reason for outcome in outcomes if not isinstance(outcome, Done)]
    status = {"status": dapr_status(retried[0] if retried else DONE)}
    return JSONResponse(status | {"reason": "; ".join(reasons)} if reasons else status)


async def _bulk(host: FunctionHost, body: bytes) -> Response:
    """Dapr's bulk envelope. An entry that the answer does not name would be retried, so each is named."""
    try:
        entries = from_json(body)["entries"]
        ids = [entry["entryId"] for entry in entries]
    except (ValueError, KeyError, TypeError):
        error = InvalidEventError(
            "body", "neither a CloudEvent nor Dapr's bulk envelope; send application/cloudevents+json"
        )
        return _answer(await host.deliver([Delivery(error, body.decode("utf-8", "replace"))]))
    outcomes = await host.deliver([_entry(entry.get("event"), entry.get("metadata")) for entry in entries])
    statuses = [
        {"entryId": entry_id, "status": dapr_status(outcome)} for entry_id, outcome in zip(ids, outcomes, strict=True)
    ]
    return Response(to_json({"statuses": statuses}), media_type="application/json")


def _entry(event: Any, metadata: Any) -> Delivery:
    position = _position(metadata) if isinstance(metadata, dict) else None
    if not isinstance(event, dict):
        return Delivery(InvalidEventError("event", "not a JSON object"), event, position)
    try:
        return Delivery(parse_mapping(event), event, position)
    except InvalidEventError as error:
        return Delivery(error, event, position)


def _position(metadata: Mapping[str, Any]) -> Position | None:
    """Where the broker has the event, as Dapr says of what comes from Kafka; null where it does not.

    Of a dead letter, Kafka's headers carry on where the event itself was: daprd publishes it with all that it had been
    told of it, and what a header says goes before what the dead letter's own message would.
    """
    topic = metadata.get("__topic")
    if not isinstance(topic, str) or topic.startswith(DEAD_LETTER_PREFIX):
        return None
    try:
        partition, offset = int(metadata["__partition"]), int(metadata["__offset"])
    except (KeyError, TypeError, ValueError):
        return None
    return Position(topic, partition, offset) if 0 <= partition < 2**31 and 0 <= offset < 2**63 else None


def _raw(body: bytes) -> bytes:
    """What lay in the topic: Dapr hands raw payloads over as `data_base64`."""
    try:
        return base64.b64decode(from_json(body)["data_base64"])
    except (ValueError, KeyError, TypeError):
        return body


def _moment_in(announcement: bytes) -> datetime | None:
    """The moment that the alarm announced; null where it says none."""
    try:
        moment = datetime.fromisoformat(from_json(announcement)["at"])
    except (ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo else None


async def _dead_letter(host: FunctionHost, function: str, request: Request, body: bytes) -> Response:
    dead = DeadLettered(function, _raw(body).decode("utf-8", "replace"), _position(request.headers))
    async with host.units.begin() as uow:
        await host.call(dead, uow)
    return JSONResponse({"status": "SUCCESS"})
