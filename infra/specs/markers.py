"""The requirement markers of the tests, read from their syntax trees without running them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

_COLLECTED = ("test_*.py", "*_test.py")


@dataclass(frozen=True)
class Marker:
    """`@pytest.mark.requirement(…)`: the id it names (None: no literal), and whether a test bears it."""

    id: str | None
    path: str
    line: int
    on_test: bool


def markers(root: Path, path: str) -> list[Marker]:
    """The markers in a module: on functions, on classes, and by `pytestmark`. Raises SyntaxError."""
    tree = ast.parse((root / path).read_bytes(), filename=path)
    collected = any(fnmatch(PurePosixPath(path).name, glob) for glob in _COLLECTED)
    return list(_scan(tree.body, path, collected=collected))


def _scan(body: Sequence[ast.stmt], path: str, *, collected: bool) -> Iterator[Marker]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _named(node.decorator_list, path, on_test=collected and _is_test(node))
        elif isinstance(node, ast.ClassDef):
            yield from _named(node.decorator_list, path, on_test=collected and _is_test(node))
            yield from _scan(node.body, path, collected=collected and node.name.startswith("Test"))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value and "pytestmark" in _targets(node):
            yield from _named([node.value], path, on_test=collected and any(map(_is_test, body)))


def _is_test(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name.startswith("test")
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") and any(map(_is_test, node.body))
    # Hypothesis' stateful tests are assigned: TestMachine = Machine.TestCase.
    return isinstance(node, ast.Assign) and any(name.startswith("Test") for name in _targets(node))


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _named(nodes: Sequence[ast.expr], path: str, *, on_test: bool) -> Iterator[Marker]:
    calls = (call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call))
    for call in calls:
        if not ast.unparse(call.func).endswith("mark.requirement"):
            continue
        for argument in call.args:
            literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            name = argument.value if literal and isinstance(argument, ast.Constant) else None
            yield Marker(name if isinstance(name, str) else None, path, argument.lineno, on_test)
