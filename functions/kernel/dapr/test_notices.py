"""TestNotices over Dapr's service invocation: chat-api asks delivery-requested, daprd to daprd."""

import logging

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.ports import TestNotice, TestNoticeResult

log = logging.getLogger(__name__)

APP_ID = "delivery-requested"
METHOD = "test-notice"


class DaprTestNotices:
    """The call that components/configuration allows chat-api, and nobody else."""

    __test__ = False

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection

    async def send(self, asked: TestNotice) -> TestNoticeResult:
        """See TestNotices.send; that the sender does not answer is an answer too."""
        from dapr.clients import DaprInternalError
        from grpc import RpcError

        try:
            answer = await self._connection.client().invoke_method(
                APP_ID, METHOD, asked.model_dump_json(), content_type="application/json", http_verb="POST"
            )
        except (DaprInternalError, RpcError, OSError, TimeoutError) as error:
            log.warning("no test notice: %s: %s", type(error).__name__, error)
            return TestNoticeResult(delivered=False, detail="the function that sends does not answer; try again")
        return TestNoticeResult.model_validate_json(answer.data)
