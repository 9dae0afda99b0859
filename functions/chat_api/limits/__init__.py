"""How often a person, or an address that shows no valid credential, may ask."""

from functions.chat_api.limits.limits import STATE, Limits

__all__ = ["STATE", "Limits"]
