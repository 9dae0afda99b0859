"""Is every answer one that the OpenAPI document tells of?"""

import re
from typing import Any

import httpx


class Documented:
    """A response hook for httpx: an answer of an operation, with a status that its document does not name, fails."""

    def __init__(self, document: dict[str, Any]) -> None:
        # Literal paths first: /tasks/search is no /tasks/{task_id}.
        paths = sorted(document["paths"].items(), key=lambda path: path[0].count("{"))
        self._operations = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), methods) for path, methods in paths]

    async def __call__(self, response: httpx.Response) -> None:
        request = response.request
        method = request.method.lower()
        found = next((methods for path, methods in self._operations if path.fullmatch(request.url.path)), {})
        if method in found:
            # 500 is no answer that is promised; tests that break something on purpose expect it.
            known = {*found[method]["responses"], "500"}
            assert str(response.status_code) in known, f"{response.status_code} of {request.method} {request.url.path}"
