"""Tables of service."""

from trivium.service.models.tickets import Ticket, TicketWord, ticket_number

__all__ = ["Ticket", "TicketWord", "ticket_number"]
