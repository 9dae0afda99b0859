"""A Python client of the HTTP API, for programs, tests and the command line.

`api.py` and `models.py` are rendered from the OpenAPI document by `make render`. It loads httpx and pydantic, so a
command imports it where it uses it.
"""

from functions.operations.client.api import Client
from functions.operations.client.connection import ApiError, FieldError, ServerSentEvent, UnreachableError

__all__ = ["ApiError", "Client", "FieldError", "ServerSentEvent", "UnreachableError"]
