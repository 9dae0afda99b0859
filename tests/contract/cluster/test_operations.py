"""The Jobs that `taskwake deploy` makes are held to what every other pod is."""

import json
from pathlib import Path

import pytest

from functions.kernel.storage import logins
from infra.deploy.operations import IDLE, TASKWAKE, job
from tests.contract.cluster.linters import checkov_over, is_explained, kube_score_over
from tests.contract.cluster.overlays import Document, of_kind, overlay
from tests.contract.cluster.pod_security import problems
from tests.contract.cluster.test_overlays import complaints

pytestmark = [pytest.mark.requirement("CLUSTER-006"), pytest.mark.requirement("CLUSTER-009")]

SECRETS = [logins.OWNER_SECRET, *(login.secret for login in logins.ALL)]
IMAGE = "registry.example/taskwake/operations:1"


def jobs() -> list[Document]:
    made = {
        "migrate": job("migrate", IMAGE, [*TASKWAKE, "migrate"], SECRETS, seconds=60, kept=60),
        "console": job("console", IMAGE, IDLE, [logins.OWNER_SECRET], seconds=60, kept=0),
    }
    # Kubernetes makes the name; linters want to see one.
    for name, document in made.items():
        document["metadata"]["name"] = name
        del document["metadata"]["generateName"]
    return list(made.values())


@pytest.mark.parametrize("document", jobs(), ids=lambda document: document["metadata"]["name"])
def test_a_job_is_locked_up(document: Document) -> None:
    assert list(problems(document)) == []


def test_jobs_are_what_kubernetes_allows() -> None:
    assert complaints("\n---\n".join(map(json.dumps, jobs()))) == []


def test_no_linter_has_an_unexplained_finding(tmp_path: Path) -> None:
    policies = list(of_kind(overlay("minikube"), "NetworkPolicy").values())
    found = {("checkov", check, name) for check, name in checkov_over({"jobs": jobs()}, tmp_path)["jobs"]}
    found |= {("kube-score", check, name) for check, name in kube_score_over([*jobs(), *policies])}

    of_jobs = {finding for finding in found if finding[2] in ("migrate", "console")}
    assert of_jobs, "they were looked at, and their image has no digest here"
    assert [finding for finding in of_jobs if not is_explained(*finding)] == []
