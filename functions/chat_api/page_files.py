"""The page's files, as they are sent: read, compressed and named by what they hold, once.

A browser may keep a file for ever, since its address holds the hash of all of them; only index.html, which names the
addresses, is asked for again. Scripts import each other by relative addresses, so they stay within one hash.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
BUNDLE = FOLDER / "bundle"
"""What `make page` makes of the folder's modules and styles."""
INDEX = "index.html"
_ASSETS = "/page/"
_HASH_CHARACTERS = 16
_SCRIPTS = "<!-- scripts -->"
_IMPORT = re.compile(rb'(?:\bimport|\bfrom) ?"\./([^"]+)"')
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page: its bytes, plain and as gzip, its media type, and its ETag."""

    plain: bytes
    gzipped: bytes
    media_type: str
    etag: str


@lru_cache(maxsize=1)
def load() -> tuple[str, dict[str, PageFile]]:
    """The hash of all files, and the files by name. index.html has all addresses with the hash in them, and names every
    script that the page begins with, so that a browser asks for them at once instead of one import after the other."""
    sources = {".js", ".css"}
    paths = [path for path in FOLDER.iterdir() if path.is_file() and path.suffix not in sources] + [*BUNDLE.iterdir()]
    found = {path.name: path.read_bytes() for path in sorted(paths, key=lambda path: path.name)}
    digest = hashlib.sha256(b"".join(name.encode() + content for name, content in found.items()))
    version = digest.hexdigest()[:_HASH_CHARACTERS]
    preloads = "\n    ".join(f'<link rel="modulepreload" href="{_ASSETS}{escape(name)}">' for name in _beginning(found))
    index = found[INDEX].decode().replace(_SCRIPTS, preloads).replace(_ASSETS, f"{_ASSETS}{version}/")
    found[INDEX] = index.encode()
    return version, {name: _file(name, content) for name, content in found.items()}


def _beginning(found: dict[str, bytes]) -> list[str]:
    """The scripts that app.js imports, and those import, but not what is imported once it is wanted: `import(…)`."""
    reached, waiting = set[str](), ["app.js"]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += [module.decode() for module in _IMPORT.findall(found[name])]
    return sorted(reached)


def _file(name: str, content: bytes) -> PageFile:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    etag = f'"{hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]}"'
    return PageFile(content, gzip.compress(content, 9, mtime=0), media_type, etag)
