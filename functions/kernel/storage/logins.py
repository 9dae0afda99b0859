"""The two logins to the database: neither owns anything, and each is a member of one role only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """A login, the role it acts in, and the name of the secret that holds its address."""

    name: str
    role: str
    secret: str


API = Login("taskwake_chat_api", "taskwake_api", "database-url-api")
"""chat-api's: row-level security binds it to the person who asks."""

FUNCTIONS = Login("taskwake_workers", "taskwake_functions", "database-url-functions")
"""The event functions'."""
