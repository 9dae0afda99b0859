"""The bottom layer of every function's image: this interpreter in /usr/local, and what it needs of the system."""

import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.image.bytecode import compile_bytecode
from infra.local.tools.tool import ToolMissingError

USER = 65532
PREFIX = "usr/local"
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"

# What nothing that serves needs: tests, installers, windows, terminals; and what is this machine's own.
LEFT_OUT = re.compile(
    r"(test|_test.*|_ctypes_test|_?xx.*|__phello__|ensurepip|venv|lib2to3|pydoc_data|config-.*"
    r"|idlelib|tkinter|_tkinter|turtle|turtledemo|curses|_curses.*|readline|nis|ossaudiodev"
    r"|sitecustomize|usercustomize|site-packages|dist-packages|__pycache__)"
    r"(\.py|\.cpython-.*\.so)?"
)
# The libraries that any wheel may rely on to be there (PEP 600, manylinux), but for those of windows.
OF_WHEELS = ("libgcc_s.so.1", "libstdc++.so.6", "libdl.so.2", "libpthread.so.0", "libresolv.so.2", "librt.so.1")
# Older C libraries load these by name when an address is looked up.
OF_NAMES = ("libnss_dns.so.2", "libnss_files.so.2")

FILES = {
    "etc/passwd": f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{USER}:{USER}:nonroot:/tmp:/sbin/nologin\n",
    "etc/group": f"root:x:0:\nnonroot:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def lay_out(root: Path) -> None:
    """Put the runtime below `root`."""
    for source, target in sources():
        place = root / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
    for name in ("python", "python3"):
        (root / PREFIX / "bin" / name).symlink_to(VERSION)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    compile_bytecode(root)


def sources() -> Iterator[tuple[Path, str]]:
    """The files of this machine that the runtime is made of, and their places in it."""
    program = Path(sys.base_prefix) / "bin" / VERSION
    library = Path(sys.base_prefix) / "lib" / VERSION
    files = list(_files(library))
    yield program, f"{PREFIX}/bin/{VERSION}"
    for path in files:
        yield path, f"{PREFIX}/lib/{VERSION}/{path.relative_to(library)}"
    for path, target in shared_libraries([program, *(path for path in files if path.suffix == ".so")]):
        yield path, target
    yield _certificates(), CERTIFICATES


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if LEFT_OUT.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def shared_libraries(programs: Iterable[Path]) -> list[tuple[Path, str]]:
    """What the system's loader would load for these, and for wheels: each with its place in an image.

    All of it goes into the one folder that the loader searches on this system, since an image has no list of others.
    """
    done = subprocess.run(["ldd", *map(str, programs)], stdout=subprocess.PIPE, text=True, check=True)
    if missing := set(re.findall(r"^\t(\S+) => not found", done.stdout, re.MULTILINE)):
        raise ToolMissingError(f"This Python lacks {', '.join(sorted(missing))}. Install them, or run another Python.")
    found = {name: Path(path) for name, path in re.findall(r"^\t(\S+) => (/\S+) \(", done.stdout, re.MULTILINE)}
    folder = found["libc.so.6"].parent
    for name in (*OF_WHEELS, *OF_NAMES):
        for place in (folder / name, Path("/usr", *folder.parts[1:], name)):
            if place.exists():
                found.setdefault(name, place)
    loaders = set(re.findall(r"^\t/(\S+) \(", done.stdout, re.MULTILINE))
    libraries = [(path, f"{folder}/{name}".lstrip("/")) for name, path in found.items()]
    return sorted(libraries + [(Path("/", loader), loader) for loader in loaders])


def _certificates() -> Path:
    for path in (ssl.get_default_verify_paths().cafile, f"/{CERTIFICATES}", "/etc/pki/tls/certs/ca-bundle.crt"):
        if path and Path(path).is_file():
            return Path(path)
    raise ToolMissingError("No CA certificates are here. Install them (Debian: apt-get install ca-certificates).")
