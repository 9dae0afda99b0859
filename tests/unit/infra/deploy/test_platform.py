"""The parts of a platform: which an overlay has, and which a cluster has already."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.kubectl import Kubectl
from infra.deploy.overlay import OVERLAYS
from infra.deploy.platform import FOLDER, Part, Presence, filled, look, parts_of, read_outputs
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


class Known(Kubectl):
    """A cluster that has these objects, and these Helm releases of an earlier deployment."""

    def __init__(self, *objects: dict[str, Any], releases: str = "") -> None:
        super().__init__()
        object.__setattr__(
            self, "objects", {f"{obj['kind'].lower()}/{obj['metadata']['name']}": obj for obj in objects}
        )
        object.__setattr__(self, "releases", releases)

    def find(self, kind: str, name: str, namespace: str = "", *, managers: bool = False) -> dict[str, Any] | None:
        return self.objects.get(f"{kind}/{name}")

    def run(self, *arguments: str, stdin: str = "", accept: Sequence[int] = (0,)) -> str:
        assert arguments[:2] == ("get", "secrets")
        return self.releases


def there(kind: str, name: str, manager: str = "kubectl", **labels: str) -> dict[str, Any]:
    named = {key.replace("_", "/"): value for key, value in labels.items()}
    return {"kind": kind, "metadata": {"name": name, "labels": named, "managedFields": [{"manager": manager}]}}


DAPR = Part(
    *("dapr", "helm", "dapr-system"), chart="dapr", version="1.16.0", present="c.dapr.io", wait=["deployment/operator"]
)
DATA = Part("data", "manifest", "taskwake-data", path="laptop", wait=["statefulset/broker", "statefulset/postgres"])


def test_a_part_that_somebody_else_installed_is_left_alone_in_the_version_that_its_labels_tell() -> None:
    for label in ({"app.kubernetes.io_version": "v1.15.2"}, {"helm.sh_chart": "dapr-1.15.2"}):
        definition = there("CustomResourceDefinition", "c.dapr.io")
        [presence] = look(Known(definition, there("Deployment", "operator", **label)), [DAPR])

        assert presence == Presence(DAPR, foreign=True, version="1.15.2")
        assert presence.differs


def test_a_part_that_nobody_installed_is_ours_to_install() -> None:
    assert look(Known(), [DAPR, DATA]) == [Presence(DAPR, foreign=False), Presence(DATA, foreign=False)]


def test_a_part_that_an_earlier_deployment_installed_is_ours_to_bring_up_to_date() -> None:
    definition = there("CustomResourceDefinition", "c.dapr.io")
    data = [there("StatefulSet", name, manager="taskwake") for name in ("broker", "postgres")]

    assert look(Known(definition, releases="secret/sh.helm.release.v1.dapr.v1"), [DAPR])[0].foreign is False
    assert look(Known(*data), [DATA])[0].foreign is False


def test_what_somebody_put_in_the_place_of_a_part_is_theirs_once_all_of_it_is_there() -> None:
    broker, postgres = there("StatefulSet", "broker"), there("StatefulSet", "postgres")

    assert look(Known(broker, postgres), [DATA])[0].foreign is True
    assert look(Known(broker), [DATA])[0].foreign is False


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
