"""How slowly a request may come: by a clock that goes on when the test says so, and a line that is none."""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from functions.kernel.host.bodies import MAX_BODY_SECONDS, MIN_BODY_BYTES, BoundedRequest

pytestmark = pytest.mark.requirement("TRUST-140")

IMPORT_BYTES, BAD_LINE = 5_000_000, 30_000
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
KEEP_ALIVE = 5
PATIENCE_SECONDS = 15
"""A busy machine may be slow without being wrong."""


def sized(length: int) -> bytes:
    return POST + b"Content-Length: %d\r\n\r\n" % length


class Line(asyncio.Transport):
    """What was answered on it, and whether it was hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.answered += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Clock:
    """The event loop of a protocol: the real one, but for the time."""

    def __init__(self) -> None:
        self._now = 0.0
        self._number = count()
        self._due: list[tuple[float, int, asyncio.TimerHandle]] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(self._now + seconds, call, (), asyncio.get_running_loop())
        heapq.heappush(self._due, (timer.when(), next(self._number), timer))
        return timer

    def create_task(self, answering: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(answering)

    def go_on(self, seconds: float) -> None:
        then = self._now + seconds
        while self._due and self._due[0][0] <= then:
            self._now, _, timer = heapq.heappop(self._due)
            if not timer.cancelled():
                timer._run()
        self._now = then


class Connection:
    """One sender, and what the application behind the protocol has of it: it reads when it is let."""

    def __init__(self) -> None:
        self.clock, self.line = Clock(), Line()
        self.reads, self.body, self.ended = asyncio.Event(), b"", asyncio.Event()
        config = uvicorn.Config(self._app, interface="asgi3", timeout_keep_alive=KEEP_ALIVE, log_config=None)
        self._protocol = BoundedRequest(config, ServerState(), {}, _loop=self.clock)  # type: ignore[arg-type]
        self._protocol.connection_made(self.line)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            await self.reads.wait()
            while True:
                message = await receive()
                self.body += message.get("body", b"")
                if not message.get("more_body"):
                    break
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        self.ended.set()

    async def send(self, *pieces: bytes, every: float = 0) -> None:
        """Send pieces, each after so many seconds, until the line is closed."""
        for piece in pieces:
            self.clock.go_on(every)
            if self.line.closed:
                return
            self._protocol.data_received(piece)
            await asyncio.sleep(0)  # let the application read

    async def answers(self) -> None:
        """Wait until the application has answered."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.ended.wait()

    def hang_up(self) -> None:
        self._protocol.connection_lost(None)

    @property
    def status(self) -> int | None:
        return int(self.line.answered.split()[1]) if self.line.answered else None


@pytest.fixture
async def connection():
    connection = Connection()
    yield connection
    connection.reads.set()
    connection.hang_up()


async def test_five_megabytes_over_a_bad_line_are_taken(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(sized(IMPORT_BYTES))
    await connection.send(*[bytes(BAD_LINE)] * (IMPORT_BYTES // BAD_LINE), bytes(IMPORT_BYTES % BAD_LINE), every=1)
    await connection.answers()
    assert (connection.status, len(connection.body)) == (200, IMPORT_BYTES)


async def test_a_line_that_falls_silent_for_less_than_the_time_is_waited_for(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(sized(100), b"a" * 50)
    connection.clock.go_on(MAX_BODY_SECONDS - 1)
    await connection.send(b"a" * 50)
    await connection.answers()
    assert connection.status == 200


@pytest.mark.parametrize("beginning", [sized(1_000_000), sized(1_000_000) + b"a", CHUNKED, CHUNKED + b"5\r\nhel"])
async def test_a_body_that_does_not_come_is_given_up(connection: Connection, beginning: bytes) -> None:
    connection.reads.set()
    await connection.send(beginning)
    connection.clock.go_on(MAX_BODY_SECONDS - 1)
    assert not connection.line.closed
    connection.clock.go_on(1)
    assert (connection.status, connection.line.closed) == (408, True)
    assert b"content-type: application/problem+json\r\n" in connection.line.answered
    assert b"connection: close\r\n" in connection.line.answered
    assert b"32768 bytes of its body, or the last of it, must come every 30 seconds" in connection.line.answered


async def test_a_body_that_comes_a_byte_now_and_then_is_given_up(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(sized(1_000_000))
    await connection.send(*[b"a"] * 100, every=1)
    assert (connection.status, len(connection.body)) == (408, MAX_BODY_SECONDS - 1)


async def test_much_that_came_before_pays_for_nothing_later(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(sized(1_000_000), bytes(900_000))
    connection.clock.go_on(2 * MAX_BODY_SECONDS)
    assert connection.status == 408


async def test_what_is_no_body_is_no_progress(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(CHUNKED + b"5;")
    await connection.send(*[bytes(b"a" * 1_500)] * 40, every=1)
    assert (connection.status, connection.line.closed) == (408, True)


async def test_while_nobody_reads_the_sender_is_waited_for(connection: Connection) -> None:
    await connection.send(sized(1_000_000), bytes(100_000))
    connection.clock.go_on(10 * MAX_BODY_SECONDS)
    assert not connection.line.closed
    connection.reads.set()
    await connection.send(bytes(900_000))
    await connection.answers()
    assert connection.status == 200


async def test_a_whole_body_is_not_counted_against_who_waits_for_the_answer(connection: Connection) -> None:
    await connection.send(sized(1), b"a")
    connection.clock.go_on(10 * MAX_BODY_SECONDS)
    connection.reads.set()
    await connection.answers()
    assert connection.status == 200


async def test_of_what_was_answered_already_the_rest_is_not_waited_for_and_nothing_more_is_said(
    connection: Connection,
) -> None:
    await connection.send(b"PUT / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\na")
    await connection.answers()
    answered = connection.line.answered
    await connection.send(*[bytes(MIN_BODY_BYTES)] * 100, every=1)
    assert (connection.status, connection.line.closed) == (200, True)
    assert connection.line.answered == answered


async def test_a_connection_whose_body_ended_after_its_answer_is_kept_no_longer_than_any_other(
    connection: Connection,
) -> None:
    await connection.send(b"PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\na")
    await connection.answers()
    await connection.send(b"a")
    connection.clock.go_on(KEEP_ALIVE - 1)
    assert not connection.line.closed
    connection.clock.go_on(1)
    assert connection.line.closed


async def test_the_second_body_of_a_connection_is_bounded_too(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(sized(1) + b"a")
    await connection.answers()
    connection.line.answered = b""
    await connection.send(sized(10) + b"a")
    connection.clock.go_on(MAX_BODY_SECONDS)
    assert connection.status == 408


@pytest.mark.parametrize(
    "beginning", [CHUNKED + b"5;", CHUNKED + b"0\r\nx: ", CHUNKED + b"0\r\n"], ids=["extension", "trailer", "trailers"]
)
async def test_what_comes_beside_a_body_without_end_is_refused(connection: Connection, beginning: bytes) -> None:
    more = b"x: a\r\n" * 100 if beginning.endswith(b"0\r\n") else b"a" * 600
    await connection.send(beginning, *[more] * 1_000)
    assert (connection.status, connection.line.closed) == (431, True)


async def test_a_body_in_the_smallest_chunks_is_taken(connection: Connection) -> None:
    connection.reads.set()
    await connection.send(CHUNKED, *[b"1\r\na\r\n" * 1_000] * 100, b"0\r\n\r\n")
    await connection.answers()
    assert (connection.status, connection.body) == (200, b"a" * 100_000)
