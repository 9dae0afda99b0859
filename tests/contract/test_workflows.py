""".github/workflows: no finding of the linters, actions pinned, no right more than is used, and steps that work."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from functions.catalogue import FUNCTIONS
from infra.local.tools.actionlint import actionlint
from infra.local.tools.kubernetes_binaries import kubectl
from infra.local.tools.shellcheck import shellcheck
from infra.local.tools.zizmor import zizmor
from tests.contract.cluster.overlays import ROOT, documents, run, tool

WORKFLOWS = ROOT / ".github/workflows"
NAMES = ("ci", "e2e", "release")
CLOUDS = ("aks", "gke", "oke")
IMAGES = sorted([*(function.name for function in FUNCTIONS), "operations"])

pytestmark = pytest.mark.requirement("CLUSTER-010")

every_workflow = pytest.mark.parametrize("name", NAMES)


def workflow(name: str) -> dict[str, Any]:
    # `on` would be read as true.
    loaded: dict[str, Any] = yaml.load((WORKFLOWS / f"{name}.yml").read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded


def script(name: str, job: str, step: str) -> str:
    """What a step runs."""
    (found,) = (each for each in workflow(name)["jobs"][job]["steps"] if each.get("name") == step)
    return str(found["run"])


def bash(text: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a step's script as GitHub does."""
    return run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text], **options)


def needs_jq() -> None:
    if not shutil.which("jq"):
        if os.environ.get("CI") == "true":
            raise AssertionError("jq is missing: apt-get install jq")
        pytest.skip("NOT TESTED: jq is missing (Debian: apt-get install jq)")


def test_these_are_all() -> None:
    assert {path.stem for path in WORKFLOWS.iterdir()} == set(NAMES)


def test_actionlint_and_shellcheck_find_nothing() -> None:
    done = run([tool(actionlint), "-no-color", "-shellcheck", tool(shellcheck), *sorted(WORKFLOWS.glob("*.yml"))])

    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    done = run([tool(zizmor), "--offline", "--quiet", "--no-progress", "--persona=pedantic", WORKFLOWS])

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("runs-on: ubuntu-24.04", "runs-on: ubuntu-24.4"),
        ("needs: prepare", "needs: prepared"),
        ("steps.build.outputs.digest", "steps.built.outputs.digest"),
    ],
)
def test_actionlint_finds_what_is_broken(tmp_path: Path, before: str, after: str) -> None:
    text = (WORKFLOWS / "release.yml").read_text()
    assert before in text
    (tmp_path / "release.yml").write_text(text.replace(before, after))

    assert run([tool(actionlint), tmp_path / "release.yml"]).returncode == 1


def test_actions_are_pinned_by_digest_and_say_their_version() -> None:
    text = "".join(path.read_text() for path in WORKFLOWS.glob("*.yml"))
    used = re.findall(r"uses: (\S+)@(\S+)(.*)", text)

    assert used
    for action, digest, comment in used:
        assert re.fullmatch(r"[0-9a-f]{40}", digest), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert len({action for action, *_ in used}) == len(set(used)), "one action in two versions"


@every_workflow
def test_a_workflow_may_read_and_ends(name: str) -> None:
    read = workflow(name)

    assert read["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in read["on"]
    assert "concurrency" in read
    for job in read["jobs"].values():
        assert int(job["timeout-minutes"]) <= 120


def test_only_a_release_may_write_and_only_what_it_makes() -> None:
    rights = {
        (name, job): set(body["permissions"].items())
        for name in NAMES
        for job, body in workflow(name)["jobs"].items()
        if "permissions" in body
    }
    signed = {("id-token", "write"), ("attestations", "write")}

    assert rights == {
        ("release", "image"): {("contents", "read"), ("packages", "write"), *signed},
        ("release", "bundle"): {("contents", "write"), *signed},
    }
    assert workflow("release")["on"].keys() == {"push"}
    assert workflow("release")["on"]["push"].keys() == {"tags"}


def test_ci_runs_what_a_laptop_runs() -> None:
    steps = [step.get("run", "") for job in workflow("ci")["jobs"].values() for step in job["steps"]]

    assert any(step == "make test" for step in steps)
    assert any(step.endswith("make cluster-test") for step in steps)


def test_the_end_to_end_test_deploys_by_the_one_command() -> None:
    steps = [step.get("run", "") for step in workflow("e2e")["jobs"]["kind"]["steps"]]

    assert ".venv/bin/taskwake deploy --overlay kind" in steps
    assert (ROOT / "knative/overlays/kind/kustomization.yaml").is_file()


def released(tmp_path: Path, tag: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """What the first job of a release finds out."""
    output = tmp_path / "output"
    output.touch()
    env = {**os.environ, "GITHUB_REF_NAME": tag, "GITHUB_REPOSITORY": "Example/Taskwake", "GITHUB_OUTPUT": str(output)}
    done = bash(script("release", "prepare", "Which images, where, and of which version"), cwd=ROOT, env=env)
    return done, dict(line.split("=", 1) for line in output.read_text().splitlines())


def test_a_release_makes_every_image(tmp_path: Path) -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version is not None

    done, outputs = released(tmp_path, f"v{version[1]}")

    assert done.returncode == 0, done.stderr
    assert sorted(each["function"] for each in json.loads(outputs["matrix"])) == IMAGES
    assert outputs["registry"] == "ghcr.io/example/taskwake"
    assert outputs["version"] == version[1]


def test_a_release_of_another_version_than_the_projects_is_refused(tmp_path: Path) -> None:
    done, _ = released(tmp_path, "v99.0.0")

    assert done.returncode == 1
    assert "::error::" in done.stdout


def test_the_bundle_names_every_image_by_its_digest(tmp_path: Path) -> None:
    needs_jq()
    for name in ("components", "infra/platform", "knative"):
        shutil.copytree(ROOT / name, tmp_path / name)
    images = tmp_path / "build/images"
    images.mkdir(parents=True)
    digest = f"sha256:{'0123456789abcdef' * 4}"
    for name in IMAGES:
        (images / f"{name}.json").write_text(json.dumps({name: f"ghcr.io/example/taskwake/{name}@{digest}"}))

    programs = {**os.environ, "PATH": f"{tool(kubectl).parent}:{os.environ['PATH']}"}
    done = bash(
        script("release", "bundle", "Manifests of each cloud, with the images' digests"), cwd=tmp_path, env=programs
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for cloud in CLOUDS:
        text = (tmp_path / f"build/taskwake-{cloud}.yaml").read_text()
        named = set(re.findall(r"image: (ghcr\.io/\S+)", text))
        assert named >= {f"ghcr.io/example/taskwake/{function.name}@{digest}" for function in FUNCTIONS}
        assert len(documents(text)) > 50
