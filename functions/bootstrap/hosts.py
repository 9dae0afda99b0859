"""What every way has in common: a host for a function, with the ports its handler may ask for."""

from functions.kernel.host.deliver import Announce, FunctionHost
from functions.kernel.host.function import Function
from functions.kernel.ports import AlarmClock, EventBus, SecretStore
from functions.kernel.settings import webhook_networks
from functions.kernel.storage.database import Database
from functions.kernel.storage.unit_of_work import UnitsOfWork


def host(
    function: Function,
    database: Database,
    bus: EventBus,
    alarm_clock: AlarmClock,
    secrets: SecretStore,
    announce: Announce | None = None,
    *,
    held_up: bool = False,
) -> FunctionHost:
    """The host of one function. `announce` and `held_up`: see FunctionHost."""
    ports: dict[str, object] = {"secrets": secrets}
    if function.name == "delivery-requested":
        # Imported here, since only this function's image holds what the channels need.
        from functions.notification_service.channels.directory import Channels

        ports["channels"] = Channels(secrets, webhook_networks())
    units = UnitsOfWork(database, bus, alarm_clock)
    return FunctionHost(function, database, units, ports, announce, held_up=held_up)
