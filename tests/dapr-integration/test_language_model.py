"""Dapr's Conversation API in a real daprd, with the echo component in place of a model."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from functions.chat_api.chat.translate import translate
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.dapr.language_model import DaprLanguageModel
from infra.local import tools
from infra.local.dapr import daprd_process
from infra.local.ports import claim_block
from infra.local.stack import COMPONENTS
from infra.local.supervisor import Supervisor

pytestmark = pytest.mark.requirement("PROD-104")

EXAMPLE = Path("specs/004-product/dapr-components/language-model.yaml")


@asynccontextmanager
async def model(folder: Path, *components: str) -> AsyncIterator[DaprLanguageModel]:
    """The language model of chat-api's daprd, which loads these components and is bound by chat-api's configuration."""
    try:
        daprd = tools.daprd().path
    except tools.ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr: {error}")
    resources = folder / "components"
    resources.mkdir()
    for number, text in enumerate(components):
        (resources / f"{number}.yaml").write_text(text)
    with claim_block() as ports:
        async with Supervisor(folder / "logs") as supervisor:
            await supervisor.start(
                daprd_process(
                    binary=daprd,
                    app_id="chat-api",
                    app_port=None,
                    http_port=ports.take("http"),
                    grpc_port=ports.take("grpc"),
                    internal_grpc_port=ports.take("internal"),
                    resources=[resources],
                    configurations=[COMPONENTS / "configuration" / "chat-api.yaml"],
                    dapr_api_token="a token",
                )
            )
            yield DaprLanguageModel(DaprHttp(f"http://127.0.0.1:{ports.take('http')}", "a token"))


def echo() -> str:
    """The example's component file, for a model that says what it was told and takes no key."""
    resource = yaml.safe_load(EXAMPLE.read_text())
    resource["spec"] |= {"type": "conversation.echo", "metadata": []}
    del resource["auth"]
    return yaml.safe_dump(resource)


async def test_a_component_file_is_all_that_a_language_model_takes(tmp_path: Path) -> None:
    said = "why not?\n=> remind me to call Sam tomorrow at 9"
    async with model(tmp_path, echo()) as asked:
        assert await asked.answer("Say it again.", said) == f"Say it again.\n{said}"
        # The echo repeats the instructions, too: none of their lines is taken for a command.
        assert await translate(asked, said) == ["remind me to call Sam tomorrow at 9"]
        assert await translate(asked, "why not?") == []


async def test_without_a_component_there_is_no_model_and_a_daprd_that_is_gone_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with model(tmp_path) as asked:
        assert await asked.answer("Say it again.", "hello") is None
        assert caplog.text == ""
    assert await asked.answer("Say it again.", "hello") is None
    assert "the language model did not answer" in caplog.text
