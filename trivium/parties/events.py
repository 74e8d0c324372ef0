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


@dataclass(frozen=True, kw_only=True)
class OrganizationSuspended(Event):
    """A company takes and places no new orders; earlier ones go on."""


@dataclass(frozen=True, kw_only=True)
class OrganizationReinstated(Event):
    """A suspended company trades again."""


# -- applications: subject is the application; told are the applicant ("usr_…") and the operator -----------------------


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Event):
    """A company has applied for a role."""

    role: str


@dataclass(frozen=True, kw_only=True)
class ApplicationAsked(Event):
    """Whoever reviews an application has a question; it waits for the applicant."""


@dataclass(frozen=True, kw_only=True)
class ApplicationAnswered(Event):
    """The applicant has answered; the application waits for review again."""


@dataclass(frozen=True, kw_only=True)
class ApplicationApproved(Event):
    """The company is admitted in the role."""

    role: str
    organization_ref: str


@dataclass(frozen=True, kw_only=True)
class ApplicationRejected(Event):
    """The company is not admitted."""


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(Event):
    """The applicant has taken an application back."""


@dataclass(frozen=True, kw_only=True)
class ScreeningChanged(Event):
    """A screening rule or the blocklist holds in a new version; subject is the rule, or "blocklist"."""

    version: int


@dataclass(frozen=True, kw_only=True)
class PartnerActivated(Event):
    """An approved partner's share contract is in force: buyers can be assigned to it."""
