"""The REST channel: other front ends write for their users and get what is to be shown to them.

The addresses and bodies are those of Rasa's REST channel. Whoever has the key speaks for every
sender, so the key belongs to a server and never into a page.
"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from bot.channel_senders import ChannelSenders
from bot.messages import LoggedMessage
from bot.web import schemas
from bot.web.errors import ApiError
from bot.web.service import Service, address, bearer, same, service_of
from knowledge.language import detect

KEY_VARIABLE = "DESKMATE_CHANNEL_KEY"

router = APIRouter()


@router.post(
    "/webhooks/rest/webhook",
    response_model=None,
    responses={
        200: {"model": list[schemas.ChannelAnswer]},
        **{code: {"model": schemas.ErrorOut} for code in (401, 403, 422, 429, 503)},
    },
)
async def receive(request: Request, body: schemas.ChannelMessage) -> Response:
    """Take a user's message; answers with what the user has not been shown yet.

    That is the bot's reply and, when a person has the conversation, what they wrote since the last
    call. The key goes into `Authorization: Bearer KEY` or `X-API-Key`.
    """
    service = service_of(request)
    _check_key(request, service)
    longest = service.runtime.settings.limits.message_characters
    if len(body.message) > longest:
        message = f"message: should have at most {longest} characters, found {len(body.message)}"
        raise ApiError(422, message=message)
    told = await service.run(lambda: _exchange(service, body))
    service.metrics.count_messages(one for one in told if one.role == "bot")
    return JSONResponse([_shown(body.sender, one) for one in told])


def _exchange(service: Service, body: schemas.ChannelMessage) -> list[LoggedMessage]:
    runtime = service.runtime
    senders = ChannelSenders(runtime.log.database)
    languages = runtime.settings.bot.languages
    language = detect(body.message, languages[0])
    conversation_id = senders.conversation(body.sender, lambda: runtime.start(language)[0])
    service.limits.count_message(conversation_id)
    runtime.respond(conversation_id, body.message)
    return senders.news(body.sender)


def _check_key(request: Request, service: Service) -> None:
    """ApiError 401 or 403 without the right key; wrong ones count against the address."""
    if service.channel_key is None:
        message = f"The REST channel is off here: the server has no {KEY_VARIABLE}."
        raise ApiError(403, "channel_not_configured", message)
    given = request.headers.get("x-api-key") or bearer(request)
    if not same(given, service.channel_key):
        service.limits.count_call(address(request))
        raise ApiError(401, "wrong_key", "This is not the key of the REST channel.")


def _shown(sender: str, message: LoggedMessage) -> dict[str, Any]:
    shown: dict[str, Any] = {"recipient_id": sender, "text": message.text}
    if message.options:
        shown["buttons"] = [{"title": one.label, "payload": one.value} for one in message.options]
    return shown
