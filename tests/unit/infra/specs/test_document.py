import pytest

from infra.specs.document import Document, Line
from infra.specs.pattern import Pattern

pytestmark = pytest.mark.requirement("FLOW-028")


def document(text: str) -> Document:
    return Document("a.md", tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1)))


def test_a_table_ends_at_the_first_other_line() -> None:
    section = document("## A\n| x | y |\n|---|---|\n| 1 \\| 2 | |\n\n| z |").section("a")
    assert section
    assert [(row.line, row.cells) for row in section.table()] == [(4, {"x": "1 | 2", "y": ""})]


def test_a_field_reaches_to_the_next_label() -> None:
    section = document("## A\n- **One**: a\n  b **c** d\n- **Two:** e").section("A")
    assert section
    assert [(field.name, field.line, field.text) for field in section.fields()] == [
        ("One", 2, "a\n  b **c** d"),
        ("Two", 4, "e"),
    ]


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("functions/main.py", "functions/main.py", True),
        ("functions/main.py", "functions/mainxpy", False),
        ("functions/kernel/", "functions/kernel/domain/task.py", True),
        ("functions/kernel/", "functions/kernels.py", False),
        ("components/*.yaml", "components/a.yaml", True),
        ("components/*.yaml", "components/a/b.yaml", False),
        ("functions/kernel/**/*.py", "functions/kernel/a.py", True),
        ("functions/kernel/**/*.py", "functions/kernel/a/b.py", True),
        ("components/bell-?.yaml", "components/bell-1.yaml", True),
    ],
)
def test_a_pattern_names_files(pattern: str, path: str, *, named: bool) -> None:
    assert Pattern(pattern).matches(path) is named
