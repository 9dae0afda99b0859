"""The code of an image: the kernel and the function's own service, not the others'."""

import shutil
from collections.abc import Iterator, Set
from pathlib import Path

from functions.catalogue import BY_NAME, FUNCTIONS
from infra.image.bytecode import compile_bytecode

ROOT = Path(__file__).resolve().parents[2]
APP = "app"
OPERATIONS = "operations"
"""The image that no function is in: migrations, and the command line."""

SERVICES = {function.handler.split(".")[1] for function in FUNCTIONS}
NOT_SERVED = {
    "functions/bootstrap/embedded.py",
    "functions/kernel/embedded",
    "functions/kernel/storage/tables.py",
}
"""What only the embedded way and migrations run."""
NOT_OPERATED = {
    "functions/bootstrap",
    "functions/main.py",
    "functions/operations/commands/simulate.py",
    "functions/operations/demo",
    "functions/operations/serve.py",
    "functions/operations/simulation",
}
"""What only functions, and commands on a laptop, run."""


def files(name: str) -> list[Path]:
    """The files of the image `name`, relative to the repository."""
    functions = Path("functions")
    services = {f"functions/{service}" for service in SERVICES}
    if name == OPERATIONS:
        others = services - {"functions/operations"}
        migrations = [Path("infra/__init__.py"), *_below(Path("infra/migrations"))]
        return [*_below(functions, others | NOT_OPERATED), *migrations]
    handler = Path(BY_NAME[name].handler.partition(":")[0].replace(".", "/")).with_suffix(".py")
    # Beside its one function, the folder of operations holds the command line.
    own = [handler.with_name("__init__.py"), handler] if handler.parent.name == OPERATIONS else _below(handler.parent)
    return [*_below(functions, services | NOT_SERVED), *own]


def _below(folder: Path, left_out: Set[str] = frozenset()) -> Iterator[Path]:
    for path in sorted((ROOT / folder).iterdir()):
        place = path.relative_to(ROOT)
        if path.name == "__pycache__" or str(place) in left_out:
            continue
        if path.is_dir():
            yield from _below(place, left_out)
        else:
            yield place


def lay_out(root: Path, name: str) -> None:
    """Put the code of the image `name` below `root`."""
    for path in files(name):
        place = root / APP / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, place)
    compile_bytecode(root)
