"""The acts of service."""

from trivium.service.commands.tickets import (
    answer,
    close_ticket,
    give_feedback,
    open_ticket,
    reopen_ticket,
    reply,
    take_ticket,
)

__all__ = ["answer", "close_ticket", "give_feedback", "open_ticket", "reopen_ticket", "reply", "take_ticket"]
