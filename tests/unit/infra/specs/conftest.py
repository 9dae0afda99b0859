"""A small repository whose specs are in order, for tests to break one thing in."""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = "specs/001-bell"

CONSTITUTION = """# Constitution

## Articles

### I. Events only

Services speak by events.

### II. Dapr

Infrastructure goes through Dapr.
"""

SPEC = """# Bell

## User Stories

### Hear it (P1)

1. Given a bell, when it is rung, then it is heard.

## Edge Cases

- Nobody is there.

## Requirements

- **BELL-001** A bell that is rung is heard.

## Success Criteria

Within a second.
"""

PLAN = """# Bell: plan

## Summary

A bell, hashed with SHA-256, for BELL-001.

## Technical Context

- **Language and version**: Python 3.11
- **Primary dependencies**: none
- **Storage**: none
- **Testing**: pytest
- **Target platform**: Linux
- **Project type**: library
- **Performance goals**: a second
- **Constraints**: none
- **Scale**: one bell

## Constitution Check

### Before research

| article | answer | because |
|---|---|---|
| I | pass | it rings an event |
| II | violation | it rings by hand |

### After design

| article | answer | because |
|---|---|---|
| I | pass | it still does |
| II | violation | it still does |

## Project Structure

```
# no heading
functions/
```

**Structure Decision**: one file.

## Complexity Tracking

| violation | why needed | simpler alternative rejected because |
|---|---|---|
| II: rung by hand | there is no power | a wire needs power |
"""

TASKS = """# Bell: tasks

## Tasks

- [x] **T001** The bell.
  - Files: `functions/bell.py`, `infra/bell/`,
    `components/*.yaml`
  - Requirements: BELL-001
  - Validated: `pytest`: it rang
- [ ] **T002** A louder bell.
  - Files: `functions/loud_bell.py`
  - Requirements: BELL-001
"""

TEST = """import pytest


@pytest.mark.requirement("BELL-001")
def test_a_rung_bell_is_heard() -> None: ...
"""

DECISION = """# 0001 Brass

## Context

Bells need a metal.

## Decision

Brass.

## Consequences

It rings.

## Alternatives

Iron rusts.
"""

FILES = {
    "specs/constitution.md": CONSTITUTION,
    "specs/decisions/README.md": "# Decisions\n",
    "specs/decisions/0001-brass.md": DECISION,
    f"{FOLDER}/spec.md": SPEC,
    f"{FOLDER}/plan.md": PLAN,
    f"{FOLDER}/research.md": "# Bell: research\n\n## Facts\n\nBrass rings.\n\n## Choices\n\nBrass.\n",
    f"{FOLDER}/data-model.md": "# Bell: data model\n\n## Tables\n\nNone.\n\n## Rules\n\nNone.\n",
    f"{FOLDER}/quickstart.md": "# Bell: quickstart\n\n## Run\n\nRing.\n\n## Check\n\nListen.\n",
    f"{FOLDER}/tasks.md": TASKS,
    f"{FOLDER}/contracts/README.md": "None.\n",
    f"{FOLDER}/dapr-components/README.md": "None.\n",
    "functions/bell.py": "",
    "infra/bell/tower.py": "",
    "components/bell.yaml": "",
    "tests/test_bell.py": TEST,
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a git repository with these files."""
    # A git hook that runs the tests sets these, and git would then act on the hook's repository.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for path, text in FILES.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path
