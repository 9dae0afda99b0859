"""dead-letter: keeps the events that a function could not handle, with their reason."""

from functions.catalogue import BY_NAME
from functions.kernel.cloudevent import parse_structured
from functions.kernel.domain.dead_letter import NEVER_ANSWERED
from functions.kernel.errors import InvalidEventError
from functions.kernel.host.delivery import DeadLettered, Delivery, failure_of
from functions.kernel.storage.attempts import store_dead_letters
from functions.kernel.storage.unit_of_work import UnitOfWork


async def on_dead_letter(dead: DeadLettered, *, uow: UnitOfWork) -> None:
    """Store it once, with the error of the last attempt that its function noted, and how many there were."""
    function = BY_NAME.get(dead.function)
    if function is None:
        raise InvalidEventError("path", f"no function is called {dead.function!r}")
    try:
        delivery = Delivery(parse_structured(dead.text.encode()), dead.text, dead.position)
    except InvalidEventError as error:
        delivery = Delivery(error, dead.text, dead.position)
    await store_dead_letters(uow.connection, [failure_of(function, delivery, NEVER_ANSWERED)])
