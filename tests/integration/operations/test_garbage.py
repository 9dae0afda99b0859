"""Who sends garbage is refused or left waiting; everybody else is answered meanwhile."""

import asyncio
import contextlib
import json

import pytest

from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.host.heads import MAX_HEAD_BYTES
from tests.integration.world import PATIENCE_SECONDS, Person, World

pytestmark = pytest.mark.requirement("TRUST-065")

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

REFUSED: list[tuple[str, bytes, int]] = [
    ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 9, 400),
    ("noise", bytes(range(256)) * 8, 400),
    ("words", b"hello, is anybody there?\r\n\r\n", 400),
    ("another protocol", b"GET / SMTP/1.0\r\n\r\n", 400),
    ("two lengths", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    ("length and chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("negative length", POST + b"Content-Length: -1\r\n\r\n", 400),
    ("length beyond all", POST + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
    ("chunk that is none", POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("chunk beyond all", POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFF\r\n", 400),
    ("folded header", GET + b"X: a\r\n b\r\n\r\n", 400),
    ("header without a name", GET + b": a\r\n\r\n", 400),
    ("NUL in a header", GET + b"X: a\0b\r\n\r\n", 400),
    ("one huge header", GET + b"X: " + b"a" * 2_000_000, 431),
    ("headers without end", GET + b"X: a\r\n" * 100_000, 431),
    ("address without end", b"GET /" + b"a" * 2_000_000, 431),
    ("method without end", b"G" * 2_000_000, 400),
]
LEFT_WAITING: list[bytes] = [
    b"",
    b"G",
    b"GET /hea",
    GET,
    GET + b"X: " + b"a" * (MAX_HEAD_BYTES - 100),
    POST + b"Content-Length: 100\r\n\r\n{",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
]


def port_of(taskwake: World) -> int:
    return int(taskwake.base_url.rpartition(":")[2])


async def connect(taskwake: World) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port_of(taskwake))


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await reader.readline()).split()[1])


async def refuses(port: int, sent: bytes, status: int) -> None:
    """What serves there answers so, and hangs up."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):  # it may hang up before all of it is there
            writer.write(sent)
            await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert await status_of(reader) == status
            await reader.read()
        writer.close()


@pytest.mark.parametrize(("sent", "status"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_what_is_no_request_is_refused_and_hung_up_on(
    taskwake: World, sam: Person, sent: bytes, status: int
) -> None:
    await refuses(port_of(taskwake), sent, status)
    assert await sam.tasks() == []


async def test_many_who_never_finish_keep_nobody_waiting(taskwake: World, sam: Person) -> None:
    waiting = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        for beginning in LEFT_WAITING * 20:
            _, writer = await connect(taskwake)
            writer.write(beginning)
            waiting.append(writer)
        assert (await sam.create(title="as ever"))["title"] == "as ever"
        for writer in waiting:  # a byte now and then
            writer.write(b"a")
        assert len(await sam.tasks()) == 1
    for writer in waiting:
        writer.close()


@pytest.mark.parametrize("beginning", LEFT_WAITING[:4])
async def test_a_head_that_does_not_come_is_given_up(
    taskwake: World, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(BoundedRequest, "max_seconds", 0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await connect(taskwake)
        writer.write(beginning)
        assert await status_of(reader) == 408
        problem = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
        assert problem["detail"] == "its headers must come within 0.05 seconds"
        writer.close()


@pytest.mark.requirement("TRUST-140")
@pytest.mark.parametrize("path", ["/tasks", "/import", "/mcp"])
@pytest.mark.parametrize("beginning", LEFT_WAITING[-2:], ids=["length", "chunks"])
async def test_a_body_that_does_not_come_is_given_up(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch, caplog, path: str, beginning: bytes
) -> None:
    monkeypatch.setattr(BoundedRequest, "max_body_seconds", 0.05)
    known = f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {sam.token}\r\nIdempotency-Key: a\r\n".encode()
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await connect(taskwake)
        writer.write(known + beginning.partition(b"\r\n")[2])
        assert await status_of(reader) == 408
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
    assert b"connection: close" in head
    assert (json.loads(body)["title"], json.loads(body)["status"]) == ("Request Timeout", 408)
    assert await sam.tasks() == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_second_head_of_a_connection_is_bounded_too(taskwake: World) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await connect(taskwake)
        writer.write(GET + b"\r\n")
        assert await status_of(reader) == 200
        await reader.readuntil(b'{"status":"ok"}')
        with contextlib.suppress(ConnectionError):
            writer.write(GET + b"X: a\r\n" * 50_000)
            await writer.drain()
        assert await status_of(reader) == 431
        writer.close()
