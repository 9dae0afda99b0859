"""What a migration may not do while the former release still runs (specs/decisions/0012)."""

import re
from collections.abc import Iterator

_NOTE = re.compile(r"\b(contract|lock): (\w+): \S+")
"""`contract: tasks: …` says why the former release misses nothing, `lock: tasks: …` why the lock is short enough."""
_HIDDEN = re.compile(r"\$\$.*?\$\$|BEGIN ATOMIC.*?\bEND;|--[^\n]*|'(?:[^']|'')*'", re.S)
"""Bodies of functions, comments and texts: nothing in them changes the schema now."""
_CREATED = re.compile(r"\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.I)
_ALTERED = re.compile(r"\bALTER TABLE (?:ONLY )?(\w+)\s+(.*)", re.I | re.S)
_INDEXED = re.compile(r"\bCREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY\b)(?:\w+\s+)?ON (\w+)", re.I)
_DROPPED = re.compile(r"\bDROP (?:TABLE|FUNCTION|VIEW)\s+(?:IF EXISTS\s+)?(\w+)", re.I)
_TAKES_AWAY = re.compile(r"^(?:DROP COLUMN|DROP (?!CONSTRAINT\b|DEFAULT\b)\w+$|RENAME\b)", re.I)
_DEMANDS = re.compile(
    r"^ADD (?:COLUMN )?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b|PRIMARY\b|FOREIGN\b)\w+ .*\bNOT NULL\b", re.I | re.S
)
_GIVEN = re.compile(r"\b(?:DEFAULT|GENERATED)\b", re.I)
_LOCKS = re.compile(
    r"^(?:ALTER (?:COLUMN )?\w+ (?:SET NOT NULL|(?:SET DATA )?TYPE\b)"
    r"|ADD (?:CONSTRAINT \w+ )?(?:CHECK|UNIQUE|PRIMARY KEY|FOREIGN KEY)\b(?!.*\bNOT VALID\b))",
    re.I | re.S,
)


def findings(sql: str) -> Iterator[str]:
    """What this migration's SQL does that the former release or its users would feel, and says no word about."""
    noted = {(kind, table) for kind, table, *_ in _NOTE.findall(sql)}
    plain = _HIDDEN.sub("''", sql)
    new = set(_CREATED.findall(plain))
    for kind, table, what in _deeds(plain):
        if table not in new and (kind, table) not in noted:
            yield f"{what}; do it otherwise, or say why it may be so: -- {kind}: {table}: …"


def _deeds(sql: str) -> Iterator[tuple[str, str, str]]:
    for statement in sql.split(";"):
        for name in _DROPPED.findall(statement):
            yield "contract", name, f"{name} is dropped"
        for table in _INDEXED.findall(statement):
            yield "lock", table, f"nobody can write to {table} while its index is built"
        altered = _ALTERED.search(statement)
        for action in _actions(altered[2]) if altered else ():
            table = altered[1] if altered else ""
            if _TAKES_AWAY.search(action):
                yield "contract", table, f"{table}: “{action}” takes away what the former release uses"
            elif _DEMANDS.search(action) and not _GIVEN.search(action):
                yield "contract", table, f"{table}: “{action}” refuses what the former release writes"
            elif _LOCKS.search(action):
                yield "lock", table, f"{table}: “{action}” reads every row while nobody can use the table"


def _actions(text: str) -> Iterator[str]:
    """Its parts: what stands between commas that no bracket encloses."""
    depth, part = 0, ""
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()
