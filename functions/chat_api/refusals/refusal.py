"""A request that is refused, and the problem that answers it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.chat_api.answers import title
from functions.chat_api.models.problem import FieldProblem, Problem
from functions.chat_api.problems import described
from functions.kernel.errors import ConflictError, InvalidInputError, TaskwakeError


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an operation answers to a request of these parts, while what is `given` holds. A part of the path that is
    not named is the document's example; `{…}` in the body stands for the id of what is given."""

    problem: Problem
    given: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def example(self) -> dict[str, Any]:
        """As the document has it: when this is answered, and what."""
        asked = [f"{name}={value}" for name, value in {**self.path, **self.query}.items()]
        asked += [f"{name}: {value}" for name, value in self.headers.items()]
        asked += [json.dumps(self.body, ensure_ascii=False)] if self.body is not None else []
        summary = ", ".join(filter(None, [self.given, *asked]))
        value = self.problem.model_dump(exclude_none=True)
        return {"summary": summary, "value": value} if summary else {"value": value}


def refused(error: TaskwakeError, given: str = "", **request: Any) -> Refusal:
    """The refusal by this error; `request` is its parts."""
    return Refusal(described(error), given, **request)


def invalid(name: str, message: str, given: str = "", **request: Any) -> Refusal:
    """422: this field is wrong."""
    return refused(InvalidInputError(name, message), given, **request)


def conflict(given: str, detail: str, **request: Any) -> Refusal:
    """409: what is given forbids it."""
    return refused(ConflictError(detail), given, **request)


def by_edge(status: int, detail: str, name: str = "", **request: Any) -> Refusal:
    """What is refused before the operation reads it; `name`: for this field."""
    errors = [FieldProblem(field=name, message=detail.removeprefix(f"{name}: "))] if name else []
    return Refusal(Problem(title=title(status), status=status, detail=detail, errors=errors), **request)
