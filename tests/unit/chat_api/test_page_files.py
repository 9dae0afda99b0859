"""The page's files: each named by what it holds, and none missing."""

import gzip
import re
import shutil
from pathlib import Path

import pytest

from functions.chat_api import page_files
from infra import page

pytestmark = pytest.mark.requirement("PROD-087")


def test_the_index_names_every_file_by_the_hash_of_all_and_at_once_every_script_that_the_page_begins_with() -> None:
    version, files = page_files.load()
    index = files["index.html"].plain.decode()
    named = set(re.findall(r'"/page/([^"]+)"', index))
    assert {address.split("/")[0] for address in named} == {version}
    scripts = {name for name in files if name.endswith((".js", ".css"))}
    later = scripts - {address.split("/")[1] for address in named}
    assert {name.partition("-")[0] for name in later} == {"settings", "dead_letters", "markdown", "worker.js"}


def test_every_import_and_every_named_file_is_there() -> None:
    _, files = page_files.load()
    for name, file in files.items():
        text = file.plain.decode() if not name.endswith(".png") else ""
        wanted = re.findall(r'from ?"\./([^"]+)"|import[ (]?"\./([^"]+)"|"/page/[0-9a-f]+/([^"]+)"', text)
        assert {part for parts in wanted for part in parts if part} <= set(files), name


def test_what_is_sent_compressed_is_what_the_file_holds() -> None:
    for file in page_files.load()[1].values():
        assert gzip.decompress(file.gzipped) == file.plain


def test_all_of_it_compressed_is_less_than_100_kb() -> None:
    assert sum(len(file.gzipped) for file in page_files.load()[1].values()) < 100_000


def test_what_is_sent_is_made_of_the_modules_and_styles_as_they_are(tmp_path: Path) -> None:
    page.bundle(tmp_path / "bundle")
    made = {path.name: path.read_text() for path in (tmp_path / "bundle").iterdir()}
    assert made == {path.name: path.read_text() for path in page_files.BUNDLE.iterdir()}, "run `make page`"


def test_a_change_of_any_file_is_another_hash(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    before = page_files.load.__wrapped__()
    shutil.copytree(page_files.BUNDLE, tmp_path / "bundle")
    (tmp_path / "bundle" / "page.css").write_bytes(b"/* another */")
    monkeypatch.setattr(page_files, "BUNDLE", tmp_path / "bundle")
    after = page_files.load.__wrapped__()
    assert after[0] != before[0]
    assert after[1]["page.css"].etag != before[1]["page.css"].etag
    assert after[1]["app.js"].etag == before[1]["app.js"].etag
