"""The page's files: each named by what it holds, and none missing."""

import gzip
import re

import pytest

from functions.chat_api import page_files

pytestmark = pytest.mark.requirement("PROD-087")


def test_the_index_names_every_file_by_the_hash_of_all_and_at_once_every_module_that_the_page_begins_with() -> None:
    version, files = page_files.load()
    index = files["index.html"].plain.decode()
    named = set(re.findall(r'"/page/([^"]+)"', index))
    assert {address.split("/")[0] for address in named} == {version}
    modules = {name for name in files if name.endswith((".js", ".css"))}
    later = modules - {address.split("/")[1] for address in named}
    assert later == {"settings.js", "access.js", "account.js", "calendars.js", "imports.js", "webhooks.js"}


def test_every_import_and_every_named_file_is_there() -> None:
    _, files = page_files.load()
    for name, file in files.items():
        text = file.plain.decode() if not name.endswith(".png") else ""
        wanted = re.findall(r'from "\./([^"]+)"|import[ (]"\./([^"]+)"|"/page/[0-9a-f]+/([^"]+)"', text)
        assert {part for parts in wanted for part in parts if part} <= set(files), name


def test_what_is_sent_compressed_is_what_the_file_holds() -> None:
    for file in page_files.load()[1].values():
        assert gzip.decompress(file.gzipped) == file.plain


def test_all_of_it_compressed_is_less_than_100_kb() -> None:
    assert sum(len(file.gzipped) for file in page_files.load()[1].values()) < 100_000


def test_a_change_of_any_file_is_another_hash(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    before = page_files.load.__wrapped__()
    for path in page_files.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "style.css").write_bytes(b"/* another */")
    monkeypatch.setattr(page_files, "FOLDER", tmp_path)
    after = page_files.load.__wrapped__()
    assert after[0] != before[0]
    assert after[1]["style.css"].etag != before[1]["style.css"].etag
    assert after[1]["app.js"].etag == before[1]["app.js"].etag
