"""The tools, each a route of the API under another name: what is promised there holds here."""

from collections.abc import Awaitable, Callable, Collection
from functools import cache, wraps
from typing import Annotated, ParamSpec, TypeVar, cast
from uuid import UUID

from fastapi import Request, Response
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from functions.chat_api.access import Credential, authenticate
from functions.chat_api.chat import sentences_of
from functions.chat_api.context import ApiContext
from functions.chat_api.models.activity import Undone
from functions.chat_api.models.chat import Answer, Said
from functions.chat_api.models.lists import TaskListRead
from functions.chat_api.models.notices import NewSnooze, NoticePage, Snoozed
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask, Scope, Status, TaskChange, TaskMove, TaskPage
from functions.chat_api.models.task_query import TaskQuery
from functions.chat_api.permissions import TokenScope, check
from functions.chat_api.problems import NOT_NOW, not_now
from functions.chat_api.routes import activity, chat, lists, notices, tasks
from functions.kernel.domain.task import Task
from functions.kernel.errors import TaskwakeError

INSTRUCTIONS = """\
Tasks and reminders of the person whose token this is. `say` takes a plain English sentence, such as "remind me to call
Sam tomorrow at 9", "what is due today" or "move everything overdue to tomorrow", does it and says how to take it back.
Before it touches many tasks, and where several may be meant, it asks: say the text of a choice, with its question.
The other tools do one thing exactly. Times are RFC 3339; a
wall-clock time without a zone is floating. Ids come from the answers."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
READS = ToolAnnotations(read_only_hint=True)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False)
DESTROYS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True)


@cache
def server() -> MCPServer:
    """The server with its tools; it keeps nothing between two requests."""
    mcp = MCPServer("taskwake", title="Taskwake", instructions=INSTRUCTIONS, version="1", log_level="WARNING")
    for tool, annotations in (
        (say, ToolAnnotations(read_only_hint=False, destructive_hint=True)),
        (find_tasks, READS),
        (get_task, READS),
        (list_lists, READS),
        (list_notices, READS),
        (create_task, ADDS),
        (change_task, WRITES),
        (complete_task, WRITES),
        (skip_task, WRITES),
        (reopen_task, WRITES),
        (move_task, WRITES),
        (delete_task, DESTROYS),
        (snooze_notice, WRITES),
        (undo, ToolAnnotations(read_only_hint=False, destructive_hint=True)),
    ):
        scopes: tuple[TokenScope, ...] = ("tasks:read",) if annotations is READS else ("tasks:read", "tasks:write")
        mcp.add_tool(_told(tool, scopes), annotations=annotations)
    return mcp


async def say(
    text: str,
    ctx: Context,
    list_id: Annotated[UUID | None, Field(description="The list for a task that names none.")] = None,
    question: Annotated[UUID | None, Field(description="That of the choice whose text this is.")] = None,
) -> Answer:
    """Say it in plain words: create, find, list, complete, skip, reopen, change, snooze, delete or undo."""
    person, api = await _asking(ctx)
    said = Said(text=text, list_id=list_id, question=question)
    return await chat.say(said, person, api, _credential(ctx), await sentences_of(api, said.text))


async def find_tasks(
    ctx: Context,
    filter: Annotated[str | None, Field(description="Such as `(today | overdue) & p1 & #work & !@waiting`.")] = None,
    search: Annotated[str | None, Field(description="Words that title, notes or labels hold.")] = None,
    status: Annotated[Status | None, Field(description="Open ones, unless the filter names a status.")] = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Field(description="The `next_cursor` of the page before.")] = None,
) -> TaskPage:
    """The tasks that the person sees, of which all that is asked for holds, oldest first."""
    asked = TaskQuery(filter=filter, search=search, status=status, limit=limit, cursor=cursor)
    return await tasks.list_tasks(asked, *await _asking(ctx), Response())


async def get_task(task_id: UUID, ctx: Context) -> Task:
    """One task as it is now."""
    found = await tasks.read_task(task_id, *await _asking(ctx), Response(), None)
    assert isinstance(found, Task)  # noqa: S101 - the other answer is for one whose version is known
    return found


async def list_lists(ctx: Context) -> list[TaskListRead]:
    """The person's lists, and their role in each. A task without a list goes to the first."""
    return await lists.list_lists(*await _asking(ctx))


async def create_task(task: NewTask, ctx: Context) -> Task:
    """Create a task; with a due time the person is reminded at it."""
    return await tasks.create_task(task, *await _asking(ctx), Response())


async def change_task(task_id: UUID, change: TaskChange, ctx: Context) -> Task:
    """Change the members that are given; null clears one."""
    return await tasks.change_task(task_id, change, *await _asking(ctx), Response(), None)


async def complete_task(task_id: UUID, ctx: Context) -> Task:
    """Complete a task; an occurrence of a series brings the next. Completing twice is completing once."""
    return await tasks.complete_task(task_id, *await _asking(ctx), Response(), None)


async def skip_task(task_id: UUID, ctx: Context) -> Task:
    """Let an occurrence of a recurring task pass undone; the next comes."""
    return await tasks.skip_task(task_id, *await _asking(ctx), Response(), None)


async def reopen_task(task_id: UUID, ctx: Context) -> Task:
    """Take a completion or a skip back, with the next occurrence that it brought."""
    return await tasks.reopen_task(task_id, *await _asking(ctx), Response(), None)


async def delete_task(task_id: UUID, ctx: Context, scope: Scope | None = None) -> str:
    """Delete a task; of a recurring one `this` occurrence, it and the `following`, or `all`."""
    await tasks.delete_task(task_id, *await _asking(ctx), None, scope)
    return "deleted"


async def move_task(task_id: UUID, to: TaskMove, ctx: Context) -> Task:
    """Give a task another place among its siblings; for another list change its `list_id`."""
    return await tasks.move_task(task_id, to, *await _asking(ctx), Response(), None)


async def list_notices(ctx: Context, limit: Annotated[int, Field(ge=1, le=500)] = 50) -> NoticePage:
    """What the person was told, newest first: reminders that rang, and what others did."""
    return await notices.list_notices(*await _asking(ctx), limit)


async def snooze_notice(notice_id: UUID, snooze: NewSnooze, ctx: Context) -> Snoozed:
    """Remind the person again later of what a notice reminded of."""
    return await notices.snooze_notice(notice_id, snooze, *await _asking(ctx))


async def undo(
    ctx: Context,
    event_id: Annotated[UUID | None, Field(description="Of what the person did; their last change, if none.")] = None,
) -> Undone:
    """Take back what the person did last to a task or a list, or one thing that they did."""
    person, api = await _asking(ctx)
    shown = _credential(ctx)
    if event_id:
        return await activity.undo_event(event_id, person, api, shown)
    return await activity.undo_last(person, api, shown)


async def _asking(ctx: Context) -> tuple[Person, ApiContext]:
    request = _request(ctx)
    api: ApiContext = request.app.state.api
    return await authenticate(request), api


def _request(ctx: Context) -> Request:
    request = ctx.request_context.request
    assert isinstance(request, Request)  # noqa: S101 - it came by HTTP
    return request


def _credential(ctx: Context) -> Credential:
    shown: Credential = _request(ctx).state.credential
    return shown


def _told(
    tool: Callable[Parameters, Awaitable[Result]], scopes: Collection[TokenScope]
) -> Callable[Parameters, Awaitable[Result]]:
    """The tool, for a token of these scopes, with errors that the caller can act on told as such; any other is logged,
    and not told."""

    @wraps(tool)
    async def told(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            check(_credential(cast(Context, kwargs["ctx"])).scopes, scopes, f"the tool {tool.__name__}")
            return await tool(*args, **kwargs)
        except TaskwakeError as error:
            raise ToolError(str(error)) from error
        except NOT_NOW as error:
            raise ToolError(not_now(error, changes=True)) from error

    return told
