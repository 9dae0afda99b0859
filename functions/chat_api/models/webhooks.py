"""Whom to call, for what."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import WebhookUrl
from functions.chat_api.models.input import Input

WebhookTopic = Literal["task.created.v1", "task.due.v1", "task.recurred.v1"]


class NewWebhook(Input):
    """A webhook to be called (Standard Webhooks) for events of these topics."""

    url: WebhookUrl = Field(examples=["https://example.org/hooks/taskwake"])
    topics: list[WebhookTopic] = Field(min_length=1, max_length=10)


class WebhookRead(BaseModel):
    """A webhook. `secret` (`whsec_…`) verifies its signatures."""

    id: UUID
    url: str
    topics: list[str]
    secret: str


class WebhookPage(BaseModel):
    """Your webhooks."""

    webhooks: list[WebhookRead]
