"""load: people at work by locust, through the cluster's public gateway; the functions start from zero."""

from collections.abc import Callable

from loadtests.cluster.site import Site
from loadtests.load import locust, results
from loadtests.result import Result

NAME = "load"
RATE = 30
TARGET_MS = 500.0
CONDITIONS = "locust through the gateway, its people come within five seconds to what is at zero"

Say = Callable[[str], None]


async def measure(site: Site, seconds: int, conditions: str, say: Say) -> list[Result]:
    """The scenario of `make load`, for so long. Raises RuntimeError when locust itself fails."""
    report = "load-cluster"
    code, output = await locust(
        site.gateway_url, site.owner_url, RATE, seconds, report, host=site.host, p99_ms=TARGET_MS
    )
    if code not in (0, 1):
        raise RuntimeError(f"locust failed:\n{output[-2000:]}")
    found = results(NAME, RATE, TARGET_MS, f"{CONDITIONS}; {RATE} requests/s for {seconds} s; {conditions}", report)
    say("; ".join(f"{each.name.removeprefix(f'{NAME}: ')} {each.value:g} {each.unit}" for each in found))
    return found
