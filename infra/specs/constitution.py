"""The constitution's articles, as every plan answers them."""

import re
from pathlib import Path

from infra.specs.document import Document
from infra.specs.finding import SpecsError

PATH = "specs/constitution.md"
NUMERAL = re.compile(r"([IVXL]+)\b")


def articles(root: Path) -> list[str]:
    """The numerals of the articles: the headings `### I. …` of specs/constitution.md. Raises SpecsError."""
    if not (root / PATH).is_file():
        raise SpecsError(f"{PATH} is missing; the plans answer its articles, so write it first")
    titles = [section.title for section in Document.read(root, PATH).headings(3)]
    found = [match[1] for title in titles if (match := re.match(r"([IVXL]+)\.\s", title))]
    if not found:
        raise SpecsError(f"{PATH} has no article; write each as a heading such as `### I. …`")
    return found
