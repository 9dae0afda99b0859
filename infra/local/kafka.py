"""Apache Kafka as one process, broker and controller; it stands in for Redpanda, whose API is the same."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra.local.ports import LOOPBACK
from infra.local.process import ProcessFailedError, ProcessSpec
from infra.local.readiness import PortOpen

# One machine, one broker: an id of its own for each cluster would tell nobody anything.
CLUSTER_ID = "dGFza3dha2UtbG9jYWwtMQ"
# The serial collector and the first compiler alone: up a quarter sooner, and the other cores stay free.
JVM_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms128m")
LOGGING = """\
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n
"""


async def kafka_process(
    *,
    java: Path,
    jars: Path,
    data_dir: Path,
    port: int,
    controller_port: int,
    reached_at: int | None = None,
    partitions: int = 4,
    heap_mb: int = 512,
) -> ProcessSpec:
    """Write the settings into `data_dir`, format the storage unless that was done, and say how to start it.

    A topic comes to be with its first message or reader, with `partitions` partitions. What is in `data_dir`
    is kept when the ports change. Clients are told to connect to `reached_at`, if that is another port than its own.
    Raises ProcessFailedError when the storage cannot be formatted.
    """
    settings, logging = _write_settings(data_dir, port, controller_port, reached_at or port, partitions)
    base: list[str | Path] = [
        java,
        *JVM_FLAGS,
        f"-Xmx{heap_mb}m",
        f"-Dlog4j2.configurationFile={logging}",
        "-cp",
        f"{jars}/*",
    ]
    if not _is_formatted(data_dir):
        await _format([*base, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", settings])
    return ProcessSpec(
        name="kafka",
        argv=[*base, "kafka.Kafka", settings],
        ready=PortOpen(port),
        ready_timeout_seconds=60,
        ports={"kafka": port},
    )


def _is_formatted(data_dir: Path) -> bool:
    return (data_dir / "log" / "meta.properties").exists()


def broker_settings(
    *, data: str, address: str, port: int, controller_port: int, partitions: int, reached_at: int | None = None
) -> dict[str, str]:
    """One broker that is its own controller, keeps its data in `data`, and is known to clients as `address`:`port`, or
    by the port `reached_at`."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK if address == LOOPBACK else ''}:{port},"
        f"CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{address}:{reached_at or port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        "num.partitions": str(partitions),
        "auto.create.topics.enable": "true",
        # A consumer group starts with its first member instead of waiting for more.
        "group.initial.rebalance.delay.ms": "0",
        # A broker that was killed may come back this long after its last heartbeat; the default is 9 s.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # One broker holds every copy there is; few partitions make the internal topics quick to create.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "3",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }


def as_properties(settings: Mapping[str, str]) -> str:
    """As Java reads them."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _write_settings(
    data_dir: Path, port: int, controller_port: int, reached_at: int, partitions: int
) -> tuple[Path, Path]:
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = broker_settings(
        data=str(data_dir / "log"),
        address=LOOPBACK,
        port=port,
        controller_port=controller_port,
        reached_at=reached_at,
        partitions=partitions,
    )
    properties = data_dir / "server.properties"
    properties.write_text(as_properties(settings))
    logging = data_dir / "log4j2.properties"
    logging.write_text(LOGGING)
    return properties, logging


async def _format(argv: list[str | Path]) -> None:
    with tempfile.TemporaryFile() as output:
        process = await asyncio.create_subprocess_exec(
            *map(str, argv), stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
        )
        if await process.wait() != 0:
            output.seek(0)
            raise ProcessFailedError(
                f"Kafka's storage could not be formatted:\n{output.read().decode(errors='replace')}"
            )
