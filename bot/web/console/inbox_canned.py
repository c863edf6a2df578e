"""Canned replies in the Inbox: one filled for the open conversation, a new one kept."""

from bot.canned import Canned
from bot.desk import Desk
from bot.staff import Staff


def filled(desk: Desk, conversation_id: str, canned_id: int | None, staff: Staff) -> str:
    """The text of a canned reply with its variables filled; empty when it was deleted."""
    record = desk.entry(conversation_id).record
    for canned in desk.canned(record.language):
        if canned.id == canned_id:
            return desk.fill_canned(canned, record, staff.name)
    return ""


def kept(desk: Desk, conversation_id: str, title: str, text: str) -> Canned:
    """Keep a text as a canned reply in the language of the conversation."""
    language = desk.entry(conversation_id).record.language
    return desk.save_canned(Canned(0, language, title, text))
