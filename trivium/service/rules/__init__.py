"""What service knows without a database: pure."""

from trivium.service.rules.tickets import (
    OF_COMPANY,
    OF_OPERATOR,
    PAGE,
    PAGE_TITLE,
    PERMISSIONS,
    REOPENS_FOR,
    SUBJECT,
    TEXT,
    TICKET,
    Kind,
    Outcome,
    Side,
    State,
    check_kind,
    check_outcome,
    check_page,
)

__all__ = [
    "OF_COMPANY",
    "OF_OPERATOR",
    "PAGE",
    "PAGE_TITLE",
    "PERMISSIONS",
    "REOPENS_FOR",
    "SUBJECT",
    "TEXT",
    "TICKET",
    "Kind",
    "Outcome",
    "Side",
    "State",
    "check_kind",
    "check_outcome",
    "check_page",
]
