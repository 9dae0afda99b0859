"""Settings: Dapr's own names, and nothing that must be set."""

from datetime import timedelta

import pytest

from functions.kernel.settings import (
    MAX_ALARM_LEAD_SECONDS,
    DaprSettings,
    OidcSettings,
    from_environment,
    oidc_from_environment,
    requests_per_minute,
)
from functions.kernel.storage.unit_of_work import SOON


def test_nothing_need_be_set() -> None:
    assert from_environment({}) == DaprSettings("http://127.0.0.1:3500", None, None, None)


def test_empty_is_as_good_as_not_set() -> None:
    names = ("DAPR_HTTP_ENDPOINT", "TASKWAKE_ALARM_GRPC_ENDPOINT", "DAPR_API_TOKEN", "APP_API_TOKEN")
    assert from_environment(dict.fromkeys(names, "")) == from_environment({})


def test_endpoint_goes_before_port() -> None:
    assert from_environment({"DAPR_HTTP_PORT": "1"}).http_endpoint == "http://127.0.0.1:1"
    both = {"DAPR_HTTP_PORT": "1", "DAPR_HTTP_ENDPOINT": "http://task-due-dapr"}
    assert from_environment(both).http_endpoint == "http://task-due-dapr"


@pytest.mark.requirement("CLUSTER-019")
def test_lead_is_whole_seconds_below_what_the_unit_of_work_counts_on() -> None:
    assert from_environment({"TASKWAKE_ALARM_LEAD_SECONDS": "6"}).alarm_lead_seconds == 6
    for wrong in ("-1", "1.5", "soon", "11"):
        with pytest.raises(ValueError, match="TASKWAKE_ALARM_LEAD_SECONDS"):
            from_environment({"TASKWAKE_ALARM_LEAD_SECONDS": wrong})
    assert timedelta(seconds=MAX_ALARM_LEAD_SECONDS) < SOON


@pytest.mark.parametrize(("given", "meant"), [(None, 600), ("", 600), ("0", 0), ("1000", 1000)])
def test_requests_per_minute_are_600_unless_the_operator_says(given: str | None, meant: int) -> None:
    assert requests_per_minute({} if given is None else {"TASKWAKE_REQUESTS_PER_MINUTE": given}) == meant


@pytest.mark.parametrize("given", ["-1", "many", "1.5", "９"])
def test_what_is_no_number_of_requests_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="TASKWAKE_REQUESTS_PER_MINUTE"):
        requests_per_minute({"TASKWAKE_REQUESTS_PER_MINUTE": given})


@pytest.mark.requirement("PROD-020")
def test_a_provider_is_named_with_whom_its_tokens_are_for() -> None:
    assert oidc_from_environment({}) is None
    named = {"TASKWAKE_OIDC_ISSUER": "https://id.example", "TASKWAKE_OIDC_AUDIENCE": "taskwake"}
    assert oidc_from_environment(named) == OidcSettings("https://id.example", "taskwake")
    with pytest.raises(ValueError, match="AUDIENCE is missing"):
        oidc_from_environment({"TASKWAKE_OIDC_ISSUER": "https://id.example"})


@pytest.mark.requirement("PROD-020")
@pytest.mark.parametrize(
    "address", ["http://id.example", "id.example", "https://", "http://127.0.0.1.example", "https://["]
)
def test_a_provider_by_plain_http_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="begins with https"):
        oidc_from_environment({"TASKWAKE_OIDC_ISSUER": address, "TASKWAKE_OIDC_AUDIENCE": "taskwake"})
