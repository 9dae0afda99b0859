"""components/pubsub.yaml: the broker, and who may publish and hear what."""

from collections.abc import Callable, Sequence

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import Function
from infra.render.document import component, yaml_file
from infra.render.topics import all_topics, heard_by, published_by

BROKERS_VARIABLE = "TASKWAKE_KAFKA_BROKERS"

WHY = f"""\
Redpanda, or anything else that speaks Kafka's protocol; daprd reads its address from its own environment
({BROKERS_VARIABLE}, host:port, with commas between several), so this file is the same everywhere.

initialOffset   a function that is new reads its topic from the start; newest would lose what came before it
version         the oldest that Kafka 4 takes, and one that Redpanda speaks whole
maxMessageBytes of a record, and of the batch of records that daprd makes per partition: brokers take 1 MiB by
                default, an event is at most 256 KiB
sessionTimeout  when a daprd is killed, its partitions are handed on after this long; brokers take 6 s or more
topics          every topic is protected: an app without a scope for it may neither publish nor hear it. daprd's
                own dead letters are bound by publishingScopes too."""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    metadata = {
        "brokers": {"envRef": BROKERS_VARIABLE},
        "authType": "none",
        "consumerGroup": "{appID}",
        "initialOffset": "oldest",
        "version": "2.1.0",
        "maxMessageBytes": "1000000",
        "sessionTimeout": "6s",
        "heartbeatInterval": "2s",
        "allowedTopics": ", ".join(all_topics(functions)),
        "protectedTopics": ", ".join(all_topics(functions)),
        "publishingScopes": _scopes(functions, published_by),
        "subscriptionScopes": _scopes(functions, lambda function: heard_by(function, functions)),
    }
    return yaml_file((WHY, component(PUBSUB, "pubsub.kafka/v1", metadata)))


def _scopes(functions: Sequence[Function], topics_of: Callable[[Function], list[str]]) -> str:
    """`app=topic,topic;app=topic`; daprd ignores the blanks, at which the YAML breaks its lines."""
    scoped = {function.name: topics_of(function) for function in functions}
    return "; ".join(f"{name}={', '.join(topics)}" for name, topics in scoped.items() if topics)
