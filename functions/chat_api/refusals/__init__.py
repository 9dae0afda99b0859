"""What each operation refuses, by example: the errors of the OpenAPI document. A test asks for every one of them."""

from functions.chat_api.refusals.derived import examples_of, refusals_of
from functions.chat_api.refusals.refusal import Refusal

__all__ = ["Refusal", "examples_of", "refusals_of"]
