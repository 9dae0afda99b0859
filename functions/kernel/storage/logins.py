"""The logins to the database: none owns anything that another needs, and each has one secret for its address."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Login:
    """A login, the role it acts in, and the name of the secret that holds its address."""

    name: str
    role: str
    secret: str


@dataclass(frozen=True, slots=True)
class SchemaOwner:
    """A login that acts in a schema of its own and nowhere else, and the name of the secret that holds its address."""

    name: str
    schema: str
    secret: str


API = Login("taskwake_chat_api", "taskwake_api", "database-url-api")
"""chat-api's: row-level security binds it to the person who asks."""

FUNCTIONS = Login("taskwake_workers", "taskwake_functions", "database-url-functions")
"""The event functions'."""

CONVERSATIONS = SchemaOwner("taskwake_conversations", "dapr_conversations", "database-url-conversations")
"""daprd's, which keeps the conversations there for chat-api."""

ALL = (API, FUNCTIONS, CONVERSATIONS)

OWNER_SECRET = "database-url-owner"  # noqa: S105 - the secret's name
"""The owner's address, which migrations need and no function may have."""


def address(url: str, login: Login | SchemaOwner, password: str) -> str:
    """`url` for another login. Of its parameters daprd's driver takes those of TLS, and no other of libpq's."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    query = parts.query
    if login is CONVERSATIONS:
        query = "&".join(part for part in query.split("&") if part.startswith("ssl"))
    netloc = f"{quote(login.name, safe='')}:{quote(password, safe='')}@{place}"
    return urlunsplit(parts._replace(netloc=netloc, query=query))
