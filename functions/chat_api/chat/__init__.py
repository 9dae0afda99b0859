"""Chat: a sentence becomes one call of the task service, and its answer says what was done."""

from functions.chat_api.chat.respond import respond
from functions.chat_api.chat.translate import sentences_of

__all__ = ["respond", "sentences_of"]
