"""What the overlays of knative/ say, as the tests read them, and the programs that judge it."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.lint.manifests import LOADER, POD_TEMPLATES
from infra.local.tools import Tool, ToolMissingError
from infra.local.tools.kustomize import kustomize

ROOT = Path(__file__).parents[3]
OVERLAYS = ("minikube", "kind", "aks", "gke", "oke")
OPTIONAL = ("arm64", "keda")
"""Variants that no overlay takes in: each is built upon aks."""

Document = dict[str, Any]


def tool(find: Callable[[], Tool]) -> Path:
    """Where a program is; skips, loudly, where it cannot be had, but never in CI."""
    try:
        return find().path
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED: {error}")


def run(argv: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=False, **options)


@cache
def built(name: str) -> str:
    """What kustomize makes of an overlay."""
    return build(ROOT / "knative" / "overlays" / name)


def build(folder: Path) -> str:
    done = run([tool(kustomize), "build", folder])
    assert done.returncode == 0, done.stderr
    return done.stdout


def built_with(variant: str, folder: Path) -> str:
    """What kustomize makes of aks with one of the optional variants."""
    knative = Path(os.path.relpath(ROOT / "knative", folder))
    (folder / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "resources": [str(knative / "overlays" / "aks")],
                "components": [str(knative / "variants" / variant)],
            }
        )
    )
    return build(folder)


def documents(text: str) -> list[Document]:
    return [document for document in yaml.load_all(text, Loader=LOADER) if document]


@cache
def _parsed(name: str) -> tuple[Document, ...]:
    return tuple(documents(built(name)))


def overlay(name: str) -> tuple[Document, ...]:
    """The objects of an overlay. Not to be changed: others read them too."""
    return _parsed(name)


def of_kind(objects: Sequence[Document], kind: str, group: str | None = None) -> dict[str, Document]:
    """By their names."""
    return {
        document["metadata"]["name"]: document
        for document in objects
        if document["kind"] == kind and group in (None, document["apiVersion"].rpartition("/")[0])
    }


def pod_template(document: Mapping[str, Any]) -> Document | None:
    """That of what makes pods: a Deployment, a CronJob, a Knative Service."""
    found: Any = document
    for key in POD_TEMPLATES.get(document["kind"], ("none",)):
        found = found.get(key) or {}
    return found if found.get("spec") else None


def is_knative(document: Mapping[str, Any]) -> bool:
    return document["apiVersion"] == "serving.knative.dev/v1"


def as_deployment(service: Mapping[str, Any]) -> Document:
    """What Knative would run for a Service, for linters that know Deployments only."""
    template = service["spec"]["template"]
    spec = {
        key: value for key, value in template["spec"].items() if key not in ("containerConcurrency", "timeoutSeconds")
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": service["metadata"],
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": template["metadata"]["labels"]},
            "template": {"metadata": template["metadata"], "spec": spec},
        },
    }
