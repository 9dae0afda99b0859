"""A deployment, from the look at the cluster to the smoke test. Every step can be repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.deploy import operations, platform, preflight, secrets
from infra.deploy.facts import Facts
from infra.deploy.inventory import Inventory
from infra.deploy.kubectl import Kubectl, KubectlError
from infra.deploy.overlay import Overlay, waves
from infra.deploy.platform import Part, Presence
from infra.deploy.progress import DeployError, Progress, Say
from infra.deploy.rollout import roll_out
from infra.deploy.smoke import public_url, smoke_test
from infra.render.kubernetes import NAMESPACE

STEPS = 6


@dataclass(frozen=True)
class Choices:
    """What is to be deployed, and how. `images` are by the last part of their names; `owner_url` is the database's
    owner's, for the first time; `gateway` is an address of the cluster's gateway, where its public name leads nowhere;
    `outputs` are Terraform's."""

    overlay: str
    images: Mapping[str, str] = field(default_factory=dict)
    owner_url: str = ""
    gateway: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    helm: str = "helm"


@dataclass(frozen=True)
class Survey:
    """What the look at the cluster found, and nothing stands in the way."""

    overlay: Overlay
    platform: tuple[Presence, ...]
    secrets: secrets.Plan


def deploy(kubectl: Kubectl, choices: Choices, say: Say = print) -> str:
    """Bring Taskwake onto the cluster, or up to date; returns its public address. Raises DeployError."""
    progress = Progress(say, STEPS)
    with progress.step("Preflight: can it be deployed?"):
        survey = look(kubectl, choices, progress)
    overlay = survey.overlay
    with progress.step("Platform: what it runs on"):
        platform.install(kubectl, survey.platform, choices.outputs, progress, choices.helm)
    with progress.step("Secrets"):
        kubectl.apply(overlay.bringing_secrets())
        secrets.provide(kubectl, survey.secrets, choices.owner_url, progress)
    with progress.step("Migrations: the database's schema and logins"):
        operations.migrate(kubectl, overlay.operations_image, progress)
    with progress.step(f"Functions: {len(overlay.functions)}, each with its anchor"):
        roll_out(kubectl, overlay, progress)
    with progress.step("Smoke test: a task is created, and its reminder seen"):
        smoke_test(kubectl, overlay.operations_image, choices.gateway, progress)
    url = public_url(kubectl)
    say(f"Taskwake runs at {url}. To log in: taskwake operate login")
    return url


def rehearse(kubectl: Kubectl, choices: Choices, say: Say = print) -> None:
    """Say what a deployment would do, and change nothing. Raises DeployError."""
    progress = Progress(say, 2)
    with progress.step("Preflight: can it be deployed?"):
        survey = look(kubectl, choices, progress)
    with progress.step("What would be changed"):
        ours = [presence.part.name for presence in survey.platform if not presence.foreign]
        progress.note(f"platform installed, or brought up to date: {', '.join(ours) or 'nothing'}")
        progress.note(f"secrets made: {', '.join(sorted(survey.secrets.made)) or 'none'}")
        obsolete = Inventory.read(kubectl).besides(Inventory.of(survey.overlay.objects, ""))
        progress.note(f"removed: {', '.join(o['metadata']['name'] for o in obsolete) or 'nothing'}")
        if kubectl.find("namespace", NAMESPACE) is None:
            progress.note(f"all {len(survey.overlay.objects)} objects are new")
            return
        try:
            progress.note(kubectl.diff(survey.overlay.objects) or "no object differs")
        except KubectlError as error:
            if "no matches for kind" not in str(error):
                raise
            progress.note("The objects can be compared once the platform is there.")


def undeploy(kubectl: Kubectl, say: Say = print) -> None:
    """Remove Taskwake with its Secrets. What it ran on stays, and the database with what people have in it."""
    progress = Progress(say, 1)
    with progress.step(f"Removing the namespace {NAMESPACE}"):
        for wave in reversed(waves(Inventory.read(kubectl).besides(Inventory()))):
            kubectl.delete(wave)
        kubectl.delete([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}])


def look(kubectl: Kubectl, choices: Choices, progress: Progress) -> Survey:
    """Look at everything, and say what was found. Raises DeployError with all that stands in the way."""
    problems: list[str] = []
    overlay, parts = _overlay(kubectl, choices, problems), _parts(choices, problems)
    facts = Facts.gather(kubectl, overlay.objects if overlay else ())
    presences = [] if facts.unreachable else _presences(kubectl, parts, problems)
    owner_known = bool(choices.owner_url or facts.owner or any(_brings_owner(presence) for presence in presences))
    external = overlay.external_secrets() if overlay else set()
    plan = secrets.Plan.of(facts.secrets, external, owner_known=owner_known)
    problems += preflight.findings(facts, overlay, presences, plan, choices.outputs, choices.helm)
    progress.note(f"context {facts.context}, {facts.described()}")
    if problems:
        text = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, 1))
        raise DeployError(f"It cannot be deployed yet, and nothing was changed:\n{text}")
    assert overlay  # noqa: S101 - else there is a problem
    foreign = sum(presence.foreign for presence in presences)
    progress.note(f"overlay {overlay.name}: {len(overlay.objects)} objects, {len(overlay.images())} images")
    progress.note(f"platform: {len(presences)} parts, {foreign} of them there by somebody else's doing")
    progress.note(
        f"secrets: {len(plan.kept)} there, {len(plan.brought)} brought from outside, {len(plan.made)} to make"
    )
    return Survey(overlay, tuple(presences), plan)


def _overlay(kubectl: Kubectl, choices: Choices, problems: list[str]) -> Overlay | None:
    try:
        return Overlay.build(kubectl, choices.overlay).with_images(choices.images)
    except DeployError as error:
        problems.append(str(error))
        return None


def _parts(choices: Choices, problems: list[str]) -> list[Part]:
    try:
        return platform.parts_of(choices.overlay.rstrip("/").rpartition("/")[2])
    except DeployError as error:
        problems.append(str(error))
        return []


def _presences(kubectl: Kubectl, parts: list[Part], problems: list[str]) -> list[Presence]:
    try:
        return platform.look(kubectl, parts)
    except KubectlError as error:
        problems.append(f"What the platform has already cannot be seen: {error}")
        return []


def _brings_owner(presence: Presence) -> bool:
    return not presence.foreign and secrets.IN_CLUSTER_OWNER in (presence.part.logins or {})
