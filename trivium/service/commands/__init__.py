"""The acts of service."""

from trivium.service.commands.announcements import (
    acknowledge,
    announce,
    open_announcement,
    tick_step,
    withdraw_announcement,
)
from trivium.service.commands.meetings import (
    Point,
    When,
    Written,
    answer_meeting,
    call_meeting,
    call_off_meeting,
    forget_guests,
    move_meeting,
    publish_minutes,
    remind_of_meeting,
)
from trivium.service.commands.polls import ask_poll, close_due_poll, close_poll, vote, withdraw_poll
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
    "Point",
    "When",
    "Written",
    "acknowledge",
    "announce",
    "answer",
    "answer_meeting",
    "ask_poll",
    "call_meeting",
    "call_off_meeting",
    "close_due_poll",
    "close_poll",
    "close_ticket",
    "forget_guests",
    "give_feedback",
    "move_meeting",
    "open_announcement",
    "open_ticket",
    "publish_minutes",
    "remind_of_meeting",
    "reopen_ticket",
    "reply",
    "take_ticket",
    "tick_step",
    "vote",
    "withdraw_announcement",
    "withdraw_poll",
]
