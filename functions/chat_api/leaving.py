"""Delete my account: everything of a person goes, for good (specs/decisions/0018)."""

from functions.chat_api.etags import Tags
from functions.chat_api.models.person import AccountRemoval, Person
from functions.chat_api.person import locked
from functions.kernel.errors import ConflictError, InvalidInputError
from functions.kernel.storage.unit_of_work import UnitOfWork

NAMED = 20


async def remove(uow: UnitOfWork, person: Person, asked: AccountRemoval, tags: Tags = None) -> None:
    """Remove the person with all that is theirs; the hourly sweep erases what names them in what others keep.

    Raises InvalidInputError (field `confirm`), and ConflictError that names the lists which others would lose.
    """
    await locked(uow, person.id, tags)
    wanted = person.email or person.name
    if asked.confirm.strip().casefold() != wanted.casefold():
        what = "e-mail address" if person.email else "name"
        raise InvalidInputError(
            "confirm", f"to confirm, write your {what} as it stands in your settings; nothing was done"
        )
    if asked.shared == "refuse":
        cursor = await uow.connection.execute(
            """
            SELECT name FROM lists WHERE owner_id = %(me)s
              AND EXISTS (SELECT FROM list_members WHERE list_id = lists.id AND user_id <> %(me)s)
            ORDER BY name LIMIT %(named)s
            """,
            {"me": person.id, "named": NAMED},
        )
        names = [row["name"] for row in await cursor.fetchall()]
        if names:
            raise ConflictError(
                f"others use lists of yours: {', '.join(names)}; hand them over or delete them first, or delete them "
                "with your account (shared: delete)"
            )
    await uow.connection.execute("SELECT remove_me()")
