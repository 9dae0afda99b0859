"""A folder of Terraform, read and held to what its providers take."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel
from tests.contract.terraform_schema import Schema, schemas

PARSER = ("python-hcl2", "8.1.4")
PARSE = "import hcl2, json, sys; print(json.dumps([hcl2.loads(open(file).read()) for file in sys.argv[1:]]))"

META = {"count", "for_each", "provider", "depends_on", "lifecycle"}
"""What Terraform itself takes in every resource."""
MARKS = {"__is_block__", "__comments__", "__inline_comments__", "__start_line__", "__end_line__"}
REFERENCE = re.compile(r"(?<![\w.])(data\.)?((?:azurerm|google|oci|neon)_\w+)\.(\w+)(?:\[[^\]]*\]+)?(?:\.(\w+))?")

Body = dict[str, Any]


def parser() -> Tool:
    """What reads HCL. Raises ToolMissingError."""
    return Tool(*PARSER, wheel(*PARSER), "wheel")


@dataclass(frozen=True)
class Block:
    """A resource or a data source."""

    kind: str
    type: str
    name: str
    body: Body

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.type}"

    @property
    def address(self) -> str:
        return ("data." if self.kind == "data" else "") + f"{self.type}.{self.name}"


@dataclass(frozen=True)
class Module:
    """What the .tf files of a folder say."""

    files: tuple[Body, ...]

    @classmethod
    def read(cls, folder: Path) -> "Module":
        """Parse a folder. Raises ToolMissingError, and CalledProcessError for what is no HCL."""
        paths = sorted(str(path) for path in folder.glob("*.tf"))
        argv = [sys.executable, "-c", PARSE, *paths]
        env = {**os.environ, "PYTHONPATH": str(parser().path)}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        return cls(tuple(json.loads(done.stdout)))

    def of(self, kind: str) -> Iterator[Body]:
        """The blocks of this kind: variable, output, terraform, ..."""
        for file in self.files:
            yield from file.get(kind, [])

    def named(self, kind: str) -> dict[str, Body]:
        """The blocks of this kind by their one label."""
        return {_bare(name): body for block in self.of(kind) for name, body in block.items() if name not in MARKS}

    def blocks(self) -> Iterator[Block]:
        """Every resource and data source."""
        for kind in ("resource", "data"):
            for by_type in self.of(kind):
                for type_, by_name in by_type.items():
                    for name, body in () if type_ in MARKS else by_name.items():
                        if name not in MARKS:
                            yield Block(kind, _bare(type_), _bare(name), body)

    def providers(self) -> dict[str, str]:
        """The pinned version of each provider."""
        return {
            name: _bare(provider["version"])
            for terraform in self.of("terraform")
            for required in terraform.get("required_providers", [])
            for name, provider in required.items()
            if name not in MARKS
        }

    def problems(self) -> Iterator[str]:
        """What the providers do not take, or do not have; empty when all is well."""
        blocks = {block.address: block for block in self.blocks()}
        known = {key: schema for name in self.providers() for key, schema in schemas(name).items()}
        for block in blocks.values():
            if block.key not in known:
                yield f"{block.address}: no provider has a {block.key}"
                continue
            body = {name: value for name, value in block.body.items() if name not in META}
            yield from _unknown(body, known[block.key], block.address)
        for text in _texts(list(self.files)):
            yield from _dangling(text, blocks, known)


def _unknown(body: Body, schema: Schema, where: str) -> Iterator[str]:
    given = {name: value for name, value in body.items() if name not in MARKS}
    inner = list(_inner_blocks(given))
    for name, value in given.items():
        if not _is_block(value) and name not in schema["arguments"]:
            yield f"{where}: no argument {name!r}" + (", it is a block" if name in schema["blocks"] else "")
    for name, block in inner:
        if name in schema["blocks"]:
            yield from _unknown(block, schema["blocks"][name], f"{where}.{name}")
        else:
            yield f"{where}: no block {name!r}"
    for name, required in schema["arguments"].items():
        if required and name not in given:
            yield f"{where}: the argument {name!r} is missing"
    for names in schema["required_blocks"]:
        if not {name for name, _ in inner} & set(names.split("|")):
            yield f"{where}: the block {names!r} is missing"


def _inner_blocks(body: Body) -> Iterator[tuple[str, Body]]:
    for name, value in body.items():
        for block in value if _is_block(value) else []:
            if name == "dynamic":
                yield from ((_bare(label), each["content"][0]) for label, each in block.items() if label not in MARKS)
            else:
                yield name, block


def _is_block(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and _marked(value[0])


def _marked(value: Body) -> bool:
    return "__is_block__" in value or any(isinstance(inner, dict) and _marked(inner) for inner in value.values())


def _dangling(text: str, blocks: dict[str, Block], known: dict[str, Schema]) -> Iterator[str]:
    for data, type_, name, attribute in REFERENCE.findall(text):
        address = f"{data}{type_}.{name}"
        if address not in blocks:
            yield f"{text}: there is no {address}"
            continue
        schema = known.get(blocks[address].key)
        if attribute and schema and attribute not in {*schema["attributes"], *schema["arguments"], *schema["blocks"]}:
            yield f"{text}: {blocks[address].key} has no attribute {attribute!r}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in MARKS:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _bare(text: str) -> str:
    return text.strip('"')
