"""/export: everything of a person."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from functions.chat_api import export as service
from functions.chat_api.access import Asking
from functions.chat_api.context import Api

router = APIRouter(tags=["me"])

EXPORT = {
    "schema": {"type": "object"},
    "examples": {
        "start": {
            "summary": "How it begins",
            "value": {
                "format": service.FORMAT,
                "version": service.VERSION,
                "conversation": [],
                "lists": [],
                "tasks": [],
            },
        }
    },
}
HEADERS = {"cache-control": "no-store", "content-disposition": 'attachment; filename="taskwake.json"'}


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": EXPORT}, "description": "Your export, format version 1."}},
)
async def export(person: Asking, api: Api) -> StreamingResponse:
    """Everything of yours as one JSON document: lists, tasks, done and deleted ones too, series, reminders, notices,
    webhooks without their secrets, and the events of it all. It is written as it is read."""
    turns = [turn.model_dump(mode="json") for turn in await api.conversations.load(person.id)]
    pieces = service.document(api.database, person.id, turns)
    return StreamingResponse(pieces, media_type="application/json", headers=HEADERS)
