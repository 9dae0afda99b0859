"""Subscriptions: how what cannot be handled gets lost, or never arrives."""

import re
from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests, Resource

SERVED = re.compile(r"/(events|wake|warm|dead-letters/[^/]+)")
"""What a function answers of what subscriptions ask (functions/kernel/host/http.py, functions/chat_api/relay.py)."""


def dead_letter_without_retry(manifests: Manifests) -> Iterator[Finding]:
    """With a dead letter topic and no policy, the first failure goes there: the 503 of a cold start included."""
    retried = set(_retried(manifests))
    for subscription in manifests.dapr("Subscription"):
        pubsub = subscription.at("spec", "pubsubname")
        if subscription.at("spec", "deadLetterTopic") and pubsub not in retried:
            yield finding(
                subscription,
                f"it has a dead letter topic, and nothing retries what comes from {pubsub}",
                f"give targets.components.{pubsub}.inbound of a Resiliency a retry policy of many tries",
            )


def route_without_default(manifests: Manifests) -> Iterator[Finding]:
    """An event that matches no rule goes to the dead letter topic, or is lost."""
    for subscription in manifests.dapr("Subscription"):
        if not _default(subscription):
            yield finding(subscription, "an event that no rule matches is dropped", "give its routes a default")


def route_not_served(manifests: Manifests) -> Iterator[Finding]:
    """A path that the function does not know is answered by 404, which Dapr takes for: drop it."""
    for subscription in manifests.dapr("Subscription"):
        rules = subscription.at("spec", "routes", "rules", default=[])
        for route in filter(None, [_default(subscription), *(rule.get("path") for rule in rules)]):
            if not SERVED.fullmatch(route):
                yield finding(
                    subscription,
                    f"no function answers POST {route}, and Dapr drops what is answered by 404",
                    "name one of /events, /wake, /warm, /dead-letters/<function>",
                )


def bulk_without_bounds(manifests: Manifests) -> Iterator[Finding]:
    """Kafka's bulk waits 10 s for 80 messages, unless it is told otherwise."""
    for subscription in manifests.dapr("Subscription"):
        bulk = subscription.at("spec", "bulkSubscribe", default={})
        missing = [key for key in ("maxMessagesCount", "maxAwaitDurationMs") if not bulk.get(key)]
        if bulk.get("enabled") and missing:
            yield finding(
                subscription,
                "an event that comes alone waits for 80 of them, or 10 s",
                f"set {' and '.join(missing)} of bulkSubscribe",
            )


def unscoped(manifests: Manifests) -> Iterator[Finding]:
    """A subscription of nobody in particular is everybody's."""
    for subscription in manifests.dapr("Subscription"):
        if not subscription.scopes:
            yield finding(subscription, "every app of the namespace would have it", "name its app in scopes")


def unknown_scope(manifests: Manifests) -> Iterator[Finding]:
    """What is scoped to an app that does not exist is loaded by nobody, without a word."""
    apps = manifests.app_ids()
    for resource in [*manifests.dapr("Subscription"), *manifests.dapr("Component")]:
        for scope in resource.scopes:
            if apps and scope not in apps:
                yield finding(
                    resource, f"no app is called {scope}, so nobody loads it", f"name one of {', '.join(sorted(apps))}"
                )


def _retried(manifests: Manifests) -> Iterator[str]:
    for resiliency in manifests.dapr("Resiliency"):
        policies = resiliency.at("spec", "policies", "retries", default={})
        targets = resiliency.at("spec", "targets", "components", default={})
        for component, target in targets.items():
            policy = policies.get((target.get("inbound") or {}).get("retry"))
            if policy and policy.get("maxRetries") != 0:
                yield component


def _default(subscription: Resource) -> str | None:
    route: str | None = subscription.at("spec", "routes", "default") or subscription.at("spec", "route")
    return route
