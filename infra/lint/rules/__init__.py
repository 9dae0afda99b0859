"""The rules: each a function of all manifests, with the trap in its docstring."""

from collections.abc import Callable, Iterator

from infra.lint.finding import Finding
from infra.lint.manifests import Manifests
from infra.lint.rules import access, kafka, metadata, scaling, sidecar, stores, subscription

Rule = Callable[[Manifests], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    subscription.dead_letter_without_retry,
    subscription.route_without_default,
    subscription.route_not_served,
    subscription.bulk_without_bounds,
    subscription.unscoped,
    subscription.unknown_scope,
    kafka.initial_offset,
    kafka.consumer_group,
    kafka.unprotected_topic,
    kafka.not_allowed,
    metadata.unknown_key,
    stores.clean_up,
    scaling.above_partitions,
    scaling.startup_probe,
    scaling.shorter_than_delivery,
    sidecar.in_service,
    sidecar.metrics_port,
    sidecar.app_health,
    sidecar.unknown_annotation,
    sidecar.metrics_by_path,
    access.open_daprd,
    access.open_configuration,
    access.builtin_secret_store,
    access.public_function,
)


def lint(manifests: Manifests) -> list[Finding]:
    """Every finding of every rule, in order of where it is."""
    return sorted({found for rule in RULES for found in rule(manifests)})
