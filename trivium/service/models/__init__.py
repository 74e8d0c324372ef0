"""Tables of service."""

from trivium.service.models.announcements import Announcement, AnnouncementCompany, AnnouncementReceipt, StepDone
from trivium.service.models.tickets import Ticket, TicketWord, ticket_number

__all__ = [
    "Announcement",
    "AnnouncementCompany",
    "AnnouncementReceipt",
    "StepDone",
    "Ticket",
    "TicketWord",
    "ticket_number",
]
