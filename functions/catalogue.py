"""Every function of Taskwake, a line each. `make render` turns it into subscriptions, manifests and AsyncAPI.

To add one: write its handler file, add its line here, run `make render` (CONTRIBUTING.md shows it).
"""

from functions.kernel.events import (
    DeliveryRequested,
    TaskCompleted,
    TaskCreated,
    TaskDue,
    TaskRecurred,
)
from functions.kernel.host.function import Function

_NOTIFICATION = "functions.notification_service"
_RECURRING = "functions.recurring_task_service"

FUNCTIONS: tuple[Function, ...] = (
    Function("task-created", "notification-service", f"{_NOTIFICATION}.on_task_created:on_task_created", TaskCreated, 100),
    Function("task-due", "notification-service", f"{_NOTIFICATION}.on_task_due:on_task_due", TaskDue, 1000),
    Function("task-completed", "recurring-task-service", f"{_RECURRING}.on_task_completed:on_task_completed", TaskCompleted, 100, extra="task-completed"),
    Function("task-recurred", "notification-service", f"{_NOTIFICATION}.on_task_recurred:on_task_recurred", TaskRecurred, 100),
    Function("delivery-requested", "notification-service", f"{_NOTIFICATION}.on_delivery_requested:on_delivery_requested", DeliveryRequested, 1, extra="delivery-requested"),
    Function("alarm", "recurring-task-service", f"{_RECURRING}.on_alarm_rang:on_alarm_rang"),
    Function("dead-letter", "operations", "functions.operations.on_dead_letter:on_dead_letter", dead_letters=True),
    Function("chat-api", "chat-api", "functions.chat_api.api:create_app", extra="chat-api"),
)  # fmt: skip

BY_NAME: dict[str, Function] = {function.name: function for function in FUNCTIONS}


def consumers_of(topic: str) -> tuple[Function, ...]:
    """The functions that handle events of this topic."""
    return tuple(function for function in FUNCTIONS if function.consumes and function.consumes.topic == topic)
