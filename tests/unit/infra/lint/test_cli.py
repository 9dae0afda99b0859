"""`taskwake lint`: what it reads, what it prints, and its exit code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.lint.cli import app
from infra.lint.manifests import ManifestError, read

pytestmark = pytest.mark.requirement("CLUSTER-004")

GOOD = Path(__file__).parent / "good.yaml"


def broken(folder: Path) -> Path:
    file = folder / "broken.yaml"
    file.write_text(GOOD.read_text().replace("value: oldest", "value: newest"))
    return file


def test_good_manifests_are_counted() -> None:
    result = CliRunner().invoke(app, [str(GOOD)])

    assert result.exit_code == 0, result.output
    assert "7 objects" in result.output


def test_a_trap_is_named_by_file_kind_and_name_with_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(broken(tmp_path).parent)])

    assert result.exit_code == 1
    assert f"{tmp_path}/broken.yaml/Component/pubsub: initialOffset is newest" in result.output
    assert "; set oldest" in result.output


def test_what_is_piped_in_is_read() -> None:
    result = CliRunner().invoke(app, ["-"], input=GOOD.read_text().replace("value: oldest", "value: newest"))

    assert result.exit_code == 1
    assert "-/Component/pubsub" in result.output


def test_a_folder_that_kustomize_knows_is_built(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [good.yaml]\n")

    manifests = read([tmp_path], lambda folder: GOOD.read_text())

    assert len(manifests) == 7


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    torn = tmp_path / "torn.yaml"
    torn.write_text("a: [")

    with pytest.raises(ManifestError, match=r"torn\.yaml is no YAML"):
        read([torn], lambda folder: "")
    with pytest.raises(ManifestError, match=r"There is no .*elsewhere"):
        read([tmp_path / "elsewhere"], lambda folder: "")
