from pathlib import Path

import yaml

from infra.local.dapr import daprd_process, name_resolution, scheduler_process


def test_tokens_go_by_environment_and_never_by_command_line() -> None:
    spec = daprd_process(
        binary=Path("/bin/daprd"),
        app_id="task-due",
        app_port=20010,
        http_port=20011,
        grpc_port=20012,
        internal_grpc_port=20013,
        resources=[Path("/components")],
        configurations=[],
        dapr_api_token="secret-one",
        app_api_token="secret-two",
    )

    assert spec.env == {"DAPR_API_TOKEN": "secret-one", "APP_API_TOKEN": "secret-two"}
    assert not any("secret" in str(argument) for argument in spec.argv)


def test_a_sidecar_that_only_calls_has_no_app_port() -> None:
    spec = daprd_process(
        binary=Path("/bin/daprd"),
        app_id="caller",
        app_port=None,
        http_port=20011,
        grpc_port=20012,
        internal_grpc_port=20013,
        resources=[],
        configurations=[],
    )

    assert "--app-port" not in spec.argv


def test_the_scheduler_tells_sidecars_its_loopback_address(tmp_path: Path) -> None:
    spec = scheduler_process(
        binary=Path("/bin/scheduler"),
        data_dir=tmp_path,
        port=20020,
        peer_port=20021,
        client_port=20022,
        health_port=20023,
    )

    argv = list(map(str, spec.argv))
    assert argv[argv.index("--override-broadcast-host-port") + 1] == "127.0.0.1:20020"


def test_name_resolution_maps_each_app_id_to_its_port() -> None:
    document = yaml.safe_load(name_resolution({"chat-api": 20001, "delivery-requested": 20002}))

    assert document["spec"]["nameResolution"]["configuration"]["template"] == (
        '{{if eq .ID "chat-api"}}127.0.0.1:20001{{end}}{{if eq .ID "delivery-requested"}}127.0.0.1:20002{{end}}'
    )
