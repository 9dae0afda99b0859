"""Many writes in one request: /commands."""

from functions.chat_api.commands.run import run

__all__ = ["run"]
