"""The ETag of a task is its version; what If-Match and If-None-Match say of it (RFC 9110 §8.8.3, §13.1)."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError, OutdatedError

Tags = frozenset[str] | None
"""The entity tags that a header names, as they are written, or `*`; null: there is no such header."""

ANY = "*"
TAGGED: dict[str, Any] = {"headers": {"ETag": {"description": "The task's version.", "schema": {"type": "string"}}}}
KNOWN: dict[str, Any] = {"description": "The task is as you know it."}
_TAG = r'(?:W/)?"[!#-~\x80-\xff]*"'
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_SCHEMA: dict[str, Any] = {"pattern": r'^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$', "examples": ['"1"', "*"]}
"""What the document says of such a header; it leaves out what no ETag here has, characters beyond ASCII."""


def etag(task: Task) -> str:
    """A strong one: each change that shows is a new version."""
    return f'"{task.version}"'


def tagged(response: Response, task: Task) -> Task:
    """The task, whose ETag its answer carries then."""
    response.headers["etag"] = etag(task)
    return task


def matching(task: Task, tags: Tags) -> Task:
    """The task, if it is one of these (the strong comparison). Raises OutdatedError."""
    if tags is None or ANY in tags or etag(task) in tags:
        return task
    raise OutdatedError(
        f"the task was changed meanwhile: it is at version {task.version} now, its ETag is {etag(task)}; nothing was "
        "done, read it again"
    )


def is_known(task: Task, tags: Tags) -> bool:
    """Whether who asks has this version already (the weak comparison)."""
    return tags is not None and (ANY in tags or etag(task) in {tag.removeprefix("W/") for tag in tags})


async def _if_match(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="Only if the task has one of these ETags, or (`*`) is there; else 412.",
            json_schema_extra=_SCHEMA,
        ),
    ] = None,
) -> Tags:
    return _tags_of(request, "If-Match")


async def _if_none_match(
    request: Request,
    if_none_match: Annotated[
        str | None,
        Header(
            alias="If-None-Match",
            description="Only if the task has none of these ETags; else 304.",
            json_schema_extra=_SCHEMA,
        ),
    ] = None,
) -> Tags:
    return _tags_of(request, "If-None-Match")


def _tags_of(request: Request, header: str) -> Tags:
    if header not in request.headers:
        return None
    value = ",".join(request.headers.getlist(header)).strip(" \t")
    if value != ANY and not _TAGS.fullmatch(value):
        raise InvalidInputError(
            header, 'write it as the ETag came, in double quotes, such as "7"; several by commas, or *'
        )
    return frozenset(re.findall(_TAG, value) or [ANY])


IfMatch = Annotated[Tags, Depends(_if_match)]
IfNoneMatch = Annotated[Tags, Depends(_if_none_match)]
