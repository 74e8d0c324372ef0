"""Screening: the rules in force, what they look at, and what they say of an application."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Max, Q

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, cut
from trivium.parties.models import (
    Application,
    BankAccount,
    BlockEntry,
    Membership,
    Organization,
    OrganizationRole,
    ScreeningRule,
    Territory,
)
from trivium.parties.rules import (
    DELIVERED,
    FACTS,
    PERSONAL,
    SCREENED,
    ApplicationStatus,
    Case,
    ChangeKind,
    Claim,
    Facts,
    Finding,
    Job,
    Other,
    Outcome,
    PaperFacts,
    PaperStatus,
    Role,
    ScreenRule,
    plain_name,
    screen,
    standing,
)

COMPARED = 20_000
_SEEN = (ApplicationStatus.SUBMITTED, ApplicationStatus.ASKED)


def facts_of(application: Application) -> Facts:
    """What an application says."""
    values = {name: getattr(application, name) for name in FACTS}
    return Facts(**{**values, "categories": tuple(values["categories"]), "territory": tuple(values["territory"])})


def facts_of_company(company: Organization) -> Facts:
    """What stands in the record of an admitted company."""
    names = ("legal_name", "name", "country", "number", "currency", "region", "address", "industry", "size")
    return Facts(**{name: getattr(company, name) for name in names})


def kept_facts(facts: Facts) -> dict[str, Any]:
    """The facts of the company as a screening keeps them: without persons, phones and accounts."""
    return {name: value for name, value in asdict(facts).items() if name not in PERSONAL}


def rules_in_force() -> list[ScreenRule]:
    """Every screening rule in its newest version. One statement."""
    newest = ScreeningRule.objects.order_by("code", "-version").distinct("code")
    rows = newest.values_list("code", "version", "strength", "is_on", "settings")
    return standing({row[0]: ScreenRule(*row) for row in rows if row[0] in DELIVERED})


def own_company(application: Application) -> int | None:
    """The company it is for, if that is on the platform: the one named, or one of this number its applicant runs."""
    if application.organization_id or not application.number:
        return application.organization_id
    runs = Membership.objects.filter(user_id=application.applicant_id, job=Job.ADMIN, ends_at=None)
    own = Organization.objects.filter(country=application.country, number=application.number)
    found: int | None = own.filter(pk__in=runs.values("organization_id")).values_list("pk", flat=True).first()
    return found


def case_of(application: Application, on: dt.date, *, only_own: bool = False) -> Case:
    """What screening looks at. With `only_own` it compares by the number alone: what an applicant is told anyhow."""
    papers = application.papers.filter(status=PaperStatus.FILED).values_list("kind", "number", "expires_on")
    return Case(
        role=application.role,
        facts=facts_of(application),
        papers=[PaperFacts(*row) for row in papers],
        on=on,
        others=_others(facts_of(application), own_company(application), [application.applicant_id], only_own=only_own),
        claims=[] if only_own or application.role != Role.PARTNER else _claims(application),
        blocked=[] if only_own else _blocked(facts_of(application)),
    )


def outcomes_of_change(company: Organization, kind: str, wanted: Mapping[str, Any], on: dt.date) -> list[Outcome]:
    """What the rules in force that concern it say of a change an admitted company wants.

    The holder of a bank account stands where an application has its legal name: whoever is blocked is paid nowhere.
    """
    facts = facts_of_company(company)
    if kind == ChangeKind.BANK:
        facts = replace(facts, legal_name=wanted["holder"], bank_account=wanted["account"])
    else:
        facts = replace(facts, **wanted)
    runs = Membership.objects.filter(organization=company, job=Job.ADMIN, ends_at=None)
    others = _others(facts, company.pk, list(runs.values_list("user_id", flat=True)))
    case = Case(role="", facts=facts, papers=[], on=on, others=others, blocked=_blocked(facts))
    return outcomes_of(case, SCREENED[ChangeKind(kind)])


def outcomes_of(case: Case, only: Collection[str] = ()) -> list[Outcome]:
    """What the rules in force say of a case; with `only`, those of these codes."""
    return screen([rule for rule in rules_in_force() if not only or rule.code in only], case)


def outcome_kept(rule: str, version: int, strength: str, is_met: bool, findings: Sequence[Any]) -> Outcome:
    """What a rule said, as it was kept then."""
    told = tuple(Finding(each["code"], each["field"], each["params"]) for each in findings)
    return Outcome(rule, version, strength, is_met, told)


def _others(facts: Facts, own: int | None, people: Collection[int], *, only_own: bool = False) -> list[Other]:
    """Whom it may be confused with: neither the company itself nor what its own people have applied for."""
    companies = Organization.objects.filter(country=facts.country).exclude(pk=own)
    applications = Application.objects.filter(country=facts.country, status__in=_SEEN)
    applications = applications.exclude(applicant_id__in=people)
    if own:
        applications = applications.exclude(organization_id=own)
    same_number = Q(number=facts.number) & ~Q(number="")
    if only_own:
        companies, applications = companies.filter(same_number), applications.filter(same_number)
    elif facts.region:
        near = Q(region__startswith=facts.region[:2]) | Q(region="")
        companies, applications = companies.filter(same_number | near), applications.filter(same_number | near)
    columns = ("ref", "name", "legal_name", "number", "address")
    found = [Other(*row) for each in (companies, applications) for row in each.values_list(*columns)[:COMPARED]]
    return found if only_own else [*found, *_same_account(facts.bank_account, own, people)]


def _same_account(account: str, own: int | None, people: Collection[int]) -> list[Other]:
    """Whoever else is paid there by now, however that came about, or has applied with it."""
    if not account:
        return []
    same = Application.objects.filter(bank_account_print__of=account, status__in=_SEEN)
    same = same.exclude(applicant_id__in=people)
    paid = BankAccount.objects.filter(account_print__of=account, ended_at=None)
    if own:
        same, paid = same.exclude(organization_id=own), paid.exclude(organization_id=own)
    columns = ("organization__ref", "organization__name", "organization__legal_name")
    rows = [*same.values_list("ref", "name", "legal_name")[:20], *paid.values_list(*columns)[:20]]
    return [Other(ref, name, legal, "", "", has_same_account=True) for ref, name, legal in rows]


def _claims(application: Application) -> list[Claim]:
    """Where other partners work, and where others who have applied want to."""
    partners = OrganizationRole.objects.filter(role=Role.PARTNER).values("organization_id")
    rows = Territory.objects.filter(ends_at=None, partner_id__in=partners).exclude(partner_id=own_company(application))
    asked = Application.objects.filter(role=Role.PARTNER, status__in=_SEEN).exclude(pk=application.pk)
    asked = asked.exclude(applicant_id=application.applicant_id).order_by("id")
    wanted = asked.values_list("name", "territory", "serves", "is_exclusive")[:COMPARED]
    return [
        *(Claim(*row) for row in rows.values_list("partner__name", "region", "serves", "is_exclusive")),
        *(Claim(name, region, serves, alone) for name, territory, serves, alone in wanted for region in territory),
    ]


def _blocked(facts: Facts) -> list[tuple[str, str]]:
    """The entries in force that could be meant: three statements' worth of values, looked up by the index."""
    names = [plain_name(facts.legal_name), plain_name(facts.name)]
    asked = Q(kind="number", value=facts.number) | Q(kind="name", value__in=names)
    asked |= Q(kind="mail", value=facts.email.rpartition("@")[2].casefold())
    newest = BlockEntry.objects.filter(asked).order_by("kind", "value", "-version").distinct("kind", "value")
    return [(kind, value) for kind, value, is_on in newest.values_list("kind", "value", "is_blocked") if is_on]


# -- for those who keep the rules --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule: what it was, who made it so and why. The first is as delivered."""

    version: int
    strength: str
    is_on: bool
    settings: Mapping[str, Any]
    reason: str
    person: str
    at: dt.datetime | None


def screening_rules(actor: Actor) -> list[ScreenRule]:
    """The rules in force.

    Refuses: Denied("application.review").
    """
    actor.require("application.review")
    return rules_in_force()


def rule_history(actor: Actor, code: str) -> list[RuleVersion]:
    """Every version of a rule, newest first.

    Refuses: Denied("application.review").
    """
    actor.require("application.review")
    columns = ("version", "strength", "is_on", "settings", "reason", "person__name", "at")
    rows = ScreeningRule.objects.filter(code=code).order_by("-version").values_list(*columns)
    found = [RuleVersion(v, how, is_on, kept, why, who or "", at) for v, how, is_on, kept, why, who, at in rows]
    first = DELIVERED[code]
    return [*found, RuleVersion(1, first.strength, first.is_on, first.settings, "", "", None)]


@dataclass(frozen=True, slots=True)
class BlockRow:
    """An entry of the blocklist as it stands now."""

    id: int
    kind: str
    written: str
    is_blocked: bool
    version: int
    reason: str
    person: str
    at: dt.datetime


def blocklist(actor: Actor, wanted: Wanted) -> Found:
    """The blocklist, newest first; what was taken off is shown too. Filters: state, kind. Text: what was written.

    Refuses: Denied("application.review").
    """
    actor.require("application.review")
    newest = BlockEntry.objects.values("kind", "value").annotate(last=Max("id")).values("last")
    rows = BlockEntry.objects.filter(pk__in=newest)
    if state := wanted.filters.get("state"):
        rows = rows.filter(is_blocked=state == "blocked")
    if kind := wanted.filters.get("kind"):
        rows = rows.filter(kind=kind)
    if wanted.text:
        rows = rows.filter(written__icontains=wanted.text)
    found, count, is_more = cut(rows, wanted, {"written": "written", "at": "at"})
    columns = ("id", "kind", "written", "is_blocked", "version", "reason", "person__name", "at")
    shown = [
        BlockRow(key, its_kind, written, is_blocked, version, why, who or "", at)
        for key, its_kind, written, is_blocked, version, why, who, at in found.values_list(*columns)
    ]
    return Found(shown, count, is_more)


def first_refused(outcomes: Sequence[Outcome], *strengths: str) -> Outcome | None:
    """The first rule of one of these strengths that is not met."""
    return next((each for each in outcomes if not each.is_met and each.strength in strengths), None)
