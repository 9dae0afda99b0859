"""What went wrong."""

from pydantic import BaseModel


class FieldProblem(BaseModel):
    """What is wrong with one field; with `start` and `end`, which come together or not at all, with text[start:end] of
    it, counted in code points."""

    field: str
    message: str
    start: int | None = None
    end: int | None = None


class Problem(BaseModel):
    """What went wrong (RFC 9457, application/problem+json)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
