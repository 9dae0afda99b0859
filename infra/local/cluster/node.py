"""The node: PID, mount and network namespaces of its own, so that ending its first process ends all of it at once."""

import json
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

from infra.local.cluster import cgroups
from infra.local.cluster.addresses import Addresses, candidates
from infra.local.cluster.processes import Pid, start_detached, tail, wait_until, write_whole
from infra.local.process import ProcessFailedError

NETWORK_NAMESPACES = Path("/run/netns")
# Folders that kubelet and the CNI plugins have fixed: in the node, each is a folder of the cluster's own.
FIXED_FOLDERS = {"/var/lib/kubelet": "kubelet", "/var/lib/cni": "cni"}
# kubelet would set these for the whole machine. In the node they read as if they were set, and nothing is changed.
SYSCTLS = {
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "kernel/keys/root_maxkeys": 1_000_000,
    "kernel/keys/root_maxbytes": 25_000_000,
}


class Node:
    """The namespaces of the cluster in `folder`; `init` is the program that is process 1 in them."""

    def __init__(self, folder: Path, init: Path) -> None:
        self.folder = folder
        self._init = init
        self._state = folder / "node.json"
        self._log = folder / "logs" / "node.log"

    @property
    def addresses(self) -> Addresses:
        """Raises FileNotFoundError before the first start."""
        return Addresses(json.loads(self._state.read_text())["block"])

    @property
    def pid(self) -> Pid | None:
        """Its first process, if it runs."""
        try:
            state = json.loads(self._state.read_text())
        except FileNotFoundError:
            return None
        pid = Pid(**state["pid"])
        return pid if pid.alive else None

    @property
    def started_at(self) -> datetime:
        """When it was last started; what is said to run since before does not."""
        return datetime.fromisoformat(json.loads(self._state.read_text())["started_at"])

    def enter(self) -> list[str]:
        """What, before a command, runs it inside. Raises ProcessFailedError when the node does not run."""
        if (pid := self.pid) is None:
            raise ProcessFailedError(f"the node of {self.folder} does not run: `taskwake cluster up` starts it")
        # Not `ip netns exec`, which would mount a new /sys without the control groups.
        return ["nsenter", f"--target={pid.number}", "--mount", "--net", "--pid", "--"]

    def start(self) -> None:
        """Start it unless it runs. Raises ProcessFailedError when it can't be."""
        if self.pid:
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        pid = start_detached(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--", "sh", "-ec", self._mounts()],
            self._log,
        )
        wait_until(lambda: _runs(pid, self._init) or not pid.alive, 10, "the node's first process")
        if not pid.alive:
            raise ProcessFailedError(f"The node could not be started. {tail(self._log)}")
        addresses = self._claim(pid)
        state = {
            "block": addresses.number,
            "pid": asdict(pid),
            "namespace": _inode(addresses),
            "started_at": datetime.now(UTC).isoformat(),
        }
        write_whole(self._state, json.dumps(state))
        self._connect(addresses)
        cgroups.make(addresses.name)

    def stop(self) -> None:
        """End all of it, and remove what it has on this machine outside of its folder."""
        if pid := self.pid:
            pid.kill()
        with suppress(FileNotFoundError):
            addresses = self.addresses
            if self._is_ours(addresses):
                _ip("netns", "delete", addresses.name)
                # It goes with the namespace, but a moment later.
                wait_until(lambda: not Path(f"/sys/class/net/{addresses.interface}").exists(), 10, "the link to go")
            cgroups.remove(addresses.name)
        _remove_places()

    def _mounts(self) -> str:
        """What process 1 does before it becomes `init`. Nothing of it is seen outside."""
        lines = ["mount -t tmpfs -o mode=755 tmpfs /run"]
        for place, name in FIXED_FOLDERS.items():
            Path(place).mkdir(parents=True, exist_ok=True)
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            lines.append(f"mount --bind '{self.folder / name}' {place}")
        for name, value in SYSCTLS.items():
            file = self.folder / "sysctl" / name.replace("/", ".")
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{value}\n")
            lines.append(f"mount --bind '{file}' /proc/sys/{name}")
        return "\n".join([*lines, f"exec '{self._init}'"])

    def _claim(self, pid: Pid) -> Addresses:
        """A block that nobody has; the name of the namespace is the claim. After a crash, the one it had before, since
        certificates name its addresses."""
        NETWORK_NAMESPACES.mkdir(exist_ok=True)
        if self._state.exists():
            addresses = self.addresses
            if self._is_ours(addresses):
                _ip("netns", "delete", addresses.name)
            if not _attach(addresses, pid):
                pid.kill()
                raise ProcessFailedError(
                    f"Another cluster has taken the addresses of {self.folder} while it did not run: "
                    "take this one down (`taskwake cluster down`), and up again."
                )
            return addresses
        routes = _routes()
        for addresses in candidates(self.folder):
            if not any(addresses.block.overlaps(route) for route in routes) and _attach(addresses, pid):
                return addresses
        pid.kill()
        raise ProcessFailedError("No block of addresses is free: take other clusters down first.")

    def _is_ours(self, addresses: Addresses) -> bool:
        with suppress(FileNotFoundError):
            recorded: int = json.loads(self._state.read_text())["namespace"]
            return recorded == _inode(addresses)
        return False

    def _connect(self, addresses: Addresses) -> None:
        """Link it with this machine, which then reaches its services and pods; nothing else does."""
        link, inside = addresses.link.prefixlen, ("-n", addresses.name)
        outer, inner = addresses.interface, "uplink"
        wait_until(lambda: not Path(f"/sys/class/net/{outer}").exists(), 10, f"the interface {outer} to be free")
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", addresses.name)
        _ip("address", "add", f"{addresses.machine}/{link}", "dev", outer)
        _ip("link", "set", outer, "up")
        _ip(*inside, "link", "set", "lo", "up")
        _ip(*inside, "address", "add", f"{addresses.node}/{link}", "dev", inner)
        _ip(*inside, "link", "set", inner, "up")
        # Nothing is behind it, but kubelet and service addresses want a default route.
        _ip(*inside, "route", "add", "default", "via", str(addresses.machine))
        for network in (addresses.services, addresses.pods):
            _ip("route", "add", str(network), "via", str(addresses.node), "dev", outer)
        bridge = "/proc/sys/net/bridge/bridge-nf-call-iptables"
        _run(
            *self.enter(),
            *("sh", "-ec", f"[ -e {bridge} ] || modprobe br_netfilter; echo 1 > {bridge}"),
        )
        _run(*self.enter(), "sh", "-ec", "echo 1 > /proc/sys/net/ipv4/ip_forward")


def _remove_places() -> None:
    """What the last cluster on this machine leaves of what others might use as well."""
    if any(NETWORK_NAMESPACES.glob("taskwake-*")):
        return
    if NETWORK_NAMESPACES.is_mount() and not any(NETWORK_NAMESPACES.iterdir()):
        _run("umount", str(NETWORK_NAMESPACES))  # `ip netns` mounts it
    for place in (*FIXED_FOLDERS, str(NETWORK_NAMESPACES)):
        with suppress(OSError):  # it holds something of somebody else's, or was never there
            os.rmdir(place)


def _runs(pid: Pid, program: Path) -> bool:
    with suppress(OSError):
        return os.readlink(f"/proc/{pid.number}/exe") == str(program.resolve())
    return False


def _inode(addresses: Addresses) -> int:
    return (NETWORK_NAMESPACES / addresses.name).stat().st_ino


def _attach(addresses: Addresses, pid: Pid) -> bool:
    """Name the namespace; False when the name is taken."""
    try:
        _ip("netns", "attach", addresses.name, str(pid.number))
    except ProcessFailedError:
        if (NETWORK_NAMESPACES / addresses.name).exists():
            return False
        raise
    return True


def _routes() -> list[IPv4Network]:
    """Where this machine already goes to, but for the default route."""
    shown = json.loads(_run("ip", "-4", "-json", "route", "show", "table", "all"))
    return [
        IPv4Network(route["dst"]) for route in shown if route["dst"] != "default" and route.get("type") != "multicast"
    ]


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _run(*argv: str) -> str:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    program = shutil.which(argv[0], path=path)
    done = subprocess.run([program or argv[0], *argv[1:]], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessFailedError(f"`{' '.join(argv)}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
