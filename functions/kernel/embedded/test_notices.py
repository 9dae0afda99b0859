"""TestNotices in one process: the function next door is asked directly."""

from functions.kernel.host.deliver import FunctionHost
from functions.kernel.ports import TestNotice, TestNoticeResult


class EmbeddedTestNotices:
    """Asks the host of delivery-requested."""

    __test__ = False

    def __init__(self, host: FunctionHost) -> None:
        self._host = host

    async def send(self, asked: TestNotice) -> TestNoticeResult:
        """See TestNotices.send."""
        return await self._host.invoke(asked)
