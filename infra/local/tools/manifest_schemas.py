"""JSON schemas of Kubernetes' kinds and of the CRDs in use, made for kubeconform out of their own sources.

Of Kubernetes from its OpenAPI document, of the others from the CRDs. A field that a schema does not know is an error.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.local.tools.cache import cached
from infra.local.tools.dapr_binaries import VERSION as DAPR
from infra.local.tools.go_module import ENVIRONMENT
from infra.local.tools.go_toolchain import go
from infra.local.tools.kubernetes_binaries import KNATIVE_VERSION as KNATIVE
from infra.local.tools.kubernetes_binaries import VERSION as KUBERNETES
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool, ToolMissingError

EXTERNAL_SECRETS, KEDA = "1.3.2", "2.21.0"
# Older than what infra/platform pins: the newest that are Go modules. They know all that is used here.
KNATIVE_OPERATOR, PROMETHEUS_OPERATOR = "0.42.2", "0.85.0"
MONITORING = "example/prometheus-operator-crd"
CRDS = (
    ("knative.dev/serving", KNATIVE, "config/core/300-resources/*.yaml"),
    ("github.com/dapr/dapr", DAPR, "charts/dapr/crds/*.yaml"),
    ("github.com/external-secrets/external-secrets", EXTERNAL_SECRETS, "config/crds/bases/external-secrets.io_*.yaml"),
    ("github.com/kedacore/keda/v2", KEDA, "config/crd/bases/keda.sh_*.yaml"),
    ("knative.dev/operator", KNATIVE_OPERATOR, "config/crd/bases/*_knativeservings.yaml"),
    ("github.com/prometheus-operator/prometheus-operator", PROMETHEUS_OPERATOR, f"{MONITORING}/*monitors.yaml"),
    ("github.com/prometheus-operator/prometheus-operator", PROMETHEUS_OPERATOR, f"{MONITORING}/*_prometheusrules.yaml"),
)
OPENAPI = ("k8s.io/kubernetes", KUBERNETES, "api/openapi-spec/swagger.json")
VERSION = "-".join(version for _, version, _ in (OPENAPI, *CRDS))
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
LOCATION = "{{.Group}}/{{.ResourceKind}}-{{.ResourceAPIVersion}}.json"
"""Where kubeconform finds the schema of a kind in the folder; kinds of the core group lie in v1/."""

Schema = dict[str, Any]


def manifest_schemas() -> Tool:
    """The folder of schemas. Raises ToolMissingError."""
    return Tool("manifest-schemas", VERSION, cached("manifest-schemas", VERSION, _make), "Go modules")


def _make(folder: Path) -> None:
    with step("making JSON schemas of Kubernetes' kinds and CRDs"):
        document = json.loads((_source(*OPENAPI[:2]) / OPENAPI[2]).read_text(encoding="utf-8"))
        definitions = _definitions(document)
        for group, version, kind, schema in _of_openapi(definitions):
            _write(folder, group, version, kind, schema)
        for module, release, files in CRDS:
            for file in sorted(_source(module, release).glob(files)):
                # Go's parser takes the tabs that are in some descriptions, Python's does not.
                for crd in yaml.safe_load_all(file.read_text(encoding="utf-8").replace("\t", " ")):
                    for group, version, kind, schema in _of_crd(crd or {}, definitions):
                        _write(folder, group, version, kind, schema)


def _source(module: str, version: str) -> Path:
    """The folder of a module's source, checked by Go against the checksum database."""
    done = subprocess.run(
        [go().path, "mod", "download", "-json", f"{module}@v{version}"],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout or "{}")
    if "Dir" not in found:
        raise ToolMissingError(f"The Go module {module} v{version} cannot be had: {found.get('Error') or done.stderr}")
    return Path(found["Dir"])


def _write(folder: Path, group: str, version: str, kind: str, schema: Schema) -> None:
    file = folder / (group or version) / f"{kind.lower()}-{version}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(schema), encoding="utf-8")


def _definitions(document: Mapping[str, Any]) -> dict[str, Schema]:
    strict: dict[str, Schema] = {name: _strict(schema) for name, schema in document["definitions"].items()}
    # Numbers are as good as text, and the document has no word for it.
    strict["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
    strict["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = {"type": ["string", "integer"]}
    return strict


def _of_openapi(definitions: Mapping[str, Schema]) -> Iterator[tuple[str, str, str, Schema]]:
    """(group, version, kind, schema) of each kind that a person may apply."""
    for name, schema in definitions.items():
        kinds = schema.get("x-kubernetes-group-version-kind", [])
        if len(kinds) == 1 and "metadata" in schema.get("properties", {}) and not name.endswith("List"):
            (kind,) = kinds
            yield kind["group"], kind["version"], kind["kind"], _reference(name, definitions)


def _reference(name: str, definitions: Mapping[str, Schema]) -> Schema:
    """A schema that is the definition of this name, with all that it needs."""
    found, unread = {name}, [name]
    while unread:
        text = json.dumps(definitions[unread.pop()])
        new = {part.split('"', 1)[0] for part in text.split('"#/definitions/')[1:]} - found
        found |= new
        unread += new
    needed = {other: definitions[other] for other in sorted(found)}
    return {"$ref": f"#/definitions/{name}", "definitions": needed}


def _of_crd(crd: Mapping[str, Any], definitions: Mapping[str, Schema]) -> Iterator[tuple[str, str, str, Schema]]:
    """(group, version, kind, schema) of each version that is served."""
    if crd.get("kind") != "CustomResourceDefinition":
        return
    spec = crd["spec"]
    for version in spec["versions"]:
        if version["served"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            # What every object has, and CRDs need not repeat.
            schema["properties"] |= {name: {"type": "string"} for name in ("apiVersion", "kind")}
            metadata = _reference(OBJECT_META, definitions)
            schema["properties"]["metadata"] = {"$ref": metadata["$ref"]}
            schema["definitions"] = metadata["definitions"]
            yield spec["group"], version["name"], spec["names"]["kind"], schema


def _strict(schema: Any) -> Any:
    """The schema, but that an object has the properties that it names, and no others."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]}
    strict = {key: _strict(value) for key, value in schema.items()}
    closed = isinstance(strict.get("properties"), dict) and "type" in strict
    if closed and not schema.get("x-kubernetes-preserve-unknown-fields"):
        strict.setdefault("additionalProperties", False)
    return strict
