"""The migrations, and made-up ones after them, as a release to come might bring them."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from functions.operations.migrate import MIGRATIONS


def newest(folder: Path = MIGRATIONS) -> str:
    """The revision of the last of them."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def and_more(folder: Path, *upgrades: str) -> Path:
    """A folder, made here, with the migrations and one more for each of these, `9001` and so on: what `upgrade` does,
    a statement of Python a line."""
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (folder / name).write_bytes((MIGRATIONS / name).read_bytes())
    for path in (MIGRATIONS / "versions").glob("[0-9]*"):
        (folder / "versions" / path.name).write_bytes(path.read_bytes())
    before = newest()
    for number, upgrade in enumerate(upgrades, 9001):
        lines = "".join(f"    {line}\n" for line in upgrade.splitlines())
        (folder / "versions" / f"{number}_made_up.py").write_text(
            f"from alembic import op\nrevision, down_revision = '{number}', '{before}'\ndef upgrade():\n{lines}"
        )
        before = str(number)
    return folder
