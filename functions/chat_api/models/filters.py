"""Filters that a person keeps."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import FILTER, Name
from functions.chat_api.models.input import Input
from functions.kernel.domain.filters import MAX_LENGTH

Query = Annotated[
    str,
    Field(
        max_length=MAX_LENGTH,
        json_schema_extra=FILTER,
        examples=["(today | overdue) & p1 & #work & !@waiting"],
        description="Terms joined by & and |, with ! for what is not meant, in parentheses where it matters.",
    ),
]
Position = Annotated[float, Field(strict=True, allow_inf_nan=False, description="Filters come in its ascending order.")]


class NewFilter(Input):
    """A filter to be kept; without `position` it comes last."""

    name: Name
    query: Query
    position: Position | None = None


class FilterChange(Input):
    """What to change of a filter; a field that is not there stays as it is."""

    name: Name = ""
    query: Query = ""
    position: Position = 0


class FilterRead(BaseModel):
    """A filter of yours: `GET /tasks?filter_id=` answers with its tasks."""

    id: UUID
    name: str
    query: str
    position: float
    created_at: datetime


class FilterPage(BaseModel):
    """Your filters, at most 100."""

    filters: list[FilterRead]
