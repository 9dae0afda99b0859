"""No secret in the sources: whatever looks like one was looked at."""

from pathlib import Path

import pytest

from infra.lint.secrets import BASELINE, shares, unknown
from infra.specs.check import repository_files

pytestmark = pytest.mark.requirement("TRUST-160")

ROOT = Path(__file__).resolve().parents[2]
SHARES = 6
"""All of it takes half a minute of a processor: parts, for as many workers as there are."""
SENDGRID = "SG." + "c" * 22 + "." + "d" * 43
ADDRESS = "http://sam:" + "opensesame" + "@example.org"


@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_in_the_sources_looks_like_a_secret_that_nobody_looked_at(share: int) -> None:
    assert unknown(ROOT, list(shares(repository_files(ROOT), SHARES))[share]) == []


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A file that holds an address with a password, which was looked at."""
    (tmp_path / BASELINE).write_text((ROOT / BASELINE).read_text().replace('"README.md"', '"notes.md"'))
    (tmp_path / "notes.md").write_text((ROOT / "README.md").read_text())
    return tmp_path


def test_what_was_looked_at_may_move_within_its_file_and_not_into_another(sources: Path) -> None:
    text = (sources / "notes.md").read_text()
    (sources / "notes.md").write_text("Another line.\n" * 9 + text)
    (sources / "other.md").write_text(text)

    assert unknown(sources, ["notes.md"]) == []
    assert [line.split(":")[0] for line in unknown(sources, ["other.md"])] == ["other.md"]


@pytest.mark.parametrize("secret", [SENDGRID, ADDRESS])
def test_a_new_one_beside_it_is_found_and_not_repeated(sources: Path, secret: str) -> None:
    text = (sources / "notes.md").read_text()
    (sources / "notes.md").write_text(text + f"See {secret} there.\n")

    [line] = unknown(sources, ["notes.md"])

    assert line.startswith(f"notes.md:{len(text.splitlines()) + 1}: ")
    assert secret not in line
