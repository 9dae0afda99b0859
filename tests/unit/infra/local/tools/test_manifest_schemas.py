"""Schemas that are made of CRDs and of Kubernetes' OpenAPI document know what their sources know, and nothing else."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from infra.local.tools import manifest_schemas
from infra.local.tools.manifest_schemas import manifest_schemas as make

pytestmark = pytest.mark.requirement("CLUSTER-005")

OPENAPI: dict[str, Any] = {
    "definitions": {
        manifest_schemas.OBJECT_META: {"type": "object", "properties": {"name": {"type": "string"}}},
        "io.k8s.api.v1.Pod": {
            "type": "object",
            "properties": {
                "metadata": {"$ref": f"#/definitions/{manifest_schemas.OBJECT_META}"},
                "kind": {"type": "string"},
                "cpu": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"},
            },
            "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}],
        },
        "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"},
    }
}
CRD = """
kind: CustomResourceDefinition
spec:
  group: dapr.io
  names: {kind: Component}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                port: {x-kubernetes-int-or-string: true}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}
    - {name: v0, served: false, schema: {openAPIV3Schema: {}}}
---
"""


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Those of a small Kubernetes and one CRD, in place of the modules that would be downloaded."""
    (tmp_path / "openapi.json").write_text(json.dumps(OPENAPI))
    (tmp_path / "crd.yaml").write_text(CRD)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(manifest_schemas, "OPENAPI", ("kubernetes", "1", "openapi.json"))
    monkeypatch.setattr(manifest_schemas, "CRDS", (("dapr", "1", "*.yaml"),))
    monkeypatch.setattr(manifest_schemas, "_source", lambda module, version: tmp_path)
    return make().path


def errors(schemas: Path, file: str, document: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft7Validator(json.loads((schemas / file).read_text()))
    return [error.message for error in validator.iter_errors(document)]


@pytest.mark.parametrize(
    ("document", "count"),
    [
        ({"kind": "Pod", "metadata": {"name": "a"}, "cpu": 1}, 0),
        ({"kind": "Pod", "metadata": {"name": "a"}, "cpu": "100m"}, 0),
        ({"kind": "Pod", "metadata": {"nam": "a"}}, 1),
        ({"kind": "Pod", "gpu": 1}, 1),
    ],
)
def test_a_kind_of_kubernetes(schemas: Path, document: dict[str, Any], count: int) -> None:
    assert len(errors(schemas, "v1/pod-v1.json", document)) == count


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ({"port": 80}, 0),
        ({"port": "http"}, 0),
        ({"port": []}, 1),
        ({"prot": 80}, 1),
        ({"free": {"a": "x", "anything": 1}}, 0),
    ],
)
def test_a_kind_of_a_crd(schemas: Path, spec: dict[str, Any], count: int) -> None:
    document = {"apiVersion": "dapr.io/v1", "kind": "Component", "metadata": {"name": "a"}, "spec": spec}

    assert len(errors(schemas, "dapr.io/component-v1.json", document)) == count
    assert errors(schemas, "dapr.io/component-v1.json", document | {"metadata": {"label": {}}}) != []


def test_a_version_that_is_not_served_has_no_schema(schemas: Path) -> None:
    assert [file.name for file in (schemas / "dapr.io").iterdir()] == ["component-v1.json"]
