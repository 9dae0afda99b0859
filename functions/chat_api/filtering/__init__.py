"""Which of a person's tasks are meant: by a filter, by one that is kept, or by words, as a condition in SQL."""

from functions.chat_api.filtering.selection import Selection, checked, select

__all__ = ["Selection", "checked", "select"]
