"""The functions' pods, as the API server tells of them: which there are now, and how they came and went."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from infra.render.kubernetes import COMPONENT_LABEL, FUNCTION, NAME_LABEL, NAMESPACE

WATCH_SECONDS = 6 * 3600
MAX_LINE_BYTES = 2**22
STARTING, READY, ENDING, GONE = "starting", "ready", "ending", "gone"


@dataclass(frozen=True, slots=True)
class Seen:
    """At this moment (Unix time), a function had so many pods, and so many of them took requests. `new`: one of
    them had just come to be."""

    at: float
    function: str
    pods: int
    ready: int
    new: bool


class Pods:
    """Of all functions. Nothing polls: each change is seen when the API server tells of it."""

    def __init__(self) -> None:
        self.history: list[Seen] = []
        self._states: dict[str, dict[str, str]] = {}
        self._changed = asyncio.Event()

    def take(self, event: dict[str, Any], at: float) -> None:
        """Note one event of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/)."""
        pod = event["object"]
        name, function = pod["metadata"]["name"], pod["metadata"]["labels"][NAME_LABEL]
        states = self._states.setdefault(function, {})
        state = GONE if event["type"] == "DELETED" else _state(pod)
        before = states.pop(name, GONE)
        if state != GONE:
            states[name] = state
        if state != before:
            ready = sum(each == READY for each in states.values())
            self.history.append(Seen(at, function, len(states), ready, new=before == GONE))
            self._changed.set()

    def there(self) -> Counter[str]:
        """How many pods each function has, those that are ending, too; no entry for one at zero."""
        return Counter({function: len(states) for function, states in self._states.items() if states})

    def awake(self, function: str) -> bool:
        """Whether a function has a pod that is not ending: else the next request starts one."""
        return any(state != ENDING for state in self._states.get(function, {}).values())

    def ready(self, function: str) -> int:
        """How many pods of a function take requests."""
        return sum(state == READY for state in self._states.get(function, {}).values())

    def started_since(self, at: float, *, other_than: str) -> set[str]:
        """The functions, but for this one, of which a pod has come to be since."""
        return {seen.function for seen in self.history if seen.at >= at and seen.new} - {other_than}

    def quiet_for(self) -> float:
        """Seconds since something changed last."""
        return time.time() - self.history[-1].at if self.history else float("inf")

    def of(self, function: str, since: float) -> list[Seen]:
        """What was seen of a function since."""
        return [seen for seen in self.history if seen.function == function and seen.at >= since]

    async def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until it holds. TimeoutError, with the pods there are, when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._changed.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {seconds:.0f} s for {what}; there are {dict(self.there()) or 'none'}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    async def all_at_zero(self, seconds: float) -> None:
        """Wait until no function has a pod."""
        await self.until(lambda: not self.there(), seconds, "every function to be at zero")


@asynccontextmanager
async def watched_pods(kubectl: Sequence[str]) -> AsyncIterator[Pods]:
    """The pods of the functions, looked at while this is open; `kubectl` is the command line that reaches the cluster.

    Raises RuntimeError when the watch ends before.
    """
    # From whatever the API server has at hand (0): the pods there are come first, each as one that was added.
    query = f"watch=true&resourceVersion=0&timeoutSeconds={WATCH_SECONDS}&labelSelector={COMPONENT_LABEL}%3D{FUNCTION}"
    process = await asyncio.create_subprocess_exec(
        *(*kubectl, "get", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods?{query}"),
        stdout=asyncio.subprocess.PIPE,
        limit=MAX_LINE_BYTES,
    )
    pods = Pods()

    async def read() -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            event = json.loads(line)
            if event["type"] == "ERROR":
                raise RuntimeError(f"the API server tells no more of the pods: {event['object'].get('message')}")
            pods.take(event, time.time())
        raise RuntimeError("the API server tells no more of the pods: is the cluster still up?")

    try:
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read())
            yield pods
            reading.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _state(pod: dict[str, Any]) -> str:
    if "deletionTimestamp" in pod["metadata"]:
        return ENDING
    conditions = pod["status"].get("conditions", [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return READY if ready else STARTING
