"""ETags, and what If-Match and If-None-Match say of them (RFC 9110 §8.8.3, §13.1)."""

import re
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError, OutdatedError

Tags = frozenset[str] | None
"""The entity tags that a header names, as they are written, or `*`; null: there is no such header."""
Resource = TypeVar("Resource", bound=BaseModel)
"""What one address shows, as it shows it."""

ANY = "*"
TAGGED: dict[str, Any] = {"headers": {"ETag": {"description": "Of what it is now.", "schema": {"type": "string"}}}}
KNOWN: dict[str, Any] = {"description": "It is as you know it.", **TAGGED}
UNQUOTED = 'write it as the ETag came, in double quotes, such as "7"; several by commas, or *'
_TAG = r'(?:W/)?"[!#-~\x80-\xff]*"'
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_SCHEMA: dict[str, Any] = {"pattern": r'^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$', "examples": ['"1"', "*"]}
"""What the document says of such a header; it leaves out what no ETag here has, characters beyond ASCII."""


def etag(resource: BaseModel) -> str:
    """A strong one. A task's is its version, as each change of it that shows is a new one; of anything else it is a
    hash of all that it shows."""
    if isinstance(resource, Task):
        return f'"{resource.version}"'
    return f'"{sha256(resource.model_dump_json().encode()).hexdigest()[:32]}"'


def tagged(response: Response, resource: Resource) -> Resource:
    """What is answered, whose ETag the answer carries then."""
    response.headers["etag"] = etag(resource)
    return resource


def unless_known(response: Response, resource: Resource, known: Tags) -> Resource | Response:
    """What a GET answers: the resource with its ETag, or a 304 to who has it already (the weak comparison)."""
    tag = etag(resource)
    if known is not None and (ANY in known or tag in {each.removeprefix("W/") for each in known}):
        return Response(status_code=304, headers={"etag": tag})
    return tagged(response, resource)


def matching(resource: Resource, tags: Tags) -> Resource:
    """The resource as it is under its row's lock, if it is one of these (the strong comparison). Raises
    OutdatedError."""
    tag = etag(resource)
    if tags is None or ANY in tags or tag in tags:
        return resource
    what, at = "it", ""
    if isinstance(resource, Task):
        what, at = "the task", f"it is at version {resource.version} now, "
    raise OutdatedError(f"{what} was changed meanwhile: {at}its ETag is {tag}; nothing was done, read it again")


async def _if_match(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="Only if it has one of these ETags, or (`*`) is there; else 412.",
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
            description="Only if it has none of these ETags; else 304.",
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
        raise InvalidInputError(header, UNQUOTED)
    return frozenset(re.findall(_TAG, value) or [ANY])


IfMatch = Annotated[Tags, Depends(_if_match)]
IfNoneMatch = Annotated[Tags, Depends(_if_none_match)]
