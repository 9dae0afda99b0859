"""Every rendered file: what it should say, and which on disk do not say it."""

from pathlib import Path

from functions.catalogue import FUNCTIONS
from functions.kernel.events import EVENT_TYPES
from infra.render import (
    asyncapi,
    base,
    broker,
    client,
    configuration,
    openapi,
    pubsub,
    resiliency,
    schemas,
    stores,
    subscriptions,
    variants,
)
from infra.render.document import MARK

COMPONENTS = "components"
CONTRACTS = "specs/001-event-flow/contracts"
CLIENT = "functions/operations/client"
BASE, VARIANTS, PLATFORM = "knative/base", "knative/variants", "infra/platform"
FOLDERS = (
    *(COMPONENTS, f"{COMPONENTS}/configuration", CONTRACTS, f"{CONTRACTS}/schemas", CLIENT),
    *(BASE, f"{VARIANTS}/*", f"{PLATFORM}/*"),
)
"""Where rendered files lie; other files may lie beside them."""


def rendered() -> dict[str, str]:
    """The text of each rendered file, by its path from the repository's root."""
    return {
        f"{COMPONENTS}/pubsub.yaml": pubsub.render(FUNCTIONS),
        f"{COMPONENTS}/secrets.yaml": stores.render_secrets(),
        f"{COMPONENTS}/conversations.yaml": stores.render_conversations(FUNCTIONS),
        f"{COMPONENTS}/subscriptions.yaml": subscriptions.render(FUNCTIONS),
        f"{COMPONENTS}/resiliency.yaml": resiliency.render(FUNCTIONS),
        f"{COMPONENTS}/kustomization.yaml": base.render_components(FUNCTIONS),
        f"{CONTRACTS}/asyncapi.yaml": asyncapi.render(FUNCTIONS),
        f"{CONTRACTS}/openapi.json": openapi.render(),
        **{f"{CLIENT}/{name}": text for name, text in client.rendered().items()},
        **{
            f"{COMPONENTS}/configuration/{function.name}.yaml": configuration.render(function, FUNCTIONS)
            for function in FUNCTIONS
        },
        **{f"{BASE}/{name}": text for name, text in base.rendered(FUNCTIONS).items()},
        **{f"{VARIANTS}/{name}": text for name, text in variants.rendered(FUNCTIONS).items()},
        **{f"{PLATFORM}/{name}": text for name, text in broker.rendered(FUNCTIONS).items()},
        **{f"{CONTRACTS}/schemas/{event.topic}.json": schemas.render(event) for event in EVENT_TYPES},
    }


def stale(root: Path, expected: dict[str, str]) -> list[str]:
    """The paths whose file is missing, says something else, or follows from nothing any more."""
    different = [path for path, text in expected.items() if _text(root / path) != text]
    return sorted(different + [path for path in _marked(root) if path not in expected])


def write(root: Path, expected: dict[str, str]) -> list[str]:
    """Bring the stale files up to date and remove what follows from nothing; returns their paths."""
    paths = stale(root, expected)
    for path in paths:
        file = root / path
        if path in expected:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(expected[path], encoding="utf-8")
        else:
            file.unlink()
    return paths


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _marked(root: Path) -> list[str]:
    """The files on disk that say they were rendered."""
    files = [file for folder in FOLDERS for file in root.glob(f"{folder}/*.*") if file.is_file()]
    return [file.relative_to(root).as_posix() for file in files if MARK in file.read_text(encoding="utf-8")]
