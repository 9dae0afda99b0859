"""`python -m infra.page`: makes of the page's modules and styles the few files that a browser is sent.

They are committed, so that whoever installs or serves Taskwake needs no build; a test compares them with their sources.
"""

import shutil
import subprocess
from pathlib import Path

from functions.chat_api.page_files import BUNDLE, FOLDER
from infra.local.tools.esbuild import esbuild

ENTRIES = ("app.js", "worker.js", "page.css")
OPTIONS = (
    *("--bundle", "--splitting", "--format=esm", "--minify", "--charset=utf8", "--log-level=warning"),
    *("--target=es2022,safari16", "--entry-names=[name]", "--chunk-names=[name]-[hash]"),
)


def bundle(into: Path) -> None:
    """Write the files into this folder, which is made anew. Raises ToolMissingError and CalledProcessError."""
    program = esbuild().path
    shutil.rmtree(into, ignore_errors=True)
    subprocess.run([program, *ENTRIES, *OPTIONS, f"--outdir={into}"], cwd=FOLDER, check=True)


if __name__ == "__main__":
    bundle(BUNDLE)
