"""components/pubsub.yaml: the broker, and who may publish and hear what."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import Function
from infra.render.document import Value, component, yaml_file
from infra.render.topics import all_topics, heard_by, lanes, published_by

BROKERS_VARIABLE = "TASKWAKE_KAFKA_BROKERS"

WHY = f"""\
Redpanda, or anything else that speaks Kafka's protocol; daprd reads its address from its own environment
({BROKERS_VARIABLE}, host:port, with commas between several), so this file is the same everywhere.

initialOffset   a function that is new reads its topic from the start; newest would lose what came before it
version         the oldest that Kafka 4 takes, and one that Redpanda speaks whole
maxMessageBytes of a record, and of the batch of records that daprd makes per partition: brokers take 1 MiB by
                default, an event is at most 256 KiB
sessionTimeout  when a daprd is killed, its partitions are handed on after this long; brokers take 6 s or more
lanes           a consumer more of the same group in the same daprd, which hands its own partitions' batches over
                while the others hand over theirs
topics          every topic is protected: an app without a scope for it may neither publish nor hear it. daprd's
                own dead letters are bound by publishingScopes too."""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    published = {function.name: published_by(function) for function in functions}
    heard = {function.name: heard_by(function, functions) for function in functions}
    everybodys = _component(PUBSUB, all_topics(functions), published, heard)
    return yaml_file((WHY, everybodys), *(("", lane) for lane in _lanes(functions)))


def _lanes(functions: Sequence[Function]) -> Iterator[Value]:
    """The further lanes: for what a function consumes, and its dead letters, and nothing else."""
    most = max(functions, key=lambda function: function.lanes)
    for lane in lanes(most)[1:]:
        users = [function for function in functions if lane in lanes(function)]
        consumed = {function.name: [function.consumes.topic] for function in users if function.consumes}
        dead_letters = {function.name: [function.dead_letter_topic] for function in users}
        topics = list(chain.from_iterable([*consumed.values(), *dead_letters.values()]))
        yield _component(lane, topics, dead_letters, consumed) | {"scopes": [function.name for function in users]}


def _component(
    name: str, topics: Sequence[str], published: Mapping[str, list[str]], heard: Mapping[str, list[str]]
) -> dict[str, Value]:
    metadata = {
        "brokers": {"envRef": BROKERS_VARIABLE},
        "authType": "none",
        "consumerGroup": "{appID}",
        "initialOffset": "oldest",
        "version": "2.1.0",
        "maxMessageBytes": "1000000",
        "sessionTimeout": "6s",
        "heartbeatInterval": "2s",
        "allowedTopics": ", ".join(topics),
        "protectedTopics": ", ".join(topics),
        "publishingScopes": _scopes(published),
        "subscriptionScopes": _scopes(heard),
    }
    return component(name, "pubsub.kafka/v1", metadata)


def _scopes(topics_of: Mapping[str, list[str]]) -> str:
    """`app=topic,topic;app=topic`; daprd ignores the blanks, at which the YAML breaks its lines."""
    return "; ".join(f"{name}={', '.join(topics)}" for name, topics in topics_of.items() if topics)
