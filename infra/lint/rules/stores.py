"""State stores that would not let a database sleep."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests

PERIODIC = ("state.postgresql",)


def clean_up(manifests: Manifests) -> Iterator[Finding]:
    """daprd looks every hour for what has expired, which wakes a database that sleeps while nobody asks it."""
    for component_type in PERIODIC:
        for component in manifests.components(component_type):
            value = component.metadata().get("cleanupInterval")
            if not str(value).startswith(("-", "0")):
                yield finding(
                    component,
                    f"it asks the database every {value or 'hour'}, which then never sleeps",
                    "set cleanupInterval to -1, if nothing in it expires",
                )
