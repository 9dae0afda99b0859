"""PgBouncer in transaction mode in front of PostgreSQL: what Neon's pooled endpoint is."""

import os
from collections.abc import Mapping
from pathlib import Path

from infra.local.ports import LOOPBACK
from infra.local.process import ProcessSpec
from infra.local.readiness import PortOpen

# The first release that keeps protocol-level prepared statements working across server connections.
PREPARED_STATEMENTS_SINCE = (1, 21)


def pgbouncer_process(
    *,
    binary: Path,
    version: str,
    folder: Path,
    port: int,
    server_port: int,
    passwords: Mapping[str, str],
    server_host: str = LOOPBACK,
    pool_size: int = 20,
) -> ProcessSpec:
    """Write its settings into `folder` and say how to start it. `passwords` is role → password in clear.

    Each role is let through to the server with its own password, to any database. Releases before 1.21 lose
    prepared statements between transactions: where `supports_prepared_statements` is False, the client must
    not use them (psycopg: prepare_threshold=None).
    """
    folder.mkdir(parents=True, exist_ok=True)
    roles = folder / "userlist.txt"
    _write_private(roles, "".join(f"{_quoted(role)} {_quoted(password)}\n" for role, password in passwords.items()))
    settings = {
        "listen_addr": LOOPBACK,
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": str(roles),
        "pool_mode": "transaction",
        "default_pool_size": str(pool_size),
        "max_client_conn": "1000",
        "server_reset_query": "",
        # Drivers send these at the start of a session; a pooled one cannot keep them.
        "ignore_startup_parameters": "extra_float_digits,options",
    }
    if supports_prepared_statements(version):
        settings["max_prepared_statements"] = "200"
    text = f"[databases]\n* = host={server_host} port={server_port}\n\n[pgbouncer]\n"
    configuration = folder / "pgbouncer.ini"
    _write_private(configuration, text + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    return ProcessSpec(
        name="pgbouncer",
        argv=[*_not_as_root(), binary, configuration],
        ready=PortOpen(port),
        ports={"pgbouncer": port},
    )


def supports_prepared_statements(version: str) -> bool:
    """Whether this release lets a client use prepared statements in transaction mode."""
    return tuple(int(part) for part in version.split(".")[:2]) >= PREPARED_STATEMENTS_SINCE


def _not_as_root() -> list[str]:
    """It refuses to run as root, so root gets another number in a user namespace, with the same files.

    Linux forgets on the way there whose child this is, so it is told again.
    """
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "setpriv", "--pdeathsig", "KILL"]


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
