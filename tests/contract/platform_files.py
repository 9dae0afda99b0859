"""What infra/platform says, as the tests read it."""

from functools import cache

from infra.local.tools.kustomize import kustomize
from tests.contract.cluster.overlays import ROOT, Document, documents, run, tool

PLATFORM = ROOT / "infra/platform"
LAPTOPS, CLOUDS = ("minikube", "kind"), ("aks", "gke", "oke")


@cache
def built(path: str) -> str:
    """What kustomize makes of one of its folders."""
    done = run([tool(kustomize), "build", PLATFORM / path])
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(path: str) -> list[Document]:
    return documents(built(path))
