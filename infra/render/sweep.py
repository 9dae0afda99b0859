"""The hourly sweep: the alarms are set again from the database by a clock that is not Dapr's scheduler."""

from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import (
    APP_TOKEN,
    POD_SECURITY_CONTEXT,
    PYTHON,
    SECURITY_CONTEXT,
    SWEEP,
    TMP_MOUNT,
    TMP_VOLUME,
    image,
    labels,
    manifest,
    secret_variable,
    service_host,
)

WHY = """\
Against the loss of the scheduler's own data. Hourly: a database that sleeps wakes once for it. What fails is tried
again at the next hour at the latest; at seven past, when few others are about."""


def service_account() -> dict[str, Value]:
    """It may do nothing."""
    return manifest("v1", "ServiceAccount", SWEEP, SWEEP, {"automountServiceAccountToken": False})


def cron_job(alarm: Function) -> dict[str, Value]:
    """Asks the alarm, as an operator may at any time by `taskwake rearm`."""
    container = {
        "name": SWEEP,
        "image": image("operations"),
        "imagePullPolicy": "IfNotPresent",
        "command": [PYTHON, "-m", "functions.operations.cli"],
        "args": ["rearm", "--url", f"http://{service_host(alarm.name)}"],
        "env": [secret_variable("APP_API_TOKEN", APP_TOKEN)],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        "securityContext": SECURITY_CONTEXT,
        "volumeMounts": [TMP_MOUNT],
    }
    pod = {
        "serviceAccountName": SWEEP,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "securityContext": POD_SECURITY_CONTEXT,
        "containers": [container],
        "volumes": [TMP_VOLUME],
    }
    job = {
        "backoffLimit": 4,
        "activeDeadlineSeconds": 900,
        "ttlSecondsAfterFinished": 3600,
        "template": {"metadata": {"labels": labels(SWEEP, SWEEP)}, "spec": pod},
    }
    spec = {
        "schedule": "7 * * * *",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 900,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": job},
    }
    return manifest("batch/v1", "CronJob", SWEEP, SWEEP, {"spec": spec})
