"""The page hears of all that happens."""

import re

from functions.chat_api.page_files import FOLDER
from functions.kernel.events import BY_TOPIC, DeliveryRequested


def test_the_page_listens_to_every_topic_that_the_stream_brings() -> None:
    [listened] = re.findall(r"const TOPICS = \[(.*?)\];", (FOLDER / "live.js").read_text(), re.DOTALL)
    assert set(re.findall(r'"([^"]+)"', listened)) == set(BY_TOPIC) - {DeliveryRequested.topic}
