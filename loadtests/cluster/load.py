"""load: people at work by locust, through the cluster's public gateway; the functions start from zero."""

from collections.abc import Callable

from loadtests.cluster.site import Site
from loadtests.load import measured
from loadtests.result import Result

NAME = "load"
RATE = 30
TARGET_MS = 500.0
REPORT = "load-cluster"
CONDITIONS = "locust through the gateway, its people come within five seconds to what is at zero"

Say = Callable[[str], None]


async def measure(site: Site, seconds: int, conditions: str, say: Say) -> list[Result]:
    """The scenario of `make load`, for so long. Raises RuntimeError when locust itself fails."""
    conditions = f"{CONDITIONS}; {RATE} requests/s for {seconds} s; {conditions}"
    found = await measured(
        site.gateway_url, site.owner_url, RATE, seconds, NAME, REPORT, TARGET_MS, conditions, site.host
    )
    say("; ".join(f"{each.name.removeprefix(f'{NAME}: ')} {each.value:g} {each.unit}" for each in found))
    return found
