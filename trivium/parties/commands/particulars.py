"""What a company changes about itself: most of it at once; what others rely on when they pay or sign, after a review.

Whoever changes something says which version they were looking at. What somebody else has changed since is not
overwritten: the act is refused and names it.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, WrongState, clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.history import fields_changed
from trivium.core.time import business_day, now
from trivium.core.vault import last_four
from trivium.parties import queries
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.commands.screening import keep_outcomes
from trivium.parties.errors import (
    AlreadyAsked,
    BadMail,
    BadPhone,
    ChangedMeanwhile,
    NotAdmissible,
    NothingToChange,
    OwnChange,
    TooManyKept,
    ValuesMoved,
)
from trivium.parties.events import ChangeAsked, ChangeDecided
from trivium.parties.models import BankAccount, ChangeRequest, Contact, Membership, Organization
from trivium.parties.rules import (
    AT_ONCE,
    MOST_CONTACTS,
    REVIEWED,
    ChangeKind,
    ChangeStatus,
    Role,
    Strength,
    check_industry,
    check_region,
    check_size,
    clean_account,
    compact_number,
    refusal_of,
)
from trivium.parties.rules.applications import as_international, is_mail, is_phone

WORDS = 500
LIMITS = {"name": 120, "address": 300, "region": 20, "legal_name": 200, "number": 40, "holder": 200, "bank": 120}


# -- at once -----------------------------------------------------------------------------------------------------------


@act
def change_particulars(actor: Actor, *, seen: int, **given: str) -> tuple[str, ...]:
    """Change the own company's name, address, region, industry or size at once; returns what is different now.

    `seen` is the version that was looked at. Fields that are not given stay.
    Refuses: Denied("party.edit"), ChangedMeanwhile, Empty, TooLong, BadText, BadRegion, BadIndustry, BadSize.
    """
    company = lock_own_company(actor, "party.edit")
    wanted = {name: _clean(name, text, company.country) for name, text in given.items() if name in AT_ONCE}
    changed = tuple(name for name, value in wanted.items() if value != getattr(company, name))
    _check_version(company, seen, "organization", changed)
    if changed:
        for name in changed:
            setattr(company, name, wanted[name])
        company.save(update_fields=list(changed))
    return changed


@act
def add_contact(actor: Actor, *, name: str, phone: str = "", email: str = "", position: str = "") -> str:
    """Add somebody who can be called in the own company; returns the reference.

    Refuses: Denied("party.edit"), TooManyKept, BadPhone, BadMail, Empty, TooLong, BadText.
    """
    company = lock_own_company(actor, "party.edit")
    if Contact.objects.filter(organization=company).count() >= MOST_CONTACTS:
        raise TooManyKept(most=MOST_CONTACTS)
    values = _contact(company, name=name, phone=phone, email=email, position=position)
    made = Contact.objects.create(organization=company, created_at=now(), **values)
    return str(made.ref)


@act
def change_contact(
    actor: Actor, ref: str, *, seen: int, name: str, phone: str = "", email: str = "", position: str = ""
) -> None:
    """Change a contact of the own company.

    Refuses: Denied("party.edit"), NotFound, ChangedMeanwhile, BadPhone, BadMail, Empty, TooLong, BadText.
    """
    company = lock_own_company(actor, "party.edit")
    contact = _own_contact(company, ref)
    values = _contact(company, name=name, phone=phone, email=email, position=position)
    changed = [field for field, value in values.items() if value != getattr(contact, field)]
    _check_version(company, seen, "contact", changed, row=contact.pk)
    for field in changed:
        setattr(contact, field, values[field])
    if changed:
        contact.save(update_fields=changed)


@act
def remove_contact(actor: Actor, ref: str, *, seen: int) -> None:
    """Remove a contact of the own company for good.

    Refuses: Denied("party.edit"), NotFound, ChangedMeanwhile.
    """
    company = lock_own_company(actor, "party.edit")
    contact = _own_contact(company, ref)
    _check_version(company, seen, "contact", ("name", "phone_print", "email", "position"), row=contact.pk)
    Contact.objects.filter(pk=contact.pk).delete()


# -- after a review ----------------------------------------------------------------------------------------------------


@act
def ask_change(actor: Actor, kind: str, *, seen: int, reason: str, **wanted: str) -> str:
    """Ask for another legal name, company number or bank account; returns the request's reference.

    The old values stay in force until the operator has approved it. It is screened by the rules in force that concern
    it; what they said is kept with it.
    Refuses: Denied("party.edit"), NotFound (kind), AlreadyAsked, ChangedMeanwhile, NothingToChange, BadAccount, Empty,
    TooLong, BadText, and in its own words whatever a rule refuses: WrongNumber, NumberTaken.
    """
    company = lock_own_company(actor, "party.edit")
    if kind not in set(ChangeKind):
        raise NotFound(what="change", ref=kind, field="kind")
    fields = REVIEWED[ChangeKind(kind)]
    if ChangeRequest.objects.filter(organization=company, kind=kind, status=ChangeStatus.WAITING).exists():
        raise AlreadyAsked()
    _check_version(company, seen, "bank_account" if kind == ChangeKind.BANK else "organization", fields)
    was = _values_in_force(company, kind)
    values = {name: _clean(name, wanted.get(name, ""), company.country) for name in fields}
    if values == was:
        raise NothingToChange(field=fields[0])
    at = now()
    outcomes = queries.outcomes_of_change(company, kind, values, business_day(at))
    if refused := queries.first_refused(outcomes, Strength.REFUSE):
        raise refusal_of(refused.findings[0])
    made = ChangeRequest.objects.create(
        organization=company, kind=kind, was=json.dumps(was), wanted=json.dumps(values), asked_by_id=actor.user_id,
        asked_at=at, reason=clean_text(reason, limit=WORDS, field="reason"),
    )  # fmt: skip
    keep_outcomes(outcomes, at, doing="ask", facts=queries.facts_of_company(company), change=made)
    event = ChangeAsked(subject=company.ref, audience=(company.ref, OPERATOR), change_ref=made.ref, kind=kind)
    publish(event, actor=actor, at=at)
    return str(made.ref)


@act
def withdraw_change(actor: Actor, ref: str) -> None:
    """Take back a request of the own company that nobody has decided.

    Refuses: Denied("party.edit"), NotFound, WrongState.
    """
    company = lock_own_company(actor, "party.edit")
    change = _locked(ChangeRequest.objects.filter(organization=company), ref, "withdraw")
    _close(change, ChangeStatus.WITHDRAWN, actor, now(), "")


@act
def approve_change(actor: Actor, ref: str, *, answer: str = "") -> None:
    """Put a change in force that a company has asked for.

    It is screened once more: what has been blocked or taken since stops it.
    Refuses: Denied("change.review"), NotFound, OwnChange, WrongState, ValuesMoved (what it was asked for is in force no
    more), NotAdmissible.
    """
    change, company = _to_decide(actor, ref, "approve")
    at = now()
    if _values_in_force(company, change.kind) != json.loads(str(change.was)):
        raise ValuesMoved()
    values = json.loads(str(change.wanted))
    outcomes = queries.outcomes_of_change(company, change.kind, values, business_day(at))
    if stopped := queries.first_refused(outcomes, Strength.REFUSE, Strength.STOP):
        raise NotAdmissible(rule=stopped.rule)
    keep_outcomes(outcomes, at, doing="approve", facts=queries.facts_of_company(company), change=change)
    if change.kind == ChangeKind.BANK:
        put_bank_account(company, at=at, **values)
    else:
        for name, value in values.items():
            setattr(company, name, value)
        company.save(update_fields=list(values))
    _decide(change, company, ChangeStatus.APPROVED, actor, at, answer)


@act
def decline_change(actor: Actor, ref: str, *, answer: str) -> None:
    """Refuse a change that a company has asked for, with the reason; the old values stay in force.

    Refuses: Denied("change.review"), NotFound, OwnChange, WrongState, Empty.
    """
    change, company = _to_decide(actor, ref, "decline")
    said = clean_text(answer, limit=WORDS, field="answer")
    _decide(change, company, ChangeStatus.DECLINED, actor, now(), said)


def put_bank_account(company: Organization, *, at: dt.datetime, account: str, holder: str = "", bank: str = "") -> None:
    """Let a company be paid there from now on; within an act that has seen that it may."""
    BankAccount.objects.filter(organization=company, ended_at=None).update(ended_at=at)
    BankAccount.objects.create(
        organization=company, holder=holder, bank=bank, account=account, last_four=last_four(account)[-4:], starts_at=at
    )


# -- what they share ---------------------------------------------------------------------------------------------------


def _own_contact(company: Organization, ref: str) -> Contact:
    found = list(Contact.objects.filter(organization=company, ref=ref).locked())
    if not found:
        raise NotFound(what="contact", ref=ref)
    contact: Contact = found[0]
    return contact


_SAME = {"phone": "phone_print"}


def _check_version(
    company: Organization, seen: int, kind: str, fields: Collection[str], *, row: int | None = None
) -> None:
    """See that nobody has changed these fields since the version that was looked at."""
    watched = {_SAME.get(name, name) for name in fields} | ({"last_four"} if kind == "bank_account" else set())
    moved = watched & fields_changed(company.ref, kind, since=seen, row=row)
    if moved:
        raise ChangedMeanwhile(changed=", ".join(sorted(moved)))


_CLEANERS: Mapping[str, Callable[[str], str]] = {"industry": check_industry, "size": check_size}


def _clean(name: str, text: str, country: str) -> str:
    if name == "account":
        return clean_account(text, field=name)
    if name in _CLEANERS:
        return _CLEANERS[name](text)
    required = name in ("name", "legal_name", "number", "holder")
    value = clean_text(text, limit=LIMITS[name], field=name, required=required)
    if name == "region" and country == "CN" and value:
        check_region(value, field=name)
    return compact_number(value) if name == "number" else value


def _contact(company: Organization, *, name: str, phone: str, email: str, position: str) -> dict[str, str]:
    number = as_international(clean_text(phone, limit=40, field="phone", required=False), company.country)
    if number and not is_phone(number):
        raise BadPhone(field="phone")
    mail = clean_text(email, limit=254, field="email", required=False)
    if mail and not is_mail(mail):
        raise BadMail(field="email")
    return {
        "name": clean_text(name, limit=120, field="name"),
        "position": clean_text(position, limit=60, field="position", required=False),
        "phone": number,
        "email": mail,
    }


def _values_in_force(company: Organization, kind: str) -> dict[str, str]:
    if kind != ChangeKind.BANK:
        return {name: getattr(company, name) for name in REVIEWED[ChangeKind(kind)]}
    found = BankAccount.objects.filter(organization=company, ended_at=None).first()
    return {name: getattr(found, name) if found else "" for name in REVIEWED[ChangeKind.BANK]}


def _locked(rows: Any, ref: str, act: str) -> ChangeRequest:
    found = list(rows.filter(ref=ref).locked())
    if not found:
        raise NotFound(what="change", ref=ref)
    change: ChangeRequest = found[0]
    if change.status != ChangeStatus.WAITING:
        raise WrongState(state=change.status, act=act)
    return change


def _to_decide(actor: Actor, ref: str, act: str) -> tuple[ChangeRequest, Organization]:
    """A request to decide and its company, both locked, the company first as in every other act on it."""
    actor.require("change.review")
    ids = ChangeRequest.objects.filter(ref=ref).values_list("organization_id", flat=True)
    companies = list(Organization.objects.filter(pk__in=list(ids)).locked())
    change = _locked(ChangeRequest.objects.all(), ref, act)
    (company,) = companies
    if change.asked_by_id is not None and change.asked_by_id == actor.user_id:
        raise OwnChange(permission="change.review")
    works_there = Membership.objects.filter(user_id=actor.user_id or 0, organization=company, ends_at=None)
    if works_there.exclude(role=Role.OPERATOR).exists():
        raise OwnChange(permission="change.review")
    return change, company


def _decide(
    change: ChangeRequest, company: Organization, status: ChangeStatus, actor: Actor, at: dt.datetime, answer: str
) -> None:
    _close(change, status, actor, at, clean_text(answer, limit=WORDS, field="answer", required=False))
    event = ChangeDecided(
        subject=company.ref, audience=(company.ref,), change_ref=change.ref, kind=change.kind,
        approved=status == ChangeStatus.APPROVED,
    )  # fmt: skip
    publish(event, actor=actor, at=at)


def _close(change: ChangeRequest, status: ChangeStatus, actor: Actor, at: dt.datetime, answer: str) -> None:
    change.status, change.decided_by_id, change.decided_at, change.answer = status, actor.user_id, at, answer
    change.save(update_fields=["status", "decided_by", "decided_at", "answer"])
