"""`taskwake lint`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Manifests.")

Paths = Annotated[
    list[Path],
    typer.Argument(
        help="Files, folders, or - for what is piped in. A folder with a kustomization.yaml is built first."
    ),
]


@app.command()
def lint(paths: Paths) -> None:
    """Find the known traps of Dapr and Knative in manifests; exit code 1 when there is one."""
    from infra.lint.manifests import ManifestError, kustomize_build, read
    from infra.lint.rules import RULES
    from infra.lint.rules import lint as find
    from infra.local.tools import ToolMissingError
    from infra.local.tools.kustomize import kustomize

    try:
        manifests = read(paths, lambda folder: kustomize_build(kustomize().path)(folder))
    except (ManifestError, ToolMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    found = find(manifests)
    for trap in found:
        typer.echo(str(trap))
    if found:
        typer.echo(f"lint: {len(found)} traps in {len(manifests)} objects", err=True)
        raise typer.Exit(1)
    typer.echo(f"lint: {len(manifests)} objects, {len(RULES)} rules, no trap")
