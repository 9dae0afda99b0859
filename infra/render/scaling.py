"""How many pods a function gets, when, and for how long: every number in one place, with its reason."""

from dataclasses import dataclass

from functions.kernel.host.function import Function

PARTITIONS = 4
"""Of each topic, on one machine; an overlay with more says so in the annotation taskwake.dev/partitions."""
ALARM_LEAD_SECONDS = 5
"""Two cold starts, one after the other (the alarm's, then those whom it warms), with time to spare."""
WINDOW_SECONDS = 30
"""A burst's pods are gone half a minute after it. Shorter, and the panic window (a tenth of it) sees too little."""
RETENTION_SECONDS = 15
"""The last pod stays so much longer: one event causes the next, and a warmed function must not sleep in before
its event comes. Window, retention and Knative's own grace stay well below the two minutes after which all is quiet."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Of one Knative Service.

    `target` is how many requests at once a pod is to have on average, `concurrency` how many it takes at most
    (null: any number). `timeout_seconds` ends a request, and is a pod's grace when it is to go. Idle for
    `window_seconds` and `retention_seconds`, the last pod is sent away, which takes Knative half a minute.
    """

    max_scale: int = PARTITIONS
    target: float = 1
    concurrency: int | None = 2 * PARTITIONS
    timeout_seconds: int = 75
    window_seconds: int = WINDOW_SECONDS
    retention_seconds: int = RETENTION_SECONDS


# A partition's events are handed over one after the other, so more pods than partitions would have nothing to do. One
# batch keeps a processor and a connection busy: the next one at the same time is worth a pod. Until it is there, one
# pod takes a batch of each partition, beside the announcements that ask for the others. A burst is over before an
# average over seconds says that it came: the alarm counts what is due, and asks for the pods ahead (decision 0007).
# Longer than the 60 s that daprd waits (resiliency.yaml), so daprd decides.
EVENTS = Scaling()
# Each of its requests mostly waits for a mail server or a webhook.
SENDING = Scaling(target=4, concurrency=16)
# Each ring waits inside for its moment, and claims what is due: many at once cost little. A ring lasts the lead time
# and a second, and after an outage as long as the claiming takes; setting all alarms again is one request, too. It is
# the last to be awake, for the outbox check up to a minute after an event, and nobody's event follows that: soon gone.
RINGING = Scaling(target=50, concurrency=None, timeout_seconds=180, window_seconds=10, retention_seconds=5)
# People, and one open stream for each page: they mostly wait. 600 s is Knative's own maximum, at which a stream is cut;
# the page resumes it.
SERVING = Scaling(target=80, concurrency=None, timeout_seconds=600)


def serves_people(function: Function) -> bool:
    """Whether its requests come from outside: it handles no events, no alarms and no dead letters."""
    return not (function.consumes or function.rings or function.dead_letters)


def scaling_of(function: Function) -> Scaling:
    """What fits what the function does."""
    if function.rings:
        return RINGING
    if serves_people(function):
        return SERVING
    if function.consumes and function.max_batch == 1:
        return SENDING
    return EVENTS


def annotations(scaling: Scaling) -> dict[str, str]:
    """For Knative's autoscaler."""
    values = {
        "min-scale": "0",
        "max-scale": f"{scaling.max_scale}",
        "metric": "concurrency",
        "target": f"{scaling.target:g}",
        # The target is the target: Knative would otherwise aim at 70 % of it.
        "target-utilization-percentage": "100",
        "window": f"{scaling.window_seconds}s",
        "scale-to-zero-pod-retention-period": f"{scaling.retention_seconds}s",
    }
    return {f"autoscaling.knative.dev/{name}": value for name, value in values.items()}
