"""What Kafka itself says of where it has an event, read from its files: no Dapr, and no consumer, has a say in it."""

import asyncio
import re
import subprocess

from infra.local import tools
from infra.local.stack import DaprStack


async def places_of(stack: DaprStack, topic: str, event_id: str) -> list[tuple[int, int]]:
    """Partition and offset of each message of this topic that holds the event."""
    found = []
    for log in sorted((stack.folder / "kafka" / "log").glob(f"{topic}-*/*.log")):
        if event_id.encode() in log.read_bytes():
            partition = int(log.parent.name.rpartition("-")[2])
            argv = [tools.java().path, "-cp", f"{tools.kafka().path}/*", "kafka.tools.DumpLogSegments"]
            dumped = await asyncio.to_thread(
                subprocess.run,
                [*argv, "--print-data-log", "--files", log],
                capture_output=True,
                text=True,
                check=True,
            )
            for line in dumped.stdout.splitlines():
                offset = re.search(r"^\|? *offset: (\d+) ", line)
                if offset and event_id in line:
                    found.append((partition, int(offset[1])))
    return found
