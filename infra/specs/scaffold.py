"""Scaffold a spec folder: the next number, and every document with its questions to fill."""

from pathlib import Path
from string import Template

from infra.specs.constitution import articles
from infra.specs.finding import SpecsError
from infra.specs.structure import FOLDER_NAME, PLACEHOLDER, SECTIONS, SPECS

TEMPLATES = Path(__file__).parent / "templates"


def scaffold(root: Path, name: str) -> Path:
    """Write specs/NNN-`name` and return its path within `root`. Raises SpecsError for a bad or taken name."""
    if not FOLDER_NAME.fullmatch(f"000-{name}"):
        raise SpecsError(f"`{name}` is not kebab-case; use small letters, digits and single hyphens: event-flow")
    numerals = articles(root)
    taken = {}
    for path in (root / SPECS).iterdir():
        if path.is_dir() and (found := FOLDER_NAME.fullmatch(path.name)):
            taken[int(found[1])] = found[2]
    if name in taken.values():
        raise SpecsError(f"a spec folder named `{name}` exists; go on in it, or choose another name")
    number = max(taken, default=0) + 1
    folder = Path(SPECS) / f"{number:03}-{name}"
    values = {
        "number": f"{number:03}",
        "title": name.replace("-", " ").capitalize(),
        "prefix": name.rsplit("-", 1)[-1].upper(),
        "gate": "\n".join(
            f"| {numeral} | {PLACEHOLDER} pass, or violation]] | {PLACEHOLDER} because]] |" for numeral in numerals
        ),
    }
    for document in SECTIONS:
        text = Template((TEMPLATES / document).read_text(encoding="utf-8")).substitute(values)
        target = root / folder / document
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder
