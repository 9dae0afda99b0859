"""The channels that leave the house: a Notifier for each, which imports its library at its first message."""


def one_line(text: str) -> str:
    """`text` without what ends a line, or cannot stand in a header, a log or a database column."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
