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
class EntryBegun(Event):
    """A person of the operator works in a company's workspace from now on; the subject is the entry."""

    role: str
    acts: bool


@dataclass(frozen=True, kw_only=True)
class EntryEnded(Event):
    """A person of the operator has left a company's workspace; the subject is the entry."""

    role: str


# -- cut-overs: subject is the cut-over; each party is told by an event of its own, which names no other ---------------


@dataclass(frozen=True, kw_only=True)
class PartnerChanged(Event):
    """A buyer has another partner from the day of the cut-over on; told is the buyer."""


@dataclass(frozen=True, kw_only=True)
class BuyerGoes(Event):
    """A buyer leaves its partner on the day of the cut-over; told is the partner it leaves."""


@dataclass(frozen=True, kw_only=True)
class BuyerComes(Event):
    """A buyer comes to a partner on the day of the cut-over; told is the partner it comes to."""


@dataclass(frozen=True, kw_only=True)
class CutoverWithdrawn(Event):
    """A planned change of partner does not come to be; told is one of the three."""


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
class ServiceStopped(Event):
    """Another service says that a person is no active member of it: they sign in through it no more. So many sessions
    were ended.
    """

    service: str
    sessions: int


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
class RetentionChanged(Event):
    """How long something on persons is kept under a law holds in a new version; subject is the rule."""

    version: int


@dataclass(frozen=True, kw_only=True)
class PartnerActivated(Event):
    """An approved partner's share contract is in force: buyers can be assigned to it."""


@dataclass(frozen=True, kw_only=True)
class GradeDefined(Event):
    """A partner grade, the subject, is new, has other rights, or is given no more; `rights` is how many it gives."""

    rank: int
    rights: int
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class GradeAssigned(Event):
    """A partner has another grade from now on; "" is none, and all rights."""

    grade_ref: str


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """Somebody is asked by mail to work in a company; the subject is the invitation."""

    role: str
    job: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    """An invitation, the subject, opens nothing any more."""


@dataclass(frozen=True, kw_only=True)
class PersonJoined(Event):
    """A person, the subject, works in a company from now on."""

    organization_ref: str
    role: str
    job: str
    invitation_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceChanged(Event):
    """A person, the subject, has another job, department, cost centre or limit in a company."""

    organization_ref: str
    role: str
    job_before: str
    job: str


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    """A person, the subject, works in a company no more; `to_ref` is who takes over what they had begun.

    `keys` and `approvals` are how many keys of theirs were closed and how many decisions went to others.
    """

    organization_ref: str
    to_ref: str
    keys: int
    approvals: int = 0


@dataclass(frozen=True, kw_only=True)
class CompanyArranged(Event):
    """A department or cost centre, the subject, is new, has another name, or has ended."""

    organization_ref: str
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalRerouted(Event):
    """Whoever was asked for a word has left, and others are asked; the subject is what waits."""

    approval_ref: str


@dataclass(frozen=True, kw_only=True)
class OrderRuleSet(Event):
    """A company has set, changed or ended a rule, the subject, about approvals of its orders."""

    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class DeputyNamed(Event):
    """An approver, the subject, has a deputy for some days, or no longer."""

    deputy_ref: str
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeAsked(Event):
    """A company asks for another legal name, number or bank account; subject is the company."""

    change_ref: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ChangeDecided(Event):
    """The operator has decided on a company's change; subject is the company."""

    change_ref: str
    kind: str
    approved: bool


# -- agreements: subject is the agreement ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AgreementPublished(Event):
    """A version can be read and signed; told are the companies it binds."""

    number: int
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(Event):
    """A company has signed a version."""

    signature_ref: str
    organization_ref: str
    number: int


@dataclass(frozen=True, kw_only=True)
class AgreementLapses(Event):
    """A company will have to sign in so many days: its signature lapses, or a version begins to bind."""

    organization_ref: str
    days: int


@dataclass(frozen=True, kw_only=True)
class AgreementEnded(Event):
    """An agreement is asked of nobody any more; signatures stay."""


# -- papers of admitted companies: subject is the paper; told are the company and the operator ------------------------


@dataclass(frozen=True, kw_only=True)
class PaperHandedIn(Event):
    """A company has handed in a renewed or further paper, which waits for the operator."""

    organization_ref: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class PaperDecided(Event):
    """The operator has decided on a paper of a company."""

    organization_ref: str
    kind: str
    approved: bool


@dataclass(frozen=True, kw_only=True)
class PaperExpiring(Event):
    """A paper of a company will lapse; `days` is which of the steps before its last day has been reached."""

    organization_ref: str
    kind: str
    days: int


@dataclass(frozen=True, kw_only=True)
class PaperLapsed(Event):
    """The last day of a paper has passed: nothing new is listed that needs it, until a renewed one is approved."""

    organization_ref: str
    kind: str
