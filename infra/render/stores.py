"""components/secrets.yaml and components/conversations.yaml: the stores behind Dapr's APIs."""

from collections.abc import Sequence

from functions.kernel.dapr.conversation_store import STORE as CONVERSATIONS
from functions.kernel.dapr.secret_store import STORE as SECRETS
from functions.kernel.host.function import Function
from functions.kernel.storage import logins
from infra.render.document import component, yaml_file

SECRETS_FILE_VARIABLE = "TASKWAKE_SECRETS_FILE"
CONVERSATIONS_SECRET = logins.CONVERSATIONS.secret

WHY_SECRETS = f"""\
The local way: a JSON file of names and values, whose path daprd reads from {SECRETS_FILE_VARIABLE}. A cluster has
a component of the same name over its own store. Who may read what stands in configuration/."""

WHY_CONVERSATIONS = f"""\
Chat conversations, for chat-api alone. The secret {CONVERSATIONS_SECRET} is daprd's own: no app may read it. Its
role must be allowed to create tables: daprd makes its two at the first start (tablePrefix, metadataTableName).

cleanupInterval  never: nothing here expires, and a periodic clean-up would wake a database that sleeps
keyPrefix        none: the key is the person's id; renaming the app must not lose what they said
queryExecMode    exec prepares nothing, as PgBouncer in transaction mode wants it
connectionMaxIdleTime  soon, so that nothing holds a sleeping database's connections"""


def render_secrets() -> str:
    """The secret store's text."""
    metadata = {"secretsFile": {"envRef": SECRETS_FILE_VARIABLE}}
    return yaml_file((WHY_SECRETS, component(SECRETS, "secretstores.local.file/v1", metadata)))


def render_conversations(functions: Sequence[Function]) -> str:
    """The state store's text."""
    metadata = {
        "connectionString": {"secretKeyRef": {"name": CONVERSATIONS_SECRET, "key": CONVERSATIONS_SECRET}},
        "tablePrefix": "dapr_conversations_",
        "metadataTableName": "dapr_conversations_metadata",
        "keyPrefix": "none",
        "cleanupInterval": "-1",
        "queryExecMode": "exec",
        "maxConns": "4",
        "connectionMaxIdleTime": "60s",
        "timeout": "10s",
    }
    users = [function.name for function in functions if CONVERSATIONS in function.stores]
    document = component(CONVERSATIONS, "state.postgresql/v2", metadata, users)
    document["auth"] = {"secretStore": SECRETS}
    return yaml_file((WHY_CONVERSATIONS, document))
