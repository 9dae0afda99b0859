"""What is in the images, and that each does its work from there alone."""

import importlib.util
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path, PurePosixPath

import psycopg
import pytest
import pytest_asyncio
from packaging.requirements import Requirement

from functions.catalogue import BY_NAME, FUNCTIONS
from functions.kernel.embedded.postgres import Postgres
from infra.image.archive import Image
from infra.image.images import BUDGET_BYTES, NAMES, extra_of, pack
from infra.image.packages import BASE, requirements
from infra.image.source import OPERATIONS, SERVICES
from infra.local.ports import LOOPBACK, PortBlock, claim_block
from tests.in_thread import in_thread
from tests.integration.infra.image.conftest import Unpacked

pytestmark = pytest.mark.requirement("CLUSTER-002")
START_SECONDS = 30
SERVED = [function.name for function in FUNCTIONS]
PASSWORD = "of this test alone"

# Whatever the code imports at any time; what stands under TYPE_CHECKING is never imported.
IMPORT_ALL = """
import ast, importlib, json, pathlib
missing = {}
for path in sorted(pathlib.Path().rglob("*.py")):
    tree = ast.parse(path.read_text())
    typed = [block for block in ast.walk(tree) if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)]
    ignored = {id(node) for block in typed for node in ast.walk(block)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in ignored:
            for name in [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]:
                try:
                    importlib.import_module(name)
                except ModuleNotFoundError as error:
                    missing[error.name] = str(path)
print(json.dumps(missing))
"""


def get(url: str) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return int(answer.status)
    except urllib.error.URLError as error:
        return error.code if isinstance(error, urllib.error.HTTPError) else None


def pins(extra: str) -> list[Requirement]:
    lines = requirements(extra).read_text().splitlines()
    found = [Requirement(line.rstrip(" \\")) for line in lines if line and line[0] not in " #"]
    return [pin for pin in found if pin.marker is None or pin.marker.evaluate()]


@pytest.fixture(scope="session")
def ports() -> Iterator[PortBlock]:
    with claim_block() as block:
        yield block


@pytest.fixture
def secrets_api(ports: PortBlock) -> Iterator[int]:
    """Dapr's secrets API as far as chat-api asks it before it serves: its daprd is in another pod."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({name: "postgresql://nobody@127.0.0.1:1/none"}).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with in_thread(HTTPServer((LOOPBACK, 0), Answers)) as server:
        yield server.server_port


@pytest_asyncio.fixture(scope="session")
async def owner_url(ports: PortBlock, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """An empty PostgreSQL, by TCP."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"), port=ports.take("postgres"))
    postgres.start()
    await postgres.ready()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
    yield postgres.url(password=PASSWORD)
    postgres.stop()


@pytest.mark.requirement("CLUSTER-001")
@pytest.mark.parametrize("name", SERVED)
def test_a_function_serves_from_its_image_read_only_and_without_rights(
    unpacked: dict[str, Unpacked], name: str, ports: PortBlock, secrets_api: int, tmp_path: Path
) -> None:
    port, log = ports.take(name), tmp_path / "log"
    with unpacked[name].started(log, port, DAPR_HTTP_ENDPOINT=f"http://{LOOPBACK}:{secrets_api}") as process:
        deadline = time.monotonic() + START_SECONDS
        while (status := get(f"http://{LOOPBACK}:{port}/healthz")) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        assert status == 200, log.read_text()
        process.terminate()
        process.wait(10)
    assert "Finished server process" in log.read_text()


def test_a_function_that_cannot_be_made_ends_before_it_listens(unpacked: dict[str, Unpacked]) -> None:
    image = unpacked["task-due"]

    done = image.run(*image.config["Entrypoint"], FUNCTION_TARGET="nobody")

    assert done.returncode != 0
    assert "'nobody'" in done.stdout
    assert "running on" not in done.stdout


@pytest.mark.requirement("CLUSTER-001")
def test_a_container_can_write_nowhere_but_below_tmp(unpacked: dict[str, Unpacked]) -> None:
    script = """
import os, tempfile
print(os.getuid(), os.getgid(), os.getgroups(), os.getcwd(), tempfile.gettempdir())
for folder in ("/", "/app", "/usr/local/lib", "/etc"):
    print(os.access(folder, os.W_OK))
tempfile.TemporaryFile().close()
"""
    done = unpacked["chat-api"].run("/usr/local/bin/python", "-c", script)

    identity, *writable = done.stdout.splitlines()
    assert identity == "65532 65532 [] /app /tmp", done.stdout
    assert writable == ["False"] * 4


def test_a_container_knows_time_zones_and_who_signs_certificates(unpacked: dict[str, Unpacked]) -> None:
    script = """
import ssl, zoneinfo
assert zoneinfo.TZPATH == ()
print(zoneinfo.ZoneInfo("Europe/Berlin").key, ssl.create_default_context().cert_store_stats()["x509_ca"])
"""
    done = unpacked["delivery-requested"].run("/usr/local/bin/python", "-c", script)

    zone, _, certificates = done.stdout.partition(" ")
    assert zone == "Europe/Berlin", done.stdout
    assert int(certificates) > 50


@pytest.mark.parametrize("name", NAMES)
def test_all_that_an_images_code_imports_is_in_it(unpacked: dict[str, Unpacked], name: str) -> None:
    done = unpacked[name].run("/usr/local/bin/python", "-c", IMPORT_ALL)

    assert done.returncode == 0, done.stdout
    missing = set(json.loads(done.stdout.splitlines()[-1]))
    # Code that stands there for others: services, functions of the same service, ways to run it on a laptop.
    elsewhere = {"functions." + service for service in SERVICES}
    if name == OPERATIONS:
        # Chat goes without a history where there is none.
        elsewhere |= {"functions.bootstrap", "infra.", "readline"}
    else:
        # A webhook's URL is read alike by who takes it and who calls it, and by nobody else.
        elsewhere |= {"httpx"}
        siblings = [function for function in FUNCTIONS if function.service == BY_NAME[name].service]
        elsewhere |= {pin.name for sibling in siblings if sibling.extra for pin in pins(sibling.extra)}
    assert {module for module in missing if not module.startswith(tuple(elsewhere))} == set(), done.stdout


@pytest.mark.requirement("CLUSTER-001")
@pytest.mark.parametrize("name", NAMES)
def test_an_image_holds_the_packages_of_its_own_extra_and_no_other(unpacked: dict[str, Unpacked], name: str) -> None:
    extra = extra_of(name)
    wanted = [pin.name for pin in (*pins(BASE), *(pins(extra) if extra else []))]

    records = [path for path in unpacked[name].files() if path.endswith(".dist-info/METADATA")]
    found = [re.sub(r"[-_.]+", "-", PurePosixPath(path).parent.name.partition("-")[0]).lower() for path in records]

    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("name", NAMES)
def test_an_image_holds_its_own_code_and_nothing_that_does_not_serve(unpacked: dict[str, Unpacked], name: str) -> None:
    image = unpacked[name]
    files = image.files()

    tops = {path.split("/")[1] for path in files}
    assert tops <= {"app", "etc", "lib", "lib64", "packages", "usr"}
    own = {"functions", "infra"} if name == OPERATIONS else {"functions"}
    assert {path.split("/")[2] for path in files if path.startswith("/app/")} == own
    unwanted = re.compile(r"/(\.git|\.env|\.taskwake|secrets\.json|id_[a-z0-9]+|pip|ensurepip|idlelib|tkinter)(/|$)")
    assert [path for path in files if unwanted.search(path)] == []
    assert [path for path in files if re.match(r"/(app|packages|usr/local/lib/python[^/]+)/tests?/", path)] == []
    services = {path.split("/")[3] for path in files if path.startswith("/app/functions/")} & SERVICES
    assert services == {OPERATIONS if name == OPERATIONS else BY_NAME[name].handler.split(".")[1]}
    assert all(not path.stat().st_mode & 0o6022 for path in files.values() if not path.is_symlink())


@pytest.mark.parametrize("name", NAMES)
def test_every_python_file_has_bytecode_that_nothing_checks(unpacked: dict[str, Unpacked], name: str) -> None:
    files = unpacked[name].files()
    sources = [path for path in files if path.endswith(".py")]
    assert len(sources) > 500

    for path in sources:
        code = files[importlib.util.cache_from_source(path)].read_bytes()
        assert code[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(code[4:8], "little") == 0b01, path  # PEP 552: by hash, unchecked
    assert not [path for path in files if path.endswith(".pth")]


def test_bytecode_names_its_source_where_it_is_run(unpacked: dict[str, Unpacked]) -> None:
    script = """
import functions.catalogue, json, uvicorn
for module in (functions.catalogue, json, uvicorn):
    loader = module.__spec__.loader
    assert loader.get_code(module.__name__).co_filename == module.__file__, module
    import marshal, pathlib
    assert marshal.loads(pathlib.Path(module.__cached__).read_bytes()[16:]).co_filename == module.__file__, module
"""
    done = unpacked["task-due"].run("/usr/local/bin/python", "-c", script)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_an_image_is_within_the_budget(packed: dict[str, Image], name: str) -> None:
    assert 0 < packed[name].compressed_size <= BUDGET_BYTES


def test_images_share_what_is_the_same(unpacked: dict[str, Unpacked]) -> None:
    layers = [unpacked[name].layers for name in SERVED]

    assert len({own[0] for own in layers}) == len({own[1] for own in layers}) == 1
    assert len({layer for own in layers for layer in own}) < sum(map(len, layers)) / 2


def test_what_did_not_change_keeps_its_tag(packed: dict[str, Image], tmp_path: Path) -> None:
    (again,) = pack(["task-due"], tmp_path)

    assert again.name == packed["task-due"].name
    assert again.archive.read_bytes() == packed["task-due"].archive.read_bytes()
    assert len({image.name.rpartition(":")[2] for image in packed.values()}) == len(NAMES)


def test_operations_brings_a_database_up_to_date(unpacked: dict[str, Unpacked], owner_url: str) -> None:
    image = unpacked[OPERATIONS]

    migrated = image.run(*image.config["Entrypoint"], "migrate", DATABASE_URL=owner_url)
    assert migrated.returncode == 0, migrated.stdout
    listed = image.run(*image.config["Entrypoint"], "dead-letters", "list", DATABASE_URL=owner_url)
    assert "There are no dead letters" in listed.stdout
