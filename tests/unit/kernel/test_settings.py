"""Settings: Dapr's own names, and nothing that must be set."""

from functions.kernel.settings import DaprSettings, from_environment


def test_nothing_need_be_set() -> None:
    assert from_environment({}) == DaprSettings("http://127.0.0.1:3500", None, None, None)


def test_empty_is_as_good_as_not_set() -> None:
    names = ("DAPR_HTTP_ENDPOINT", "TASKWAKE_ALARM_GRPC_ENDPOINT", "DAPR_API_TOKEN", "APP_API_TOKEN")
    assert from_environment(dict.fromkeys(names, "")) == from_environment({})


def test_endpoint_goes_before_port() -> None:
    assert from_environment({"DAPR_HTTP_PORT": "1"}).http_endpoint == "http://127.0.0.1:1"
    both = {"DAPR_HTTP_PORT": "1", "DAPR_HTTP_ENDPOINT": "http://task-due-dapr"}
    assert from_environment(both).http_endpoint == "http://task-due-dapr"
