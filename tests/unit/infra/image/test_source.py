from pathlib import Path

import pytest

from functions.catalogue import FUNCTIONS
from infra.image.source import OPERATIONS, ROOT, files

pytestmark = pytest.mark.requirement("CLUSTER-001")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_functions_image_has_its_handler_and_no_other_service(function) -> None:
    found = files(function.name)
    handler = Path(function.handler.partition(":")[0].replace(".", "/")).with_suffix(".py")

    assert {Path("functions/main.py"), Path("functions/catalogue.py"), handler} <= set(found)
    services = {Path(other.handler.replace(".", "/")).parts[1] for other in FUNCTIONS}
    assert {path.parts[1] for path in found} & services == {handler.parts[1]}
    assert not any(path.is_relative_to("functions/kernel/embedded") for path in found)


def test_a_page_is_in_the_image_of_the_function_that_serves_it() -> None:
    assert Path("functions/chat_api/page/index.html") in files("chat-api")


def test_the_image_of_operations_alone_has_the_migrations() -> None:
    versions = set((ROOT / "infra" / "migrations" / "versions").glob("*.*"))

    assert versions
    assert versions <= {ROOT / path for path in files(OPERATIONS)}
    assert not any(path.parts[0] == "infra" for function in FUNCTIONS for path in files(function.name))


@pytest.mark.parametrize("name", ["task-due", OPERATIONS])
def test_files_are_listed_once_and_in_one_order(name: str) -> None:
    found = files(name)

    assert len(found) == len(set(found))
    assert found == files(name)
    assert all((ROOT / path).is_file() and path.suffix != ".pyc" for path in found)
