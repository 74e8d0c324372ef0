"""What happens in service; subject: the ticket, announcement, poll or meeting. What was written stands in no event."""

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
class VisitorTold(Event):
    """Somebody who was not signed in gets a mail: what became of their feedback, and by which word of it."""

    what: str
    word: int


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


@dataclass(frozen=True, kw_only=True)
class PollOpened(Event):
    """The operator has asked a group something."""

    voters: str


@dataclass(frozen=True, kw_only=True)
class VoteGiven(Event):
    """Somebody who was asked has voted, or has changed their vote; for what is in no event."""

    number: int


@dataclass(frozen=True, kw_only=True)
class PollClosed(Event):
    """A poll's time is over: its results can be seen by those who were asked."""

    early: bool


@dataclass(frozen=True, kw_only=True)
class PollWithdrawn(Event):
    """The operator has taken a poll back."""


@dataclass(frozen=True, kw_only=True)
class MeetingCalled(Event):
    """The operator has invited a group to a meeting."""


@dataclass(frozen=True, kw_only=True)
class MeetingMoved(Event):
    """A meeting has another time or place than was said."""

    sequence: int


@dataclass(frozen=True, kw_only=True)
class MeetingCalledOff(Event):
    """A meeting does not take place."""


@dataclass(frozen=True, kw_only=True)
class MeetingIsNear(Event):
    """A day before: those invited who have not declined are reminded."""


@dataclass(frozen=True, kw_only=True)
class MeetingAnswered(Event):
    """A company comes, or does not."""

    answer: str


@dataclass(frozen=True, kw_only=True)
class MinutesPublished(Event):
    """What was decided in a meeting is written down; `version` counts corrections, from 1."""

    version: int
    announcement_ref: str
