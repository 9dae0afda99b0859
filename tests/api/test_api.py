"""Schemathesis with all checks over every operation of a real server, as tests/api/schemathesis.toml says.

With API_SECONDS it goes on for so long (`make test-api`), each time by another seed, which it prints and API_SEED
repeats; else each operation gets a few examples of each kind, always the same.
"""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api import there
from tests.served import Served

HERE = Path(__file__).parent


@pytest.mark.requirement("PROD-041", "PROD-452")
def test_nothing_that_is_sent_gets_an_answer_that_the_document_does_not_know(tmp_path: Path) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    seconds = os.environ.get("API_SECONDS")
    seed = os.environ.get("API_SEED") or (str(secrets.randbelow(2**32)) if seconds else "1")
    print(f"API_SEED={seed}", flush=True)
    served = Served.start(tmp_path)
    try:
        token = served.new_token()
        done = subprocess.run(
            [
                *(str(schemathesis), "--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{served.base_url}/openapi.json", "--no-color", "--seed", seed),
                *(["--max-time", seconds] if seconds else ["--max-examples", "3"]),
            ],
            env={
                **os.environ,
                "TOKEN": token,
                "HOOKS": str(HERE / "hooks.py"),
                "THERE": json.dumps(there.make(served, token)),
                "FILES": json.dumps(there.files()),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        served.end()
    assert done.returncode == 0, f"API_SEED={seed}\n{done.stdout}{done.stderr}"
    assert "Tested: " in done.stdout
    print(done.stdout)
