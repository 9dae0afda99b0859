"""What stands in the way of a deployment: everything at once, and before anything is changed."""

import shutil
from collections.abc import Iterator, Mapping, Sequence

from functions.kernel.storage.logins import OWNER_SECRET
from infra.deploy.facts import Facts, Version, quantity, requested
from infra.deploy.overlay import Overlay, image_name
from infra.deploy.platform import Presence
from infra.deploy.secrets import ADDRESSES, Plan

OLDEST_KUBECTL: Version = (1, 29)
OLDEST_SERVER: Version = (1, 33)
"""Knative Serving 1.21, of infra/platform, refuses to start on an older one."""
ARCHITECTURES = ("amd64", "arm64")
"""Those that the images are made for."""
SIDECAR_MEMORY = "dapr.io/sidecar-memory-request"
MEBIBYTE = 2**20


def findings(
    facts: Facts,
    overlay: Overlay | None,
    platform: Sequence[Presence],
    secrets: Plan,
    outputs: Mapping[str, str],
    helm: str,
) -> Iterator[str]:
    """Each thing that stands in the way, with what to do about it. `overlay` is null when it cannot be built; `helm` is
    the program that charts are installed with."""
    if facts.kubectl and facts.kubectl < OLDEST_KUBECTL:
        yield f"kubectl is {_text(facts.kubectl)}: install {_text(OLDEST_KUBECTL)} or newer."
    if facts.unreachable:
        yield (
            f"The cluster of the context {facts.context!r} cannot be reached: name another with --context or "
            f"--kubeconfig, or see to this one.\n{facts.unreachable}"
        )
    elif facts.server and facts.server < OLDEST_SERVER:
        yield f"The cluster runs Kubernetes {_text(facts.server)}: upgrade it to {_text(OLDEST_SERVER)} or newer."
    if overlay:
        yield from _of_images(overlay)
    if facts.unreachable:
        return
    yield from _of_platform(facts, platform, outputs, helm)
    if facts.denied:
        denied = "\n".join(f"  - {each}" for each in facts.denied)
        yield f"In the context {facts.context!r} you may not, and have to be allowed to:\n{denied}"
    if not any("secrets" in denied for denied in facts.denied):  # else nobody knows
        yield from _of_secrets(secrets)
    yield from _of_nodes(facts)
    if overlay and facts.nodes:
        yield from _of_memory(facts, overlay)


def anchors_bytes(overlay: Overlay) -> float:
    """The memory that the anchors ask for, daprd included."""
    total = 0.0
    for anchor in overlay.anchors:
        template = anchor["spec"]["template"]
        sidecar = quantity(template["metadata"]["annotations"].get(SIDECAR_MEMORY, "100Mi"))
        total += anchor["spec"].get("replicas", 1) * (requested(template["spec"]) + sidecar)
    return total


def _of_images(overlay: Overlay) -> Iterator[str]:
    if unset := overlay.placeholders():
        names = ", ".join(map(image_name, unset))
        yield (
            f"Nobody said where these images of the overlay {overlay.name} are: {names}. Give --registry and --tag, or "
            "--images with a file that names each, or set them in its kustomization.yaml (images)."
        )


def _of_platform(facts: Facts, platform: Sequence[Presence], outputs: Mapping[str, str], helm: str) -> Iterator[str]:
    for presence in platform:
        part = presence.part
        if presence.foreign and presence.differs:
            how = f"helm upgrade {part.name} {part.chart} --repo {part.repo} --version {part.version}"
            yield (
                f"{part.name} is there in version {presence.version}, and {part.version} is what this was tried with. "
                f"Upgrade it (`{how} -n {part.namespace}`, with the values of infra/platform), or pin the other one in "
                "infra/platform/platform.yaml."
            )
    ours = [presence.part for presence in platform if not presence.foreign]
    charts = [part.name for part in ours if part.kind == "helm"]
    if charts and not shutil.which(helm):
        yield f"{helm} is not on PATH: install Helm 3.13 or newer, which {', '.join(charts)} are installed with."
    if ours and not facts.administrator:
        yield (
            f"To install the platform ({', '.join(part.name for part in ours)}) you have to be an administrator of the "
            f"whole cluster, and in the context {facts.context!r} you are not."
        )
    if missing := sorted({name for part in ours for name in part.outputs} - set(outputs)):
        yield (
            f"The platform needs of Terraform: {', '.join(missing)}. Run `tofu output -json > outputs.json` in the "
            "overlay's folder of infra/terraform, and give --outputs outputs.json."
        )


def _of_secrets(plan: Plan) -> Iterator[str]:
    if OWNER_SECRET in plan.missing:
        others = sorted(plan.missing & set(ADDRESSES))
        yield (
            f"The secret {OWNER_SECRET} is neither there, nor brought by an ExternalSecret, nor can it be made: give "
            "the owner's address of the database with --owner-url-file FILE, or in DATABASE_URL."
            + (f" Of it follow {', '.join(others)}." if others else "")
        )
    if rest := sorted(plan.missing - {OWNER_SECRET, *ADDRESSES}):
        yield f"These secrets are neither there nor brought by an ExternalSecret: {', '.join(rest)}."


def _of_nodes(facts: Facts) -> Iterator[str]:
    known = [node for node in facts.nodes if node.architecture in ARCHITECTURES]
    if facts.nodes and not known:
        others = ", ".join(sorted({node.architecture for node in facts.nodes}))
        yield f"No node is of {' or '.join(ARCHITECTURES)}, which the images are made for; they are {others}."
    if not facts.nodes and not any("nodes" in denied for denied in facts.denied):
        yield "The cluster has no node that takes pods: add one, or `kubectl uncordon` one."


def _of_memory(facts: Facts, overlay: Overlay) -> Iterator[str]:
    allocatable = sum(node.memory_bytes for node in facts.nodes)
    free, needed = allocatable - facts.requested_bytes, anchors_bytes(overlay)
    if free < needed:
        yield (
            f"The {len(overlay.anchors)} anchors ask for {needed / MEBIBYTE:.0f} MiB of memory, and the nodes have "
            f"{free / MEBIBYTE:.0f} MiB left of {allocatable / MEBIBYTE:.0f} MiB: add a node, or take a larger one."
        )


def _text(version: Version) -> str:
    return ".".join(map(str, version))
