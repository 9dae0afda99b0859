"""What looks like a secret in the sources, and nobody looked at yet; what was looked at stands in .secrets.baseline.

`python -m infra.lint.secrets` names each, with code 1. A value is known by its hash and its file: it may move within
that, and a new one beside it is found.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from infra.specs.check import repository_files

BASELINE = ".secrets.baseline"
TODO = (
    f"take it out; if it is none: `detect-secrets scan --no-verify --baseline {BASELINE}`, then look at each with "
    f"`detect-secrets audit {BASELINE}`"
)


def unknown(root: Path, files: Sequence[str]) -> list[str]:
    """Of these files, named from `root`: what is new in each, a line each, without the value itself."""
    baseline = json.loads((root / BASELINE).read_text())
    with contextlib.chdir(root), transient_settings(baseline):  # the baseline's filters know names from there only
        found = SecretsCollection()
        for name in files:
            found.scan_file(name)
    new = found - SecretsCollection.load_from_baseline(baseline)
    return [f"{name}:{secret.line_number}: {secret.type}" for name, secret in new]


def shares(files: Sequence[str], count: int) -> Iterator[Sequence[str]]:
    """The files in so many parts, to be looked at side by side."""
    return (files[start::count] for start in range(count))


if __name__ == "__main__":
    root, workers = Path(__file__).resolve().parents[2], os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(partial(unknown, root), shares(repository_files(root), workers))
        lines = [line for part in found for line in part]
    print("\n".join([*lines, TODO] if lines else ["secrets: none that nobody looked at"]))
    sys.exit(bool(lines))
