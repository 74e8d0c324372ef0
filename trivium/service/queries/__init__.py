"""Reads of service."""

from trivium.service.queries.tickets import (
    CHECKS,
    About,
    TicketPage,
    TicketRow,
    Word,
    about_ref,
    faults,
    get_ticket,
    lock_ticket,
    ticket_list,
    ticket_numbers,
    tickets,
    tickets_stand_as_said,
    tickets_waiting,
)

__all__ = [
    "CHECKS",
    "About",
    "TicketPage",
    "TicketRow",
    "Word",
    "about_ref",
    "faults",
    "get_ticket",
    "lock_ticket",
    "ticket_list",
    "ticket_numbers",
    "tickets",
    "tickets_stand_as_said",
    "tickets_waiting",
]
