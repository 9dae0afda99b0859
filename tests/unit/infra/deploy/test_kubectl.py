"""How a failure of kubectl is told."""

from pathlib import Path

import pytest

from infra.deploy.kubectl import Kubectl, KubectlAwayError, KubectlError

pytestmark = pytest.mark.requirement("CLUSTER-009")


def failing(folder: Path, words: str) -> Kubectl:
    program = folder / "kubectl"
    program.write_text(f"#!/bin/sh\necho '{words}' >&2; exit 3\n")
    program.chmod(0o755)
    return Kubectl(program=str(program))


def test_a_failure_is_told_in_kubectls_words(tmp_path: Path) -> None:
    with pytest.raises(KubectlError, match=r"get pods` ended with 3:\nthe server is on fire") as error:
        failing(tmp_path, "the server is on fire").run("get", "pods")
    assert not isinstance(error.value, KubectlAwayError)


@pytest.mark.parametrize(
    "words",
    [
        "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?",
        "Unable to connect to the server: net/http: TLS handshake timeout",
        "Error from server: etcdserver: request timed out",
    ],
)
def test_a_cluster_that_is_away_is_told_from_one_that_refuses(tmp_path: Path, words: str) -> None:
    with pytest.raises(KubectlAwayError):
        failing(tmp_path, words).run("get", "pods")


def test_a_missing_kubectl_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(KubectlError, match="Install kubectl"):
        Kubectl(program=str(tmp_path / "none")).run("get", "pods")


def test_a_cluster_is_named_in_every_call() -> None:
    kubectl = Kubectl(Path("/k"), "mine")

    assert kubectl.command("get", "pods") == ["kubectl", "--kubeconfig=/k", "--context=mine", "get", "pods"]
