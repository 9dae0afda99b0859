"""pubsub.kafka: what it loses, and who may publish and hear what."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests, Resource

PUBSUB = "pubsub.kafka"


def initial_offset(manifests: Manifests) -> Iterator[Finding]:
    """A consumer group that is new begins at the newest event, and loses what was published before."""
    for component in manifests.components(PUBSUB):
        if (value := component.metadata().get("initialOffset")) != "oldest":
            yield finding(
                component,
                f"initialOffset is {value or 'newest, by default'}: a function that is new loses what came before it",
                "set oldest",
            )


def consumer_group(manifests: Manifests) -> Iterator[Finding]:
    """Apps of one consumer group take each other's events away."""
    for component in manifests.components(PUBSUB):
        group = component.metadata().get("consumerGroup")
        if group is None:
            yield finding(component, "whose events are whose is left to a default", "set consumerGroup to {appID}")
        elif "{appID}" not in str(group) and len(component.scopes) != 1:
            yield finding(
                component,
                f"all apps that load it are the consumer group {group}, and take each other's events away",
                "set consumerGroup to {appID}",
            )


def unprotected_topic(manifests: Manifests) -> Iterator[Finding]:
    """Whoever has no scopes at all may publish and hear every topic that is not protected."""
    for component in manifests.components(PUBSUB):
        protected = _topics(component, "protectedTopics")
        for topic in sorted(_used(manifests, component) - protected):
            yield finding(
                component, f"any app may publish and hear {topic}", "name it in protectedTopics, and who may in scopes"
            )


def not_allowed(manifests: Manifests) -> Iterator[Finding]:
    """daprd refuses a subscription out of scope, and its own dead letters too, when it comes to them."""
    for component in manifests.components(PUBSUB):
        hearing, publishing = _scopes(component, "subscriptionScopes"), _scopes(component, "publishingScopes")
        allowed = _topics(component, "allowedTopics")
        for app, topic, dead_letters in _subscribed(manifests, component):
            if hearing and topic not in hearing.get(app, set()):
                yield finding(
                    component, f"{app} subscribes to {topic} and may not hear it", "name it in subscriptionScopes"
                )
            if dead_letters and publishing and dead_letters not in publishing.get(app, set()):
                yield finding(
                    component,
                    f"the dead letters of {app} are lost: its daprd may not publish {dead_letters}",
                    "name it in publishingScopes",
                )
        if allowed:
            for topic in sorted(_used(manifests, component) - allowed):
                yield finding(component, f"{topic} is used, and nobody may", "name it in allowedTopics")


def _used(manifests: Manifests, component: Resource) -> set[str]:
    subscribed = list(_subscribed(manifests, component))
    heard = {topic for _, topic, _ in subscribed} | {dead_letters for *_, dead_letters in subscribed if dead_letters}
    return heard.union(*_scopes(component, "publishingScopes").values())


def _subscribed(manifests: Manifests, component: Resource) -> Iterator[tuple[str, str, str | None]]:
    """(app, topic, dead letter topic) of each subscription to this component."""
    for subscription in manifests.dapr("Subscription"):
        if subscription.at("spec", "pubsubname") == component.name:
            for app in subscription.scopes:
                yield app, subscription.at("spec", "topic"), subscription.at("spec", "deadLetterTopic")


def _topics(component: Resource, key: str) -> set[str]:
    value = str(component.metadata().get(key) or "").replace(" ", "")
    return set(filter(None, value.split(",")))


def _scopes(component: Resource, key: str) -> dict[str, set[str]]:
    value = str(component.metadata().get(key) or "").replace(" ", "")
    apps = (app.partition("=") for app in value.split(";") if app)
    return {app: set(filter(None, topics.split(","))) for app, _, topics in apps}
