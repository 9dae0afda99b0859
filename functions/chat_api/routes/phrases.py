"""/phrases: what is understood of a sentence, before anything is saved."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.habits import habits_of
from functions.chat_api.models.phrases import PhrasePreview
from functions.kernel.domain.phrases import parse
from functions.kernel.domain.wall_time import to_local

router = APIRouter(tags=["phrases"])


@router.get("/phrases/preview")
async def preview_phrase(
    text: Annotated[str, Query(max_length=1000, examples=["pay rent every last workday at 9 #home p1"])],
    person: Asking,
    api: Api,
) -> PhrasePreview:
    """What quick add understands of a sentence now, in your zone and by your `date_order` and `week_start`.

    `spans` are the characters (Unicode code points) that were understood, and as what; quoted text is left alone.
    Words with two readings are in `ambiguities`, each reading with the whole text to send for it.
    """
    async with api.begin(person.id) as uow:
        now = to_local(uow.now, person.zone)
    return PhrasePreview.model_validate(parse(text, now, habits_of(person)), from_attributes=True)
