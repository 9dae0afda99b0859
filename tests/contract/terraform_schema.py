"""What Terraform's providers take, read out of packages that carry it in a form for machines.

The providers themselves come from registries of their own. Azure's and Google's are bound to other languages as cdktf
packages, whose TypeScript declarations tell each argument, whether it is required and what is a block. Oracle's is
bound as a Pulumi package, which puts the names of repeated blocks into the plural. No package carries Neon's: its names
are written down in terraform_neon.py.
"""

import ast
import io
import json
import re
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.tools.cache import cached
from infra.local.tools.command import run
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool
from tests.contract.terraform_neon import NEON

Schema = dict[str, Any]
"""{"arguments": {name: required}, "blocks": {name: Schema}, "attributes": [name], "required_blocks": [name]}"""

ORACLE_SERVICES = ("containerengine", "core", "identity", "kms", "logging")
"""The packages of pulumi-oci that are read."""


@dataclass(frozen=True)
class Source:
    """A package of PyPI and the provider's version that it was made from."""

    provider: str
    provider_version: str
    package: str
    package_version: str


SOURCES = {
    "azurerm": Source("azurerm", "4.55.0", "cdktf-cdktf-provider-azurerm", "14.23.1"),
    "google": Source("google", "6.50.0", "cdktf-cdktf-provider-google", "16.12.1"),
    # That 4.20.0 is made from 8.23.0, its repository's history says; the package itself does not.
    "oci": Source("oci", "8.23.0", "pulumi-oci", "4.20.0"),
}


def schemas(provider: str) -> dict[str, Schema]:
    """By `resource.<type>` and `data.<type>`. Raises ToolMissingError."""
    if provider == "neon":
        return NEON
    found: dict[str, Schema] = json.loads(schema(provider).path.read_text(encoding="utf-8"))
    return found


def schema(provider: str) -> Tool:
    """The file that holds it. Raises ToolMissingError."""
    source = SOURCES[provider]
    version = source.package_version
    folder = cached(f"terraform-schema-{provider}", version, lambda folder: _make(source, folder))
    return Tool(f"terraform-schema-{provider}", version, folder / "schema.json", "wheel")


def _make(source: Source, folder: Path) -> None:
    what = f"reading the arguments of {source.provider} {source.provider_version} out of {source.package}"
    with step(what), tempfile.TemporaryDirectory() as scratch:
        requirement = f"{source.package}=={source.package_version}"
        uv = Path(sys.executable).parent / "uv"
        run(
            [str(uv), "pip", "install", "--quiet", "--no-deps", "--target", scratch, requirement],
            purpose=f"Installing {requirement} from PyPI",
        )
        package = Path(scratch) / source.package.replace("-", "_")
        found = dict(_of_pulumi(package) if source.provider == "oci" else _of_cdktf(package, source.provider))
    (folder / "schema.json").write_text(json.dumps(found), encoding="utf-8")


def _of_cdktf(package: Path, provider: str) -> Iterator[tuple[str, Schema]]:
    (bundle,) = (package / "_jsii").glob("*.tgz")
    texts: defaultdict[str, str] = defaultdict(str)
    with tarfile.open(bundle) as archive:
        for member in archive:
            # package/lib/<type>/index.d.ts, and where that is large, index-structs/ beside it.
            if member.name.endswith(".d.ts") and member.name.count("/") > 2 and (file := archive.extractfile(member)):
                texts[member.name.split("/")[2]] += io.TextIOWrapper(file, encoding="utf-8").read()
    for text in texts.values():
        if found := re.search(rf'tfResourceType = "({provider}_\w+)"', text):
            kind = "data" if "extends cdktf.TerraformDataSource" in text else "resource"
            yield f"{kind}.{found[1]}", _of_declaration(text)


def _of_declaration(text: str) -> Schema:
    interfaces = dict(re.findall(r"export interface (\w+)[^{]*\{(.*?)\n\}", text, re.S))
    config = re.search(r"export interface (\w+) extends cdktf\.TerraformMetaArguments", text)
    schema = _of_interface(interfaces[config[1]] if config else "", interfaces)
    own = re.search(r"export declare class \w+ extends cdktf\.Terraform(?:Resource|DataSource) \{(.*?)\n\}", text, re.S)
    getters = re.findall(r"\n    get (\w+?)(Input)?\(", own[1] if own else "")
    schema["attributes"] = sorted({_snake(name) for name, given in getters if not given})
    return schema


def _of_interface(body: str, interfaces: dict[str, str], above: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"arguments": {}, "blocks": {}, "required_blocks": []}
    for comment, optional, kind in re.findall(r"/\*\*(.*?)\*/\s*readonly \w+(\??): ([^;]+);", body, re.S):
        names = re.findall(r"\{@link \S+#(\w+) ", comment)
        inner = re.match(r"\w+", kind)
        if not names:
            continue
        if f"* {names[0]} block" in comment and inner and inner[0] in interfaces and inner[0] not in above:
            schema["blocks"][names[0]] = _of_interface(interfaces[inner[0]], interfaces, (*above, inner[0]))
            schema["required_blocks"] += [] if optional else [names[0]]
        else:
            schema["arguments"][names[0]] = not optional
    return schema


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _of_pulumi(package: Path) -> Iterator[tuple[str, Schema]]:
    for service in ORACLE_SERVICES:
        classes = _classes((package / service / "_inputs.py").read_text(encoding="utf-8"))
        for file in sorted((package / service).glob("[a-z]*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            own = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
            if file.stem.startswith("get_"):
                functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
                schema = _of_parameters(functions[file.stem].args.args, [], classes)
                result = next(node for name, node in own.items() if name.endswith("Result"))
                yield f"data.oci_{service}_{file.stem[4:]}", schema | {"attributes": _properties(result)}
            elif arguments := next((name for name in own if name.endswith("Args")), None):
                init = _init(own[arguments])
                schema = _of_parameters(init.args.kwonlyargs, init.args.kw_defaults, classes)
                attributes = _properties(own[arguments.removesuffix("Args").removesuffix("Init")])
                # Pulumi has an id for everything, so that no resource speaks of its own.
                yield f"resource.oci_{service}_{file.stem}", schema | {"attributes": ["id", *attributes]}


def _classes(text: str) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}


def _init(node: ast.ClassDef) -> ast.FunctionDef:
    return next(inner for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.name == "__init__")


def _properties(node: ast.ClassDef) -> list[str]:
    return [inner.name for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.decorator_list]


def _of_parameters(parameters: list[ast.arg], defaults: list[Any], classes: dict[str, ast.ClassDef]) -> Schema:
    schema: Schema = {"arguments": {}, "blocks": {}, "required_blocks": []}
    for number, parameter in enumerate(parameters):
        if parameter.arg == "opts":  # Pulumi's own
            continue
        annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
        required = number < len(defaults) and defaults[number] is None
        inner = re.search(r"'(\w+Args)'", annotation)
        if inner is None:
            schema["arguments"][parameter.arg] = required
            continue
        init = _init(classes[inner[1]])
        block = _of_parameters(init.args.kwonlyargs, init.args.kw_defaults, classes)
        repeated = "Sequence" in annotation
        # Pulumi's plural of a repeated block's name may be Terraform's own.
        names = [parameter.arg, parameter.arg.removesuffix("s")] if repeated else [parameter.arg]
        schema["blocks"] |= dict.fromkeys(names, block)
        schema["required_blocks"] += ["|".join(names)] if required else []
    return schema
