"""Runs seeds, and says what is wrong with which."""

import argparse
import logging
import sys
import time
from collections import Counter

from tests.faults.simulation.run import Run, simulate
from tests.faults.simulation.server import Server
from tests.faults.simulation.world import StuckError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="only this one, with all that happens in it")
    parser.add_argument("--seeds", type=int, default=100, help="so many (100)")
    parser.add_argument("--first", type=int, default=0, help="from this one on (0)")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what breaks is in the history
    with Server.started() as server:
        if asked.seed is not None:
            run = simulate(server, asked.seed)
            print("\n".join(run.lines))
            return _tell(run)
        return _run(server, range(asked.first, asked.first + asked.seeds))


def _run(server: Server, seeds: range) -> int:
    began = time.monotonic()
    wrong, kills, writes, told = 0, Counter[str](), 0, 0
    for seed in seeds:
        try:
            run = simulate(server, seed)
        except StuckError as error:
            print(f"seed {seed}: stuck: {error}", flush=True)
            wrong += 1
            continue
        wrong += bool(_tell(run))
        kills += run.kills
        writes += sum(write.accepted for write in run.history.writes)
        told += len(run.history.told)
    took = time.monotonic() - began
    print(f"{len(seeds)} seeds in {took:.0f} s ({len(seeds) / took:.1f} a second)")
    print(f"  {writes} accepted writes, {told} notices")
    for point, times in kills.most_common():
        print(f"  {times:6} kills {point}")
    print(f"{wrong} seeds with something wrong")
    return wrong > 0


def _tell(run: Run) -> int:
    for finding in run.findings:
        print(f"seed {run.seed}: {finding}")
    if run.findings:
        print(f"  replay: .venv/bin/python -m tests.faults.simulation --seed {run.seed}", flush=True)
    return bool(run.findings)


if __name__ == "__main__":
    sys.exit(main())
