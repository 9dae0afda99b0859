"""The form of a rendered file: what its first line says, and YAML or JSON that is the same each time."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

MARK = "rendered by `make render` from functions/catalogue.py: do not edit"

Value = Any
"""What JSON can say."""


class _Dumper(yaml.SafeDumper):
    """Lists stand indented below their key; nothing is an alias of something else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_text(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_text)


def yaml_file(*documents: tuple[str, Value]) -> str:
    """A YAML file of documents, each below its comment (why it is as it is; may be empty)."""
    parts = []
    for comment, document in documents:
        lines = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
        parts.append(lines + yaml_text(document))
    return f"# {MARK}\n" + "---\n".join(parts)


def yaml_text(document: Value) -> str:
    """One YAML document."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def json_file(value: Value, *, sort_keys: bool = False) -> str:
    """A JSON file. It cannot hold comments, so `value` carries the mark in a member that its format allows."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=sort_keys) + "\n"


def resource(
    kind: str, name: str, spec: Value, scopes: Sequence[str] = (), version: str = "v1alpha1"
) -> dict[str, Value]:
    """A Dapr resource; without `scopes` it is loaded by every daprd."""
    scoped = {"scopes": list(scopes)} if scopes else {}
    return {"apiVersion": f"dapr.io/{version}", "kind": kind, "metadata": {"name": name}, "spec": spec} | scoped


def component(
    name: str, type_and_version: str, metadata: Mapping[str, object], scopes: Sequence[str] = ()
) -> dict[str, Value]:
    """A Dapr component. A metadata value is text, or says where it is to be had (`envRef`, `secretKeyRef`)."""
    entries = [
        {"name": key} | (value if isinstance(value, dict) else {"value": value}) for key, value in metadata.items()
    ]
    component_type, _, version = type_and_version.rpartition("/")
    return resource("Component", name, {"type": component_type, "version": version, "metadata": entries}, scopes)
