"""The parts of a platform: which an overlay has, and which a cluster has already."""

import json
from pathlib import Path

import pytest

from infra.deploy.overlay import OVERLAYS
from infra.deploy.platform import FOLDER, Part, Presence, filled, parts_of, read_outputs
from infra.deploy.progress import DeployError

pytestmark = pytest.mark.requirement("CLUSTER-008")


@pytest.mark.parametrize("overlay", sorted(path.parent.name for path in OVERLAYS.glob("*/kustomization.yaml")))
def test_every_overlay_has_parts_whose_files_are_there(overlay: str) -> None:
    parts = parts_of(overlay)

    assert {"knative-serving", "dapr"} <= {part.name for part in parts}
    for part in parts:
        if part.kind == "helm":
            assert part.version
            assert part.repo.startswith("https://")
            assert [name for name in part.values if not (FOLDER / name).is_file()] == []
        else:
            assert (FOLDER / part.path / "kustomization.yaml").is_file(), part.path


def test_an_overlay_that_nobody_listed_is_refused_with_those_that_are() -> None:
    with pytest.raises(DeployError, match=r"'mars'; there are: .*minikube"):
        parts_of("mars")


@pytest.mark.parametrize(
    ("pinned", "there", "differs"),
    [
        ("1.16.0", "1.16.0", False),
        ("v1.21.4", "1.21.4", False),
        ("1.16.0", "1.16.1", True),
        ("1.16.0", "", False),
        ("", "7", False),
    ],
)
def test_a_version_differs_when_both_are_known_and_unlike(pinned: str, there: str, differs: bool) -> None:
    part = Part("dapr", "helm", "dapr-system", version=pinned)

    assert Presence(part, foreign=True, version=there).differs == differs


def test_only_the_named_outputs_are_filled_in() -> None:
    text = "uri: ${uri}\nscript: ${HOME}\n"

    assert filled(text, {"uri": "https://vault.example", "HOME": "/x"}, ["uri"]) == (
        "uri: https://vault.example\nscript: ${HOME}\n"
    )


def test_terraforms_outputs_are_read_and_a_file_that_holds_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"region": {"sensitive": False, "type": "string", "value": "here"}}))
    assert read_outputs(file) == {"region": "here"}

    for text in ("[]", "{", '{"region": "here"}'):
        file.write_text(text)
        with pytest.raises(DeployError, match="tofu output -json"):
            read_outputs(file)
