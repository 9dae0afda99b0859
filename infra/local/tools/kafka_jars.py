"""A broker that speaks the Kafka API: Redpanda where there is one, else Apache Kafka's jars."""

import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of, run
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool, ToolMissingError
from infra.local.tools.wheel import wheel

POM = Path(__file__).parent / "kafka" / "pom.xml"
# Resolves Maven artifacts in Python, for machines that have no Maven; started as a program of its own.
RESOLVER = ("jgo", "3.2.0")
RESOLVE = """
import shutil, sys
from pathlib import Path
import jgo
for jar in jgo.build(sys.argv[1], cache_dir=Path(sys.argv[2])).all_jars:
    shutil.copy(jar, sys.argv[3])
"""


def redpanda() -> Tool | None:
    """Redpanda if it is on PATH: it is what production runs, so it is preferred over Apache Kafka."""
    path = shutil.which("redpanda")
    found = re.search(r"\d+\.\d+\.\d+", first_line_of([path, "--version"]) or "") if path else None
    return Tool("redpanda", found.group(), Path(path), "on PATH") if path and found else None


def kafka() -> Tool:
    """The folder of jars that kafka/pom.xml pins, for a Java class path. Raises ToolMissingError."""
    artifacts = _artifacts()
    version = next(version for name, version in artifacts if name.startswith("org.apache.kafka:"))
    folder = cached("kafka", version, lambda folder: _fetch(folder, version, artifacts))
    return Tool("kafka", version, folder, "Maven artifacts")


def _fetch(folder: Path, version: str, artifacts: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as scratch, step(f"downloading the jars of Kafka {version}"):
        if maven := shutil.which("mvn"):
            # A repository of its own keeps the person's ~/.m2 as it is.
            argv = [
                maven,
                "-B",
                "-q",
                "-f",
                str(POM),
                f"-Dmaven.repo.local={scratch}",
                "-DincludeScope=runtime",
            ]
            run(
                [*argv, "dependency:copy-dependencies", f"-DoutputDirectory={folder}"],
                purpose=f"Downloading Kafka {version} with Maven",
            )
        else:
            packages = wheel(*RESOLVER)
            endpoint = "+".join(f"{name}:{version}" for name, version in artifacts)
            run(
                [sys.executable, "-c", RESOLVE, endpoint, scratch, str(folder)],
                env={"PYTHONPATH": str(packages), "HOME": scratch},
                purpose=f"Downloading Kafka {version} without Maven",
            )
    if not any(folder.glob("kafka-server-*.jar")):
        raise ToolMissingError(
            f"The download of Kafka {version} left no broker in {folder}. Install Maven "
            f"(Debian: apt-get install maven), or Redpanda, and try again."
        )


def _artifacts() -> list[tuple[str, str]]:
    """(group:artifact, version) of each dependency in kafka/pom.xml."""
    namespace = {"m": "http://maven.apache.org/POM/4.0.0"}
    # The project's own file, not input.
    root = ElementTree.parse(POM).getroot()  # noqa: S314
    return [
        (
            f"{dependency.findtext('m:groupId', namespaces=namespace)}:"
            f"{dependency.findtext('m:artifactId', namespaces=namespace)}",
            dependency.findtext("m:version", default="", namespaces=namespace),
        )
        for dependency in root.iterfind("m:dependencies/m:dependency", namespace)
    ]
