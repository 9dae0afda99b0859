"""HTML of other programs' editors, read as plain text."""

import re
from html.parser import HTMLParser

_MARKUP = re.compile(r"<(?:p|br|div|ul|ol|li|a|b|i|u|span|strong|em|h[1-6])\b[^<>]*>", re.IGNORECASE)
_BREAKS = {"br": "\n", "div": "\n", "tr": "\n", "li": "\n- "} | dict.fromkeys(
    ("p", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"), "\n\n"
)
_GAPS = re.compile(r"\n{3,}")
_UNSEEN = frozenset({"script", "style"})


def without_markup(text: str) -> str:
    """What is read of the text in a browser; a text without any of an editor's tags is left as it is."""
    if not _MARKUP.search(text):
        return text
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # what html.parser raises for a marked section that it does not know, such as `<![x]>`
        return text
    return _GAPS.sub("\n\n", "".join(reader.parts)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag == "a":
            self._address = dict(attrs).get("href") or ""
        self.parts.append(_BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag == "a" and self._address not in "".join(self.parts[-3:]):
            self.parts.append(f" ({self._address})")
        self.parts.append(_BREAKS.get(tag, "") if tag != "li" else "")

    def handle_data(self, data: str) -> None:
        if self._unseen <= 0:
            self.parts.append(data)
