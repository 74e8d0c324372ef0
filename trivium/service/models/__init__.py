"""Tables of service."""

from trivium.service.models.announcements import Announcement, AnnouncementCompany, AnnouncementReceipt, StepDone
from trivium.service.models.exchange import (
    Meeting,
    MeetingAnswer,
    MeetingCompany,
    Minutes,
    MinutesPoint,
    Poll,
    PollCompany,
    PollOption,
    PollVote,
)
from trivium.service.models.tickets import Ticket, TicketWord, ticket_number

__all__ = [
    "Announcement",
    "AnnouncementCompany",
    "AnnouncementReceipt",
    "Meeting",
    "MeetingAnswer",
    "MeetingCompany",
    "Minutes",
    "MinutesPoint",
    "Poll",
    "PollCompany",
    "PollOption",
    "PollVote",
    "StepDone",
    "Ticket",
    "TicketWord",
    "ticket_number",
]
