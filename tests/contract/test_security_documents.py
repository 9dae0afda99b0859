"""What specs/005-trust says of security names tests that exist, and the secrets that are compared are so in one way."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRUST = ROOT / "specs/005-trust"
OWASP = (TRUST / "owasp-api-2023.md").read_text()
THREATS = (TRUST / "threat-model.md").read_text()
NAMED = re.findall(r"`(tests/[^`:]+)::(\w+)`", OWASP)


@pytest.mark.requirement("TRUST-080")
def test_each_item_of_owasps_list_is_gone_through_with_its_tests() -> None:
    items = re.split(r"^## (API\d+) .*$", OWASP, flags=re.MULTILINE)[1:]
    told = dict(zip(items[::2], items[1::2], strict=True))
    assert list(told) == [f"API{number}" for number in range(1, 11)]
    assert [item for item, text in told.items() if "`tests/" not in text] == []


@pytest.mark.requirement("TRUST-080")
@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert name in {node.name for node in found}


@pytest.mark.requirement("TRUST-080")
def test_every_flow_of_the_picture_has_its_threats_and_no_other_has() -> None:
    [picture] = re.findall(r"```mermaid\n(.*?)```", THREATS, re.DOTALL)
    drawn = set(re.findall(r"\bF\d+(?=:)", picture)) | {"F15"} & set(re.findall(r"F\d+", picture))
    rows = re.findall(r"^\| ((?:F\d+(?:, )?)+)", THREATS, re.MULTILINE)
    told = {flow for row in rows for flow in re.findall(r"F\d+", row)}
    assert told == drawn
    assert len(drawn) == 15


@pytest.mark.requirement("TRUST-081")
def test_a_shown_secret_is_compared_in_constant_time_or_by_its_hash() -> None:
    """In Python by hmac.compare_digest alone; in SQL a credential is looked up by the hash of what was shown."""
    compared = re.compile(r"(?:token|secret|signature|digest|hash)\w*\s*(?:==|!=)|(?:==|!=)\s*\w*(?:token|secret)\b")
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "functions").rglob("*.py")
        for line in path.read_text().splitlines()
        if compared.search(line) and "operations/" not in str(path)
    }
    assert found == set()
    shown = (ROOT / "functions/kernel/dapr/app_token.py").read_text()
    assert "hmac.compare_digest" in shown


@pytest.mark.requirement("TRUST-079")
def test_each_finding_that_is_kept_was_looked_at() -> None:
    baseline = json.loads((ROOT / ".secrets.baseline").read_text())
    findings = [(path, one) for path, found in baseline["results"].items() for one in found]
    assert findings
    assert [(path, one["line_number"]) for path, one in findings if one.get("is_secret") is not False] == []
