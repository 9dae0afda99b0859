"""The LanguageModel over Dapr's Conversation API (POST /v1.0-alpha2/conversation/<component>/converse)."""

import asyncio
import json
import logging
from typing import Any

from functions.kernel.dapr.http_api import DaprHttp

COMPONENT = "language-model"
TIMEOUT_SECONDS = 8
"""Somebody waits for the answer."""

log = logging.getLogger(__name__)


class DaprLanguageModel:
    """Whichever model the component `language-model` of type `conversation.*` stands for; without one, none."""

    def __init__(self, daprd: DaprHttp) -> None:
        self._daprd = daprd

    async def answer(self, instructions: str, said: str) -> str | None:
        """The model's words; null when there is no such component, or it does not answer in time."""
        try:
            status, body = await asyncio.to_thread(self._ask, instructions, said)
            if status != 200:
                if b"ERR_CONVERSATION_NOT_FOUND" not in body:
                    log.warning("the language model did not answer: daprd says %s: %.200r", status, body)
                return None
            answer = json.loads(body)
            return "\n".join(
                choice["message"].get("content", "") for output in answer["outputs"] for choice in output["choices"]
            )
        except (OSError, ValueError, KeyError) as error:
            log.warning("the language model did not answer: %s: %s", type(error).__name__, error)
            return None

    def _ask(self, instructions: str, said: str) -> tuple[int, bytes]:
        messages = [_message("ofSystem", instructions), _message("ofUser", said)]
        request = {"inputs": [{"messages": messages}], "temperature": 0}
        path = f"/v1.0-alpha2/conversation/{COMPONENT}/converse"
        return self._daprd.ask("POST", path, json.dumps(request).encode(), timeout_seconds=TIMEOUT_SECONDS)


def _message(role: str, text: str) -> dict[str, Any]:
    return {role: {"content": [{"text": text}]}}
