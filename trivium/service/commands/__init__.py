"""The acts of service."""

from trivium.service.commands.announcements import (
    acknowledge,
    announce,
    open_announcement,
    tick_step,
    withdraw_announcement,
)
from trivium.service.commands.tickets import (
    answer,
    close_ticket,
    give_feedback,
    open_ticket,
    reopen_ticket,
    reply,
    take_ticket,
)

__all__ = [
    "acknowledge",
    "announce",
    "answer",
    "close_ticket",
    "give_feedback",
    "open_announcement",
    "open_ticket",
    "reopen_ticket",
    "reply",
    "take_ticket",
    "tick_step",
    "withdraw_announcement",
]
