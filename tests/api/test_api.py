"""Schemathesis with all checks over every operation of a real server, as tests/api/schemathesis.toml says.

With API_SECONDS it goes on for so long (`make test-api`); else each operation gets a few examples of each kind.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import Served

HERE = Path(__file__).parent


@pytest.mark.requirement("PROD-041")
def test_nothing_that_is_sent_gets_an_answer_that_the_document_does_not_know(tmp_path: Path) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    seconds = os.environ.get("API_SECONDS")
    served = Served.start(tmp_path)
    try:
        done = subprocess.run(
            [
                *(str(schemathesis), "--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{served.base_url}/openapi.json", "--no-color"),
                *(["--max-time", seconds] if seconds else ["--max-examples", "3"]),
            ],
            env={**os.environ, "TOKEN": served.new_token(), "HOOKS": str(HERE / "hooks.py")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        served.end()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: " in done.stdout
    print(done.stdout)
