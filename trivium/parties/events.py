"""What happens to parties."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationAdmitted(Event):
    """An organization may trade in a role."""

    role: str


@dataclass(frozen=True, kw_only=True)
class BuyerAssigned(Event):
    """A buyer belongs to a partner from now on."""

    partner_ref: str


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(Event):
    """Somebody's act waits for approvals of their own company; subject is what waits."""

    approval_ref: str


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided(Event):
    """The approvals for `subject` are complete, one way or the other."""

    approval_ref: str
    approved: bool


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """A person has agreed to a purpose; subject is the person."""

    purpose: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A person has taken a consent back; subject is the person."""

    purpose: str


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """A person's own data is gone; what the law requires stays under their reference. The audience: their companies."""
