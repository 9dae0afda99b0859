"""Bytecode for all Python files of a layer, so that a cold start compiles and checks nothing."""

import sys
from pathlib import Path

from infra.local.tools.command import run


def compile_bytecode(root: Path) -> None:
    """Compile every file below `root`, which will be `/` of a container.

    What is compiled is not compared with its source any more (PEP 552's unchecked hash): in an image every file has the
    same time. One process in one order with one hash seed gives the same bytes each time.
    """
    run(
        [
            *(sys.executable, "-m", "compileall", "-q", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", "/", str(root)),
        ],
        env={"PYTHONHASHSEED": "0", "PYTHONOPTIMIZE": ""},
        purpose=f"Compiling what is in {root}",
    )
