"""`taskwake cluster`: a real Kubernetes with Knative and Dapr on this machine."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.local.cluster.cluster import Cluster

app = typer.Typer(
    no_args_is_help=True,
    help="A real Kubernetes with Knative, Dapr, Kafka and PostgreSQL on this machine, without Docker. Linux and root.",
)

Folder = Annotated[Path, typer.Option(help="The folder that holds all of it.", envvar="TASKWAKE_CLUSTER")]
DEFAULT_FOLDER = Path(".taskwake/cluster")
POLL_SECONDS = 0.3


def _cluster(folder: Path, *, running: bool) -> "Cluster":
    from infra.local.cluster.cluster import Cluster

    cluster = Cluster(folder)
    if running and not cluster.running:
        typer.echo(f"No cluster runs in {cluster.folder}: start one with `taskwake cluster up`.", err=True)
        raise typer.Exit(1)
    return cluster


@app.command()
def up(folder: Folder = DEFAULT_FOLDER) -> None:
    """Start it, or what of it does not run. It runs on until `taskwake cluster down`."""
    from functions.kernel.embedded.folder_lock import FolderTakenError
    from infra.local.process import ProcessFailedError
    from infra.local.tools import ToolMissingError

    cluster = _cluster(folder, running=False)
    try:
        cluster.up(typer.echo)
    except (FolderTakenError, ProcessFailedError, TimeoutError, ToolMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"The cluster {cluster.name} runs.\n"
        f"  deploy  taskwake deploy --overlay minikube\n"
        f"  look    taskwake cluster kubectl -- get pods --all-namespaces\n"
        f"  end     taskwake cluster down   (with all its data)"
    )


@app.command()
def down(folder: Folder = DEFAULT_FOLDER) -> None:
    """End it and remove all of it, its data included."""
    from functions.kernel.embedded.folder_lock import FolderTakenError
    from infra.local.process import ProcessFailedError

    try:
        _cluster(folder, running=False).down()
    except (FolderTakenError, ProcessFailedError, TimeoutError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def status(folder: Folder = DEFAULT_FOLDER) -> None:
    """What runs. Exit code 1 when something of the node does not."""
    cluster = _cluster(folder, running=True)
    typer.echo(f"{cluster.name}  gateway {cluster.gateway_url}  kubeconfig {cluster.kubeconfig}")
    processes = cluster.processes()
    for name, pid in processes.items():
        typer.echo(f"{name:26} {pid.number if pid else 'ended':>8}")
    typer.echo(cluster.kubectl("get", "deployments,statefulsets,kservice", "--all-namespaces"), nl=False)
    if not all(processes.values()):
        raise typer.Exit(1)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def kubectl(
    arguments: Annotated[list[str], typer.Argument(help="What kubectl is to do.")], folder: Folder = DEFAULT_FOLDER
) -> None:
    """Run kubectl against it."""
    command = [*_cluster(folder, running=True).kubectl_command(), *arguments]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - it is to be that program


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A program of the node; without it, the list of logs.")] = "",
    folder: Folder = DEFAULT_FOLDER,
    follow: Annotated[bool, typer.Option("-f", help="Go on as it grows, until Ctrl-C.")] = False,
) -> None:
    """Print the log of a program of the node, such as kubelet. Pods' logs: `taskwake cluster kubectl -- logs`."""
    known = sorted(path.stem for path in (folder / "logs").glob("*.log"))
    if not name:
        typer.echo("\n".join(known))
        return
    if name not in known:
        typer.echo(f"There is no log {name!r} in {folder / 'logs'}; there are: {', '.join(known) or 'none'}.", err=True)
        raise typer.Exit(1)
    with (folder / "logs" / f"{name}.log").open("rb") as log:
        try:
            while True:
                sys.stdout.buffer.write(log.read())
                sys.stdout.flush()
                if not follow:
                    return
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            return


@app.command()
def install(folder: Folder = DEFAULT_FOLDER) -> None:
    """Bring Taskwake onto it, as this checkout has it; again after a change."""
    from functions.kernel.embedded.folder_lock import FolderTakenError
    from infra.deploy.progress import DeployError
    from infra.local.cluster.product import install
    from infra.local.process import ProcessFailedError
    from infra.local.tools import ToolMissingError

    cluster = _cluster(folder, running=True)
    try:
        host = install(cluster, typer.echo)
    except (DeployError, FolderTakenError, ProcessFailedError, ToolMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"Taskwake runs on the cluster {cluster.name}.\n"
        f"  ask     curl -H 'Host: {host}' {cluster.gateway_url}/healthz\n"
        f"  log in  export KUBECONFIG={cluster.kubeconfig}; taskwake operate login\n"
        f"  play    taskwake demo --url {cluster.gateway_url} --host {host} --token $(taskwake operate token)\n"
        f"  end     taskwake cluster down   (with all its data)"
    )


@app.command()
def kubeconfig(folder: Folder = DEFAULT_FOLDER) -> None:
    """Print the path of its administrator's kubeconfig."""
    typer.echo(_cluster(folder, running=True).kubeconfig)


@app.command()
def gateway(folder: Folder = DEFAULT_FOLDER) -> None:
    """Print where public services are reached from this machine, with their name as Host."""
    typer.echo(_cluster(folder, running=True).gateway_url)
