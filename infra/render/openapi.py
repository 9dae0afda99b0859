"""contracts/openapi.json: the HTTP API of chat-api."""

from functions.chat_api.api import create_app
from infra.render.document import MARK, json_file


def render() -> str:
    """The file's text; its members are sorted, so that it does not change with the order of imports."""
    return json_file(create_app().openapi() | {"x-rendered": MARK}, sort_keys=True)
