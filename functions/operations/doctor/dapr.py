"""The Dapr way: the daprd that this process is told of, its components, and the secrets that it hands out."""

import json
from http import HTTPStatus
from urllib.parse import quote

from functions.catalogue import BY_NAME
from functions.kernel.dapr import bus, conversation_store, secret_store
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.host.function import Function
from functions.kernel.settings import DaprSettings
from functions.operations.doctor.finding import Finding, unseen, well, wrong

ANSWER_SECONDS = 5
_OPTIONAL = ("smtp-url",)
"""Without it no e-mail goes out, and all else goes on."""


def examine(settings: DaprSettings) -> list[Finding]:
    """What daprd says of itself. It is an anchor's or a sidecar, and never sleeps; no function is asked."""
    daprd, where = DaprHttp(settings.http_endpoint, settings.api_token), settings.http_endpoint
    try:
        status, _ = daprd.ask("GET", "/v1.0/healthz/outbound", timeout_seconds=ANSWER_SECONDS)
        known_status, body = daprd.ask("GET", "/v1.0/metadata", timeout_seconds=ANSWER_SECONDS)
    except OSError as error:
        todo = "see whether daprd runs, and whether DAPR_HTTP_ENDPOINT (or DAPR_HTTP_PORT) names it"
        return [wrong("daprd", f"it does not answer: {error}", where, todo)]
    if HTTPStatus.UNAUTHORIZED in (status, known_status):
        return [
            wrong("daprd", "it wants another token", where, "set DAPR_API_TOKEN to the one that it was started with")
        ]
    if status // 100 != 2 or known_status != HTTPStatus.OK:
        todo = "see its log for the component that it could not load"
        return [wrong("daprd", f"it is not ready: {status}, {known_status}", where, todo)]
    known = json.loads(body)
    app_id = known.get("id", "")
    function = BY_NAME.get(app_id)
    ready = well("daprd", f"ready, for {app_id} ({known.get('runtimeVersion', 'of unknown version')})", where)
    if function is None:
        todo = "name the daprd of a function of Taskwake"
        return [ready, unseen("components", f"{app_id} is no function of Taskwake", where, todo)]
    return [ready, _components(function, known, where), _secrets(function, daprd, where)]


def _components(function: Function, known: dict[str, list[dict[str, str]]], where: str) -> Finding:
    wanted = [secret_store.STORE] if function.secrets else []
    wanted += [bus.PUBSUB] if function.consumes or function.emits or function.dead_letters else []
    wanted += [conversation_store.STORE] if function.stores else []
    loaded = {component["name"] for component in known.get("components", [])}
    missing = [name for name in wanted if name not in loaded]
    if missing:
        todo = "apply components/, and see that each one's scopes name this function; daprd's log says what it refused"
        return wrong("components", f"{function.name} has no {', '.join(missing)}", where, todo)
    return well("components", f"{', '.join(wanted)} are loaded", where)


def _secrets(function: Function, daprd: DaprHttp, where: str) -> Finding:
    missing = []
    for name in function.secrets:
        path = f"/v1.0/secrets/{secret_store.STORE}/{quote(name)}"
        status, _ = daprd.ask("GET", path, timeout_seconds=ANSWER_SECONDS)
        if status != HTTPStatus.OK and name not in _OPTIONAL:
            missing.append(name)
    if missing:
        todo = "put them into the store (`taskwake migrate --logins` prints them), and see components/configuration"
        return wrong("secrets", f"{function.name} gets no {', '.join(missing)}", where, todo)
    return well("secrets", f"{function.name} gets what it needs", where)
