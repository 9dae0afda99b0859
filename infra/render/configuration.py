"""components/configuration/<function>.yaml: what the app of one daprd may ask of Dapr."""

from collections.abc import Iterator, Sequence

from functions.kernel.dapr.secret_store import STORE as SECRETS
from functions.kernel.host.function import Function
from infra.render.document import Value, resource, yaml_file
from infra.render.kubernetes import NAMESPACE

TRUST_DOMAIN = "public"

WHY = """\
Named when the daprd of {function} is started (--config; in a cluster, the annotation dapr.io/config).

metrics        not by path: every alarm has one of its own, and daprd would remember each for ever
api            only these APIs answer; health always does
secrets        what is not named is refused
accessControl  who may call this app through Dapr's service invocation: {callers}. Callers are known by
               their certificate (mTLS), which names their namespace; so without Dapr's sentry, as on a
               laptop, every call is refused. The trust domain is the app's, which is this one, not the
               control plane's."""


def render(function: Function, functions: Sequence[Function]) -> str:
    """The file's text."""
    policies = list(_policies(function, functions))
    spec: dict[str, Value] = {
        "tracing": {"samplingRate": "0"},
        "metrics": {"enabled": True, "http": {"increasedCardinality": False}},
        "api": {"allowed": list(_apis(function))},
        "secrets": {
            "scopes": [
                {
                    "storeName": SECRETS,
                    "defaultAccess": "deny",
                    "allowedSecrets": list(function.secrets),
                }
            ]
        },
        "accessControl": {"defaultAction": "deny", "trustDomain": TRUST_DOMAIN, "policies": policies},
    }
    callers = ", ".join(policy["appId"] for policy in policies) or "nobody"
    return yaml_file(
        (WHY.format(function=function.name, callers=callers), resource("Configuration", function.name, spec))
    )


def _apis(function: Function) -> Iterator[Value]:
    """Both transports: the SDK speaks gRPC, a cold function asks for its secrets over HTTP."""
    wanted = [("metadata", "v1")]
    if function.secrets:
        wanted.append(("secrets", "v1"))
    if function.emits:
        wanted += [("publish", "v1"), ("publish", "v1alpha1")]
    if function.stores:
        wanted.append(("state", "v1"))
    if function.converses:
        wanted.append(("conversation", "v1alpha2"))
    if function.rings:
        wanted += [("jobs", "v1"), ("jobs", "v1alpha1")]
    if function.calls:
        wanted.append(("invoke", "v1"))
    for name, version in wanted:
        for protocol in ("http", "grpc"):
            yield {"name": name, "version": version, "protocol": protocol}


def _policies(function: Function, functions: Sequence[Function]) -> Iterator[dict[str, Value]]:
    for caller in functions:
        paths = [call.partition("/")[2] for call in caller.calls if call.partition("/")[0] == function.name]
        if paths:
            yield {
                "appId": caller.name,
                "defaultAction": "deny",
                "trustDomain": TRUST_DOMAIN,
                "namespace": NAMESPACE,
                "operations": [{"name": f"/{path}", "httpVerb": ["POST"], "action": "allow"} for path in paths],
            }
