"""Run the commands of a request: one transaction, in which each command is a part that can be taken back alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from functions.chat_api import problems
from functions.chat_api.commands import kept
from functions.chat_api.commands.verbs import VERBS, Asked
from functions.chat_api.context import ApiContext
from functions.chat_api.models.commands import Command, CommandDone, Commands, CommandsDone
from functions.chat_api.models.person import Person
from functions.chat_api.models.problem import Problem
from functions.kernel.errors import InvalidInputError, TaskwakeError
from functions.kernel.storage.unit_of_work import UnitOfWork


async def run(api: ApiContext, person: Person, asked: Commands) -> CommandsDone:
    """Run each that was not run before. With `atomic` the first that is refused is raised, and none is done; else it is
    taken back alone. Raises what is no refusal, such as AlarmUnavailableError; then nothing is done either."""
    wanted: dict[UUID, bytes] = {}
    for command in asked.commands:
        wanted.setdefault(command.uuid, kept.fingerprint(command))
    async with api.database.joined(person.id) as connection, api.begin(person.id) as uow:
        batch = _Batch(Asked(person, uow), await kept.claim(connection, person.id, wanted))
        results = []
        for index, command in enumerate(asked.commands):
            result = await batch.run(command)
            if asked.atomic and result.problem:
                raise problems.ProblemError(_of_all(index, command, result.problem))
            results.append(result)
        fresh = {uuid: batch.answers[uuid] for uuid in wanted if uuid in batch.answers and uuid not in batch.known}
        refused = [uuid for uuid in wanted if uuid not in batch.answers]
        await kept.keep(connection, person.id, fresh, refused)
    return CommandsDone(results=results, temp_id_mapping=batch.made)


class _Batch:
    """What is known while the commands of a request are run."""

    def __init__(self, asked: Asked, known: dict[UUID, tuple[bytes, kept.Answer]]) -> None:
        self._asked = asked
        self.known = known
        self.answers = {uuid: answer for uuid, (_, answer) in known.items()}
        self.made: dict[str, UUID] = {}
        self._fingerprints = {uuid: fingerprint for uuid, (fingerprint, _) in known.items()}
        self._unmade: set[str] = set()

    async def run(self, command: Command) -> CommandDone:
        """How the command went, now or the first time."""
        fingerprint = kept.fingerprint(command)
        try:
            if self._fingerprints.setdefault(command.uuid, fingerprint) != fingerprint:
                raise InvalidInputError(
                    "uuid", "this uuid was sent before, with another command; give each command a uuid of its own"
                )
            if command.uuid not in self.answers:
                self.answers[command.uuid] = await self._run(command)
        except (TaskwakeError, ValidationError) as error:
            problem = problems.described(error)
            if problem.status >= 500:
                raise
            if command.temp_id and command.temp_id not in self.made:
                self._unmade.add(command.temp_id)
            return CommandDone(uuid=command.uuid, status="error", problem=problem)
        answer = self.answers[command.uuid]
        if command.temp_id and answer:
            self.made[command.temp_id] = UUID(answer["id"])
        return CommandDone(uuid=command.uuid, status="ok", result=answer)

    async def _run(self, command: Command) -> kept.Answer:
        if command.temp_id in self.made:
            raise InvalidInputError("temp_id", f"{command.temp_id!r} names something already; choose another")
        verb = VERBS[command.type]
        args = verb.args.model_validate(self._with_ids(command.args))
        with _taken_back(self._asked.uow):
            async with self._asked.uow.connection.transaction():
                result = await verb.run(self._asked, args)
        return result.model_dump(mode="json") if result else None

    def _with_ids(self, args: dict[str, Any]) -> dict[str, Any]:
        """The args, in which a temporary id gives way to what it names."""
        return {name: self._id(name, value) if _names_an_id(name) else value for name, value in args.items()}

    def _id(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value in self._unmade:
            raise InvalidInputError(name, f"the command that was to make {value!r} was refused")
        return str(self.made.get(value, value))


def _of_all(index: int, command: Command, problem: Problem) -> Problem:
    """What is said of an atomic request, when this is the problem of one of its commands."""
    detail = f"command {index} ({command.type}): {problem.detail}; none of the commands was done"
    errors = [each.model_copy(update={"field": f"commands.{index}.args.{each.field}"}) for each in problem.errors]
    return problem.model_copy(update={"detail": detail, "errors": errors})


def _names_an_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


@contextmanager
def _taken_back(uow: UnitOfWork) -> Iterator[None]:
    """What a command that is refused emitted is no event."""
    emitted = len(uow.emitted)
    try:
        yield
    except BaseException:
        del uow.emitted[emitted:]
        raise
