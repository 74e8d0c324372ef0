"""Screening: what is looked at by itself when a company applies. Which rules hold, and how strictly, is data. Pure."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trivium.core.errors import Refusal
from trivium.core.i18n import gettext_noop as _
from trivium.parties import errors
from trivium.parties.errors import BadRuleSetting
from trivium.parties.rules.applications import (
    LEAST,
    Facts,
    PaperKind,
    is_mail,
    is_phone,
    is_real_number,
    likeness,
    overlaps,
    plain_address,
    plain_name,
)
from trivium.parties.rules.roles import Role


class Strength(StrEnum):
    """What a rule that is not met does."""

    REFUSE = "refuse"  # the application is not taken, and told why
    STOP = "stop"  # it is taken, and cannot be approved while this is so
    FLAG = "flag"  # whoever decides sees it


@dataclass(frozen=True, slots=True)
class ScreenRule:
    """A screening rule as it stands in one of its versions."""

    code: str
    version: int
    strength: str
    is_on: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What screening needs of a paper."""

    kind: str
    number: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another company it may be confused with: on the platform already, or applying too."""

    ref: str
    name: str
    legal_name: str
    number: str
    address: str
    has_same_account: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a partner works or wants to: a region and the section it serves, alone or beside others."""

    partner: str
    region: str
    serves: str
    is_exclusive: bool


@dataclass(frozen=True, slots=True)
class Case:
    """All that is looked at: one application on one day."""

    role: str
    facts: Facts
    papers: Sequence[PaperFacts]
    on: dt.date
    others: Sequence[Other] = ()
    claims: Sequence[Claim] = ()
    blocked: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as a rule wants it: a refusal by its code, its field, and what fills its places."""

    code: str
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule said, in which version and how strictly."""

    rule: str
    version: int
    strength: str
    is_met: bool
    findings: tuple[Finding, ...] = ()


_KINDS: Mapping[str, type[Refusal]] = {
    kind.code: kind
    for kind in (
        errors.FactMissing,
        errors.PaperMissing,
        errors.WrongNumber,
        errors.NumberUnchecked,
        errors.BadPhone,
        errors.BadMail,
        errors.PaperExpired,
        errors.CertificateMissing,
        errors.NumberTaken,
        errors.Namesake,
        errors.SameAccount,
        errors.Blocked,
        errors.TerritoryTaken,
    )
}


def refusal_of(finding: Finding) -> Refusal:
    """The finding as a refusal: what stops an application is told in the same words."""
    return _KINDS[finding.code](field=finding.field or None, **finding.params)


def _found(kind: type[Refusal], field: str = "", **params: Any) -> Finding:
    return Finding(kind.code, field, params)


# -- the rules ---------------------------------------------------------------------------------------------------------


def _completeness(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    asked = (*settings["facts"], *settings.get(f"facts_{case.role}", ()))
    for name in asked:
        if getattr(case.facts, name) in ("", None, ()) and not (name == "region" and case.facts.country != "CN"):
            yield _found(errors.FactMissing, name, fact=name)
    there = {paper.kind for paper in case.papers}
    for kind in settings.get(f"papers_{case.role}", ()):
        if kind not in there:
            yield _found(errors.PaperMissing, "papers", paper=kind)


def _checksum(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    if case.facts.number:
        real = is_real_number(case.facts.number, case.facts.country)
        if real is False:
            kind = "uscc" if case.facts.country == "CN" else "vat"
            yield _found(errors.WrongNumber, "number", number=case.facts.number, number_kind=kind)
        if real is None and settings.get("unknown_countries") == "flag":
            yield _found(errors.NumberUnchecked, "number", country=case.facts.country)


def _contact(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    if case.facts.phone and not is_phone(case.facts.phone):
        yield _found(errors.BadPhone, "phone")
    if case.facts.email and not is_mail(case.facts.email):
        yield _found(errors.BadMail, "email")


def _expiry(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    last = case.on + dt.timedelta(days=int(settings["days_left"]))
    for paper in case.papers:
        if paper.expires_on is not None and paper.expires_on < last:
            yield _found(errors.PaperExpired, "papers", paper=paper.kind, day=paper.expires_on.isoformat())


def _certificates(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    there = {paper.kind for paper in case.papers}
    for kind, categories in settings["categories"].items():
        touched = [c for c in case.facts.categories if any(c == top or c.startswith(f"{top}/") for top in categories)]
        if case.role == Role.SUPPLIER and touched and kind not in there:
            yield _found(errors.CertificateMissing, "papers", paper=kind, category=touched[0])


def _duplicate(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    if case.facts.number and any(other.number == case.facts.number for other in case.others):
        yield _found(errors.NumberTaken, "number", number=case.facts.number)


def _namesake(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Near-same name and near-same address; a company whose address nobody knows, by the same name alone."""
    ours = {name for name in (plain_name(case.facts.legal_name), plain_name(case.facts.name)) if name}
    here = plain_address(case.facts.address)
    for other in case.others:
        theirs = {name for name in (plain_name(other.legal_name), plain_name(other.name)) if name}
        alike = max((likeness(one, their) for one in ours for their in theirs), default=0)
        there = plain_address(other.address)
        close = likeness(here, there) >= int(settings["address_percent"]) if here and there else alike == 100
        if alike >= int(settings["name_percent"]) and close:
            yield _found(errors.Namesake, "legal_name", other=other.legal_name or other.name, percent=alike)


def _account(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    for other in case.others:
        if other.has_same_account:
            yield _found(errors.SameAccount, "bank_account", other=other.legal_name or other.name)


def _blocklist(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    own = {("number", case.facts.number), ("name", plain_name(case.facts.legal_name)),
           ("name", plain_name(case.facts.name)), ("mail", case.facts.email.rpartition("@")[2].casefold())}  # fmt: skip
    for kind, value in case.blocked:
        if value and (kind, value) in own:
            yield _found(errors.Blocked, "number" if kind == "number" else "", block_kind=kind, value=value)


def _territory(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    if case.role != Role.PARTNER:
        return
    for claim in case.claims:
        meets = any(overlaps(region, claim.region) for region in case.facts.territory)
        same = not case.facts.serves or not claim.serves or case.facts.serves == claim.serves
        if meets and same and (claim.is_exclusive or case.facts.is_exclusive):
            yield _found(errors.TerritoryTaken, "territory", other=claim.partner, region=claim.region)


_COMMON = ["legal_name", "name", "number", "region", "address", "industry", "size", "contact_name", "phone", "email"]
_LICENCE = [str(PaperKind.BUSINESS_LICENCE)]
CHECKS: Mapping[str, Callable[[Case, Mapping[str, Any]], Iterator[Finding]]] = {
    "completeness": _completeness,
    "checksum": _checksum,
    "contact": _contact,
    "expiry": _expiry,
    "certificates": _certificates,
    "duplicate": _duplicate,
    "namesake": _namesake,
    "account": _account,
    "blocklist": _blocklist,
    "territory": _territory,
}
DELIVERED: Mapping[str, ScreenRule] = {
    rule.code: rule
    for rule in (
        ScreenRule("checksum", 1, Strength.REFUSE, True, {"unknown_countries": "pass"}),
        ScreenRule("contact", 1, Strength.REFUSE, True, {}),
        ScreenRule("completeness", 1, Strength.REFUSE, True, {
            "facts": _COMMON, "facts_supplier": ["categories", "bank_account"],
            "facts_partner": ["territory", "expected_monthly", "bank_account"],
            "papers_supplier": _LICENCE, "papers_partner": _LICENCE, "papers_buyer": _LICENCE,
        }),
        ScreenRule("expiry", 1, Strength.REFUSE, True, {"days_left": 0}),
        ScreenRule("certificates", 1, Strength.REFUSE, True, {
            "categories": {"food_licence": ["food", "fresh", "frozen", "drinks", "staples", "dairy", "bakery", "meat"]},
        }),
        ScreenRule("duplicate", 1, Strength.REFUSE, True, {}),
        ScreenRule("namesake", 1, Strength.FLAG, True, {"name_percent": 70, "address_percent": 60}),
        ScreenRule("account", 1, Strength.FLAG, True, {}),
        ScreenRule("blocklist", 1, Strength.STOP, True, {}),
        ScreenRule("territory", 1, Strength.FLAG, True, {}),
    )
}  # fmt: skip
"""The rules as Trivium brings them, version 1 of each, in the order an applicant is told of them."""
QUIET = frozenset({"namesake", "account", "blocklist", "territory"})
"""What only those who decide are told."""
RULE_WORDS = {
    "completeness": _("Facts and papers are complete"),
    "checksum": _("The company number has the right check digits"),
    "contact": _("Phone and mail address can exist"),
    "expiry": _("No paper has expired"),
    "certificates": _("The certificates its goods need are there"),
    "duplicate": _("No other company has this number"),
    "namesake": _("No company of nearly this name and address is known"),
    "account": _("No other company uses this bank account"),
    "blocklist": _("It is not on the blocklist"),
    "territory": _("Its territory is nobody’s alone"),
}


def screen(rules: Sequence[ScreenRule], case: Case) -> list[Outcome]:
    """What every rule that is on says of a case, in the order of the rules."""
    found = []
    for rule in rules:
        if rule.is_on:
            findings = tuple(CHECKS[rule.code](case, rule.settings))
            found.append(Outcome(rule.code, rule.version, str(rule.strength), not findings, findings))
    return found


def lacking(facts: Facts) -> list[str]:
    """The facts without which nobody is admitted, that are not there."""
    return [name for name in LEAST if not getattr(facts, name)]


def standing(rules: Mapping[str, ScreenRule]) -> list[ScreenRule]:
    """The rules in force: those given, and of the others what Trivium brings."""
    return [rules.get(code, delivered) for code, delivered in DELIVERED.items()]


def check_settings(code: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a rule as they are kept: the same names as delivered, each of the same kind.

    Refuses: BadRuleSetting.
    """
    known = DELIVERED[code].settings
    found: dict[str, Any] = {}
    for name in known:
        value = settings.get(name, known[name])
        if not _fits(value, known[name], name):
            raise BadRuleSetting(setting=name, field=f"settings.{name}")
        found[name] = value
    if unknown := set(settings) - set(known):
        raise BadRuleSetting(setting=sorted(unknown)[0][:40], field="settings")
    return found


def _fits(value: Any, like: Any, name: str) -> bool:
    if isinstance(like, int):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650
    if isinstance(like, str):
        return value in ("pass", "flag")
    if isinstance(like, list):
        known = set(PaperKind) if name.startswith("papers") else set(Facts.__dataclass_fields__)
        return isinstance(value, list) and all(isinstance(each, str) and each in known for each in value)
    if not isinstance(value, dict) or not set(value) <= set(PaperKind):
        return False
    return all(isinstance(codes, list) and all(isinstance(c, str) and 0 < len(c) <= 80 for c in codes)
               for codes in value.values())  # fmt: skip
