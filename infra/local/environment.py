"""Sets the project's virtual environment up: `python3 infra/local/environment.py embedded|dev`.

Run by the system's Python, so it uses the standard library only. Everything goes into .venv and the user's cache;
what is installed is what requirements.lock says, to the version and the hash.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"
OLDEST = (3, 11)


def main(profile: str) -> None:
    """Install the profile: `embedded` (to run Taskwake) or `dev` (to work on it)."""
    if sys.version_info < OLDEST:
        sys.exit(f"Taskwake needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}")
    python = VENV / "bin" / "python"
    if not python.exists():
        run("Making .venv", [sys.executable, "-m", "venv", str(VENV)])
    if not (VENV / "bin" / "uv").exists():
        if not list(VENV.glob("lib/python3*/site-packages/pip")):
            run("Installing pip", [str(python), "-m", "ensurepip"])
        run("Installing uv", [str(python), "-m", "pip", "install", "--quiet", UV])
    uv = [str(VENV / "bin" / "uv"), "pip"]
    at = ["--quiet", "--python", str(python)]
    if profile == "dev":
        run("Installing the packages of requirements.lock", [*uv, "install", *at, "--require-hashes", "-r", str(LOCK)])
        run("Installing Taskwake", [*uv, "install", *at, "--no-deps", "-e", str(ROOT)])
    else:
        run("Installing Taskwake", [*uv, "install", *at, "-c", str(LOCK), "-e", f"{ROOT}[embedded]"])
    run("Compiling bytecode", [str(python), "-m", "compileall", "-q", str(ROOT / "functions"), str(ROOT / "infra")])
    (VENV / f".{profile}").touch()
    if profile == "dev":
        (VENV / ".embedded").touch()


def run(what: str, command: list[str]) -> None:
    """One step, with the time it took; ends the program with the step's own words if it fails."""
    sys.stdout.write(f"{what} ... ")
    sys.stdout.flush()
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"{time.monotonic() - started:.1f} s")
    if done.returncode:
        hint = "\nOn Debian and Ubuntu: apt install python3-venv" if "ensurepip" in done.stdout else ""
        sys.exit(f"{done.stdout.strip()}{hint}\n{what} failed: {' '.join(command)}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("embedded", "dev"):
        sys.exit(__doc__)
    main(sys.argv[1])
