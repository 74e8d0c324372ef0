"""What happens in service; subject: the ticket or the announcement. What was written stands in no event."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TicketOpened(Event):
    """Somebody has asked, complained or given feedback."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class TicketTaken(Event):
    """One of the operator's people looks after it now."""


@dataclass(frozen=True, kw_only=True)
class TicketAnswered(Event):
    """The operator has answered."""


@dataclass(frozen=True, kw_only=True)
class TicketAskedBack(Event):
    """The operator needs to know more before it can go on."""


@dataclass(frozen=True, kw_only=True)
class TicketReplied(Event):
    """The company has written more."""


@dataclass(frozen=True, kw_only=True)
class TicketClosed(Event):
    """It is over; `by_operator` says which side ended it."""

    outcome: str
    by_operator: bool


@dataclass(frozen=True, kw_only=True)
class TicketReopened(Event):
    """It was not over after all."""


@dataclass(frozen=True, kw_only=True)
class AnnouncementPublished(Event):
    """The operator has told a group something."""

    kind: str
    must_acknowledge: bool


@dataclass(frozen=True, kw_only=True)
class AnnouncementWithdrawn(Event):
    """The operator has taken an announcement back."""


@dataclass(frozen=True, kw_only=True)
class AnnouncementAcknowledged(Event):
    """A person has said that they have read an announcement; the log's actor is that person."""
