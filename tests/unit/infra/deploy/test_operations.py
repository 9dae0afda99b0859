"""The pods of the command line in a cluster."""

import json
from typing import Any

import pytest

from infra.deploy.operations import TASKWAKE, job, tag

pytestmark = pytest.mark.requirement("CLUSTER-009")


def made() -> dict[str, Any]:
    return job("migrate-1", "r.example/operations:1", [*TASKWAKE, "migrate"], ["database-url-owner"], seconds=9, kept=5)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("dev.local/taskwake/operations:1F_2.3", "1f-2-3"),
        ("localhost:5000/operations", "latest"),
        ("r.example/operations:1@sha256:0123456789abcdef", "0123456789ab"),
        ("r.example/operations:" + "9" * 128, "9" * 40),
    ],
)
def test_a_jobs_name_tells_which_image_it_ran(image: str, expected: str) -> None:
    assert tag(image) == expected


def test_a_job_reads_secrets_as_files_and_has_none_in_its_environment() -> None:
    pod = made()["spec"]["template"]["spec"]

    [container] = pod["containers"]
    assert "valueFrom" not in json.dumps(container)
    assert container["env"] == [{"name": "DATABASE_URL_FILE", "value": "/secrets/database-url-owner"}]
    [mounted] = [volume for volume in pod["volumes"] if volume["name"] == "secrets"]
    assert mounted["projected"]["sources"] == [{"secret": {"name": "database-url-owner"}}]
    assert mounted["projected"]["defaultMode"] == 0o440


def test_a_job_is_as_locked_up_as_the_namespace_demands() -> None:
    pod = made()["spec"]["template"]["spec"]

    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert context["runAsNonRoot"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_job_ends_and_goes_away_by_itself() -> None:
    spec = made()["spec"]

    assert (spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"]) == (9, 5)


def test_the_policies_that_let_migrations_to_the_database_let_it() -> None:
    labels = made()["spec"]["template"]["metadata"]["labels"]

    assert labels["app.kubernetes.io/component"] == "migration"
