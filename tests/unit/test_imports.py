"""What a cold function imports is an allow-list: each import is paid at every scale from zero."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from functions.catalogue import FUNCTIONS

pytestmark = pytest.mark.requirement("FLOW-024")

ROOT = Path(__file__).parents[2]

HEAVY = {
    "aiosmtplib",
    "alembic",
    "cryptography",
    "dapr",
    "dateutil",
    "fastapi",
    "google",
    "grpc",
    "httpx",
    "jwt",
    "opentelemetry",
    "icalendar",
    "requests",
    "sqlalchemy",
    "sqlmodel",
    "standardwebhooks",
    "structlog",
    "typer",
    "werkzeug",
}
"""None of these before, or while, an event is handled."""

ALLOWED = {
    "annotated_types",
    "functions",
    "psycopg",
    "psycopg_binary",
    "psycopg_c",
    "psycopg_pool",
    "pydantic",
    "pydantic_core",
    "starlette",
    "typing_extensions",
    "typing_inspection",
    "cython_runtime",
    "tzdata",
    "anyio",
    "sniffio",
    "python_multipart",
    "multipart",
}
"""All that handling an event may load besides the standard library, on top of the framework and the server."""

HANDLE = """
import asyncio, json, sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functions.kernel.cloudevent import parse_structured, render_json
from functions.catalogue import BY_NAME
from functions.kernel.events import TaskDue
from functions.kernel.host import http
from functions.bootstrap.dapr import DaprTaskwake
from functions.kernel.settings import from_environment
from functions.bootstrap.hosts import host
from functions.kernel.host.delivery import Delivery
from functions.kernel.storage.database import Database
from uuid import UUID

id = UUID(int=1)
event = TaskDue(reminder_id=id, task_id=id, list_id=id, user_id=id, kind="due", remind_at=datetime.now(UTC), title="x")

class Connection:
    rowcount = 1
    async def execute(self, query, parameters=None):
        class Cursor:
            async def fetchall(_):
                if "INTO inbox" in query:
                    return [{"source": "/taskwake", "event_id": event.id}]
                return [{"id": id}] if "FROM tasks" in query else []
            async def fetchone(_):
                return {"now": datetime.now(UTC)}
            def nextset(_):
                return True
        return Cursor()

class Offline(Database):
    @asynccontextmanager
    async def connection(self):
        yield Connection()

async def main():
    taskwake = DaprTaskwake(from_environment({}))
    bus = clock = secrets = None
    served = host(BY_NAME["task-due"], Offline("postgresql:///"), bus, clock, secrets)
    body = render_json(event)
    return await served.deliver([Delivery(parse_structured(body), body.decode())])

outcomes = asyncio.run(main())
print(json.dumps([repr(outcomes), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def run(code: str) -> list[object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_handling_an_event_loads_nothing_but_what_is_allowed() -> None:
    outcomes, modules = run(HANDLE)
    assert outcomes == "[Done()]"
    loaded = {str(module) for module in modules} - set(sys.stdlib_module_names) - bare_interpreter()
    loaded = {module for module in loaded if not module.startswith(("_", "__"))}
    assert loaded & HEAVY == set()
    assert loaded <= ALLOWED


@pytest.mark.parametrize("function", [function.name for function in FUNCTIONS if function.name != "chat-api"])
def test_framework_serves_a_function_without_what_is_heavy(function: str) -> None:
    code = f"""
import json, os, sys
os.environ |= {{"FUNCTION_SOURCE": "functions/main.py", "FUNCTION_TARGET": {function!r}}}
import functions_framework.aio
functions_framework.aio.create_asgi_app({function!r}, "functions/main.py")
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    loaded = set(map(str, run(code)))
    # The framework itself loads requests' and werkzeug's like; what we add must not.
    assert loaded & (HEAVY - framework_alone()) == set()


def bare_interpreter() -> set[str]:
    """What the .pth files of the environment load in any process."""
    return set(map(str, run("import json, sys; print(json.dumps([n.partition('.')[0] for n in sys.modules]))")))


def framework_alone() -> set[str]:
    code = "import json, sys, functions_framework.aio; print(json.dumps([n.partition('.')[0] for n in sys.modules]))"
    return set(map(str, run(code)))
