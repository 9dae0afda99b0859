"""Every function of Taskwake. `make render` turns it into subscriptions, scopes, manifests and AsyncAPI.

To add one: write its handler file, add its declaration here, run `make render` (CONTRIBUTING.md shows it).
"""

from functions.kernel.events import (
    EVENT_TYPES,
    DeliveryRequested,
    ListChanged,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskDue,
    TaskRecurred,
    TaskReopened,
    TaskUpdated,
)
from functions.kernel.host.function import Function

_NOTIFICATION = "functions.notification_service"
_RECURRING = "functions.recurring_task_service"
_DATABASE = ("database-url-functions",)

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "task-created",
        service="notification-service",
        handler=f"{_NOTIFICATION}.on_task_created:on_task_created",
        consumes=TaskCreated,
        max_batch=100,
        emits=(DeliveryRequested,),
        secrets=_DATABASE,
    ),
    Function(
        "task-due",
        service="notification-service",
        handler=f"{_NOTIFICATION}.on_task_due:on_task_due",
        consumes=TaskDue,
        max_batch=1000,
        lanes=4,
        emits=(DeliveryRequested,),
        secrets=_DATABASE,
        warmed=True,
    ),
    Function(
        "task-completed",
        service="recurring-task-service",
        handler=f"{_RECURRING}.on_task_completed:on_task_completed",
        consumes=TaskCompleted,
        max_batch=100,
        emits=(TaskRecurred,),
        secrets=_DATABASE,
    ),
    Function(
        "task-recurred",
        service="notification-service",
        handler=f"{_NOTIFICATION}.on_task_recurred:on_task_recurred",
        consumes=TaskRecurred,
        max_batch=100,
        emits=(DeliveryRequested,),
        secrets=_DATABASE,
    ),
    Function(
        "delivery-requested",
        service="notification-service",
        handler=f"{_NOTIFICATION}.on_delivery_requested:on_delivery_requested",
        consumes=DeliveryRequested,
        emits=(DeliveryRequested,),
        invoked=f"{_NOTIFICATION}.test_notice:send_test_notice",
        warmed=True,
        secrets=(*_DATABASE, "smtp-url", "webhook-signing-key"),
        extra="delivery-requested",
    ),
    Function(
        "alarm",
        service="recurring-task-service",
        handler=f"{_RECURRING}.on_alarm_rang:on_alarm_rang",
        rings=True,
        emits=EVENT_TYPES,  # what an outbox left behind can be of any type
        secrets=_DATABASE,
    ),
    Function(
        "dead-letter",
        service="operations",
        handler="functions.operations.on_dead_letter:on_dead_letter",
        dead_letters=True,
        secrets=_DATABASE,
    ),
    Function(
        "chat-api",
        service="chat-api",
        handler="functions.chat_api.api:create_app",
        max_batch=200,
        emits=(TaskCreated, TaskUpdated, TaskCompleted, TaskReopened, TaskDeleted, ListChanged, DeliveryRequested),
        watches=(
            TaskCreated,
            TaskUpdated,
            TaskCompleted,
            TaskReopened,
            TaskDeleted,
            TaskRecurred,
            TaskDue,
            ListChanged,
        ),
        secrets=("database-url-api", "webhook-signing-key"),
        stores=("conversations",),
        calls=("delivery-requested/test-notice",),
        converses=True,
        extra="chat-api",
    ),
)

BY_NAME: dict[str, Function] = {function.name: function for function in FUNCTIONS}


def consumers_of(topic: str) -> tuple[Function, ...]:
    """The functions that handle events of this topic."""
    return tuple(function for function in FUNCTIONS if function.consumes and function.consumes.topic == topic)
