"""TestNotices over Dapr's service invocation: chat-api asks delivery-requested, daprd to daprd."""

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.ports import TestNotice, TestNoticeResult

APP_ID = "delivery-requested"
METHOD = "test-notice"


class DaprTestNotices:
    """The call that components/configuration allows chat-api, and nobody else."""

    __test__ = False

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection

    async def send(self, asked: TestNotice) -> TestNoticeResult:
        """See TestNotices.send."""
        answer = await self._connection.client().invoke_method(
            APP_ID, METHOD, asked.model_dump_json(), content_type="application/json", http_verb="POST"
        )
        return TestNoticeResult.model_validate_json(answer.data)
