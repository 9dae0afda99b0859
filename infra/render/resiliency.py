"""components/resiliency.yaml: how long a failing delivery is tried, and how long anything may take."""

from collections.abc import Sequence

from functions.kernel.dapr.conversation_store import STORE as CONVERSATIONS
from functions.kernel.host.function import Function
from infra.render.document import Value, resource, yaml_file
from infra.render.topics import lanes

FIRST_INTERVAL_SECONDS, FACTOR = 0.5, 1.5
"""Dapr's own, which no setting changes."""
MAX_INTERVAL_SECONDS = 15
MAX_RETRIES = 27


def seconds_of_retries() -> float:
    """How long deliveries are retried on average, before daprd gives up; each wait varies by half."""
    waits = [min(FIRST_INTERVAL_SECONDS * FACTOR**number, MAX_INTERVAL_SECONDS) for number in range(MAX_RETRIES)]
    return sum(waits)


WHY = f"""\
Deliveries (inbound): waits of 0.5 s, 0.75 s, 1.1 s, ... up to {MAX_INTERVAL_SECONDS} s, each +-50 %:
{MAX_RETRIES} retries in about {seconds_of_retries() / 60:.0f} minutes, 10 of them in the first. So a cold start (503)
costs little and is no dead letter, and a database that is away for minutes is waited for. What daprd gives up
then is a dead letter, which waits in its topic until it can be stored: a longer outage loses nothing either.
The price: while an event is retried, what is behind it waits: its partition, and in bulk, where daprd hands
one batch of a lane over at a time, the lane. An event of which its function knows that it can never be
handled is not retried at all, and one of a bulk that will fail each time is given up by its function at once.
Without a time limit, a function that hangs would hold its partition for ever. 60 s are more than the slowest
lawful delivery takes (an e-mail or a webhook: 15 s, a bulk of 1000: under a second).

Publishing (outbound): no retries here, since the outbox check publishes what was left behind; the limit lets
the caller go on. Conversations: a person waits. Jobs: the scheduler's own retries, nothing more."""


def render(functions: Sequence[Function]) -> str:
    """The file's text."""
    pubsubs = sorted({lane for function in functions for lane in lanes(function)})
    spec: Value = {
        "policies": {
            "timeouts": {"delivery": "60s", "publishing": "10s", "conversation": "5s"},
            "retries": {
                "delivery": {
                    "policy": "exponential",
                    "maxInterval": f"{MAX_INTERVAL_SECONDS}s",
                    "maxRetries": MAX_RETRIES,
                }
            },
        },
        "targets": {
            "components": {
                **{
                    pubsub: {
                        "inbound": {"timeout": "delivery", "retry": "delivery"},
                        "outbound": {"timeout": "publishing"},
                    }
                    for pubsub in pubsubs
                },
                CONVERSATIONS: {"outbound": {"timeout": "conversation"}},
            }
        },
    }
    return yaml_file((WHY, resource("Resiliency", "taskwake", spec)))
