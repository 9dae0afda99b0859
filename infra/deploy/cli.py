"""`taskwake deploy`, `taskwake undeploy` and `taskwake operate`: Taskwake on a cluster."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

Kubeconfig = Annotated[Path | None, typer.Option(help="As kubectl's; else what kubectl itself takes.")]
Context = Annotated[str, typer.Option(help="As kubectl's; else the current one.")]


@contextmanager
def _errors_said() -> Iterator[None]:
    from infra.deploy.progress import DeployError

    try:
        yield
    except DeployError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted. What was begun goes on in the cluster; deploy again to finish it.", err=True)
        raise typer.Exit(130) from None


@app.command()
def deploy(
    overlay: Annotated[str, typer.Option(help="One of knative/overlays, or a folder of your own (with a /).")],
    kubeconfig: Kubeconfig = None,
    context: Context = "",
    registry: Annotated[str, typer.Option(help="Where the images are, as ghcr.io/you/taskwake; goes with --tag.")] = "",
    tag: Annotated[str, typer.Option(help="Which of them.")] = "",
    images: Annotated[
        Path | None, typer.Option(help='A JSON file of images by name: {"task-due": "registry/task-due@sha256:…", …}')
    ] = None,
    owner_url_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with the address of the database for its owner; at the first time only. Or the variable "
            "DATABASE_URL. A laptop's overlay has a database of its own."
        ),
    ] = None,
    outputs: Annotated[
        Path | None, typer.Option(help="A file with what `tofu output -json` says, where the overlay's platform asks.")
    ] = None,
    gateway: Annotated[
        str, typer.Option(help="Address of the cluster's gateway, for the smoke test; else kubectl finds a way to it.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and show what would be changed.")] = False,
) -> None:
    """Bring Taskwake onto a cluster, or up to date: preflight, platform, secrets, migrations, functions, smoke test.

    Nothing is changed before everything was checked. It can be repeated, and goes on where it was interrupted.
    """
    from infra.deploy import deployment, platform
    from infra.deploy.kubectl import Kubectl

    if bool(registry) != bool(tag):
        raise typer.BadParameter("--registry and --tag go together")
    with _errors_said():
        choices = deployment.Choices(
            overlay,
            images=_images(registry, tag, images),
            owner_url=_owner_url(owner_url_file),
            gateway=gateway,
            outputs=platform.read_outputs(outputs) if outputs else {},
        )
        act = deployment.rehearse if dry_run else deployment.deploy
        act(Kubectl(kubeconfig, context), choices, typer.echo)


@app.command()
def undeploy(
    kubeconfig: Kubeconfig = None,
    context: Context = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove Taskwake from a cluster, with its Secrets; the database and the platform stay."""
    from infra.deploy import deployment
    from infra.deploy.kubectl import Kubectl

    with _errors_said():
        kubectl = Kubectl(kubeconfig, context)
        if not yes:
            typer.confirm(f"Remove Taskwake and its Secrets from {kubectl.current_context()!r}?", abort=True)
        deployment.undeploy(kubectl, typer.echo)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def operate(
    command: Annotated[list[str], typer.Argument(help="As `login`, or `dead-letters list`.")],
    kubeconfig: Kubeconfig = None,
    context: Context = "",
) -> None:
    """Run another command of `taskwake` in the cluster, beside its database: `taskwake operate login`."""
    from infra.deploy.inventory import Inventory
    from infra.deploy.kubectl import Kubectl
    from infra.deploy.operations import console
    from infra.deploy.progress import DeployError, Progress

    with _errors_said():
        kubectl = Kubectl(kubeconfig, context)
        image = Inventory.read(kubectl).operations_image
        if not image:
            raise DeployError(f"Nothing was deployed in {kubectl.current_context()!r} yet: `taskwake deploy` does it.")
        with console(kubectl, image, Progress(lambda text: typer.echo(text, err=True), 1)) as there:
            code = there.attach(*command)
    raise typer.Exit(code)


def _images(registry: str, tag: str, file: Path | None) -> dict[str, str]:
    from functions.catalogue import FUNCTIONS
    from infra.deploy.progress import DeployError
    from infra.render.variants import OPERATIONS

    names = [*(function.name for function in FUNCTIONS), OPERATIONS]
    named = {name: f"{registry.rstrip('/')}/{name}:{tag}" for name in names} if registry else {}
    if file is None:
        return named
    try:
        return named | {str(name): str(image) for name, image in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise DeployError(f"{file} is no JSON object of images by name: {error}") from None


def _owner_url(file: Path | None) -> str:
    from infra.deploy.progress import DeployError

    if file is None:
        return os.environ.get("DATABASE_URL", "")
    try:
        return file.read_text().strip()
    except OSError as error:
        raise DeployError(f"{file} cannot be read: {error.strerror}") from None
