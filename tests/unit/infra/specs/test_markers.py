from pathlib import Path

import pytest

from infra.specs.markers import markers

pytestmark = pytest.mark.requirement("FLOW-028")


def shown(tmp_path: Path, source: str, name: str = "test_bell.py") -> dict[str | None, bool]:
    (tmp_path / name).write_text(source)
    return {marker.id: marker.on_test for marker in markers(tmp_path, name)}


def test_several_ids_of_one_marker_count(tmp_path: Path) -> None:
    source = '@pytest.mark.requirement("A-001", "A-002")\nasync def test_a(): ...\n'
    assert shown(tmp_path, source) == {"A-001": True, "A-002": True}


@pytest.mark.parametrize("mark", ['pytest.mark.requirement("A-001")', '[slow, pytest.mark.requirement("A-001")]'])
def test_a_modules_mark_counts_for_its_tests(tmp_path: Path, mark: str) -> None:
    assert shown(tmp_path, f"pytestmark = {mark}\ndef test_a(): ...\n") == {"A-001": True}
    assert shown(tmp_path, f"pytestmark = {mark}\ndef helper(): ...\n") == {"A-001": False}


def test_a_class_and_its_methods_count(tmp_path: Path) -> None:
    source = """
@pytest.mark.requirement("A-001")
class TestBell:
    pytestmark = [pytest.mark.requirement("A-002")]

    @pytest.mark.requirement("A-003")
    def test_a(self): ...

    @pytest.mark.requirement("A-004")
    def helper(self): ...
"""
    assert shown(tmp_path, source) == {"A-001": True, "A-002": True, "A-003": True, "A-004": False}


def test_a_mark_of_one_parameter_counts(tmp_path: Path) -> None:
    source = """
@pytest.mark.parametrize("a", [pytest.param(1, marks=pytest.mark.requirement("A-001"))])
def test_a(a): ...
"""
    assert shown(tmp_path, source) == {"A-001": True}


def test_a_stateful_test_is_a_test(tmp_path: Path) -> None:
    source = 'pytestmark = pytest.mark.requirement("A-001")\nTestBell = Bell.TestCase\n'
    assert shown(tmp_path, source) == {"A-001": True}


def test_what_pytest_does_not_collect_shows_nothing(tmp_path: Path) -> None:
    source = '@pytest.mark.requirement("A-001")\ndef test_a(): ...\n'
    assert shown(tmp_path, source, "bell.py") == {"A-001": False}


def test_text_that_looks_like_a_marker_is_none(tmp_path: Path) -> None:
    source = 'SOURCE = "@pytest.mark.requirement(\'A-001\')"\n# @pytest.mark.requirement("A-002")\n'
    assert shown(tmp_path, source) == {}
