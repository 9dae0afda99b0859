"""A sentence that the grammar does not understand, put into sentences that it does, by a language model.

The model never acts: what it says is read by the same grammar, and asked about where many tasks are touched. It is told
the sentence and nothing else of the person.
"""

from datetime import datetime

from functions.chat_api.context import ApiContext
from functions.kernel.domain.intent import NotUnderstood, understand
from functions.kernel.ports import LanguageModel

MOST_SENTENCES = 5
MOST_CHARACTERS = 500
MARK = "=>"
INSTRUCTIONS = f"""\
You put what a person says to a task service into its commands. Answer with a line for each, begun by {MARK}, and with
nothing else; if nothing fits, answer NONE. The commands, in English, with the person's own words for titles and times:
remind me to TITLE WHEN | add TITLE | what is due today | what is due WHEN | show my tasks | overdue | find WORDS
done with TITLE | skip TITLE | reopen TITLE | move TITLE to WHEN | rename TITLE to TITLE | snooze TITLE until WHEN
delete TITLE | repeat TITLE every PERIOD | stop repeating TITLE | remind me TIME before TITLE | put TITLE in #LIST
add a note to TITLE: WORDS | show my lists | make a list called NAME | when is TITLE?
move everything overdue to WHEN | undo"""
# Whether a sentence is understood does not depend on when it is said; what it means does, and is read anew.
_ANY_TIME = datetime(2000, 1, 3)  # noqa: DTZ001 - local times are naive here


def is_understood(said: str) -> bool:
    """Whether the grammar knows what to do, or what to ask."""
    return not isinstance(understand(said, _ANY_TIME), NotUnderstood)


async def sentences_of(api: ApiContext, said: str) -> list[str]:
    """What is said, put by the language model into sentences that the grammar understands; none where it understands it
    as it is, or where there is no model, or too many wait for it already."""
    if api.language_model is None or is_understood(said) or api.translating.locked():
        return []
    async with api.translating:
        return await translate(api.language_model, said)


async def translate(model: LanguageModel, said: str) -> list[str]:
    """The sentences that the model makes of it, at most MOST_SENTENCES; none when it makes none that are understood."""
    lines = [line.strip() for line in (await model.answer(INSTRUCTIONS, said) or "").splitlines()]
    sentences = [line.removeprefix(MARK).strip()[:MOST_CHARACTERS] for line in lines if line.startswith(MARK)]
    return [sentence for sentence in sentences if is_understood(sentence)][:MOST_SENTENCES]
