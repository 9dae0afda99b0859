"""Checkov and kube-score over manifests, and which of their findings are explained."""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from infra.local.tools.checkov import checkov
from infra.local.tools.kube_score import kube_score
from tests.contract.cluster.overlays import Document, as_deployment, is_knative, run, tool

EXPLAINED: dict[str, dict[str, dict[str, str]]] = yaml.safe_load((Path(__file__).parent / "explained.yaml").read_text())
Found = set[tuple[str, str]]
"""(check, what it found it in)."""


def for_linters(objects: Sequence[Document]) -> list[Document]:
    """What they understand: a Deployment in place of each Knative Service, and nothing of Dapr's."""
    known = [document for document in objects if not document["apiVersion"].startswith(("dapr.io", "external-secrets"))]
    return [as_deployment(document) if is_knative(document) else document for document in known]


def _yaml(objects: Sequence[Document]) -> str:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump_all(for_linters(objects), Dumper=dumper)
    return text


def checkov_over(files: Mapping[str, Sequence[Document]], folder: Path) -> dict[str, Found]:
    """Its findings, by file: it takes seconds to start, so all are judged in one run."""
    for name, objects in files.items():
        (folder / f"{name}.yaml").write_text(_yaml(objects))
    argv = [sys.executable, "-m", "checkov.main", "--directory", folder, "--framework", "kubernetes"]
    done = run(
        [*argv, "--skip-download", "--quiet", "--compact", "--output", "json"],
        env={"PYTHONPATH": str(tool(checkov)), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    answered = json.loads(done.stdout)
    assert answered["summary"]["parsing_errors"] == 0
    found: dict[str, Found] = defaultdict(set)
    for failed in answered["results"]["failed_checks"]:
        found[Path(failed["file_path"]).stem].add((failed["check_id"], failed["resource"].rpartition(".")[2]))
    return found


def kube_score_over(objects: Sequence[Document]) -> Found:
    """Its findings of the grades warning and critical."""
    options = ["--output-format", "json", "--enable-optional-test", "container-seccomp-profile"]
    done = run([tool(kube_score), "score", *options, "-"], input=_yaml(objects))
    assert done.stdout.startswith("["), done.stdout + done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return {
        (check["check"]["id"], result["object_meta"]["name"])
        for result in results
        for check in result["checks"]
        if not check["skipped"] and check["grade"] <= 5
    }


def is_explained(linter: str, check: str, name: str) -> bool:
    explanation = EXPLAINED[linter].get(check)
    if explanation is None:
        return False
    anchor = name.endswith("-anchor")
    match explanation.get("only"):
        case "pause":
            return anchor and name != "chat-api-anchor"
        case "function":
            return not anchor
    return True
