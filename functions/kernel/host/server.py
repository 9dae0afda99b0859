"""`python -m functions.kernel.host.server`: serves the function that FUNCTION_TARGET names, out of FUNCTION_SOURCE, as
its image does: `uvicorn functions_framework.aio:app`, with bounds on the heads and bodies of requests."""

import argparse

import uvicorn

from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.host.drain import DRAIN_SECONDS

KEEP_ALIVE_SECONDS = 120
"""Longer than Knative's queue-proxy keeps a connection (90 s): it never writes to a closed one."""


def main() -> None:
    """Serve until SIGTERM. The function is made before the port is opened, so that ready means ready and what cannot
    start gets no traffic."""
    parser = argparse.ArgumentParser(prog="python -m functions.kernel.host.server")
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - the pod's network
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--drain-seconds", type=int, default=DRAIN_SECONDS, help="so long it ends what it was given")
    asked = parser.parse_args()
    uvicorn.run(
        "functions_framework.aio:create_asgi_app",
        factory=True,
        host=asked.host,
        port=asked.port,
        http=BoundedRequest,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=asked.drain_seconds,
    )


if __name__ == "__main__":
    main()
