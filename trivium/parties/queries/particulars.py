"""What a company says of itself, as its own people read it; and the changes that wait for the operator."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.history import version_of
from trivium.core.vault import last_four
from trivium.parties.models import BankAccount, ChangeRequest, Contact, Organization, Screening, ScreeningResult
from trivium.parties.queries.screening import outcome_kept
from trivium.parties.rules import ChangeKind, ChangeStatus, Outcome


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody who can be called in a company."""

    ref: str
    name: str
    position: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """A company as its own people read it. Whoever changes it says which `version` they looked at.

    `account` is the bank account as it may be shown: its last four digits.
    """

    ref: str
    name: str
    legal_name: str
    number: str
    country: str
    region: str
    address: str
    industry: str
    size: str
    currency: str
    holder: str
    bank: str
    account: str
    contacts: Sequence[ContactRow]
    version: int


_OWN = ("ref", "name", "legal_name", "number", "country", "region", "address", "industry", "size", "currency")


def particulars(actor: Actor) -> Particulars:
    """The own company, with contacts and the bank account in force.

    Refuses: NotFound.
    """
    own = actor.organization_id or 0
    version = version_of(actor.organization_ref)  # read before the rest: what changes meanwhile counts as newer
    row = Organization.objects.filter(pk=own).values_list(*_OWN).first()
    if row is None:
        raise NotFound(what="organization", ref=actor.organization_ref)
    account = BankAccount.objects.filter(organization_id=own, ended_at=None).first()
    contacts = Contact.objects.filter(organization_id=own).order_by("id")
    paid = (account.holder, account.bank, last_four(str(account.account))) if account else ("", "", "")
    rows = [ContactRow(each.ref, each.name, each.position, str(each.phone), each.email) for each in contacts]
    return Particulars(*(*row, *paid, rows, version))


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A bank account of a company, in force or replaced since."""

    id: int
    organization_id: int
    holder: str
    account: str
    is_in_force: bool


def bank_accounts(*, organization_ids: Sequence[int] = (), account_ids: Sequence[int] = ()) -> list[AccountRow]:
    """The accounts in force of these companies, and these accounts whatever became of them. One statement, or none.

    For other contexts, which decide to whom the whole number is shown.
    """
    if not organization_ids and not account_ids:
        return []
    asked = Q(organization_id__in=organization_ids, ended_at=None) | Q(pk__in=account_ids)
    rows = BankAccount.objects.filter(asked).order_by("id")
    return [AccountRow(row.pk, row.organization_id, row.holder, str(row.account), row.ended_at is None) for row in rows]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change a company has asked for: what is in force, and what it wants instead.

    `outcomes` are what the rules said of it last; they tell of other companies, and are for reviewers alone.
    """

    id: int
    ref: str
    organization_ref: str
    organization_name: str
    kind: str
    status: str
    was: Mapping[str, str]
    wanted: Mapping[str, str]
    reason: str
    asked_by: str
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    answer: str
    is_mine: bool
    outcomes: Sequence[Outcome] = ()


def changes_asked(
    actor: Actor, *, status: str = "", before_id: int | None = None, limit: int = 100
) -> list[ChangeRow]:
    """The changes the own company has asked for, newest first; those of every company for whoever reviews them.

    The account itself is shown to reviewers alone: they compare it with the bank's letter.
    """
    rows = ChangeRequest.objects.select_related("organization", "asked_by").order_by("-id")
    if not actor.may("change.review"):
        rows = rows.filter(organization_id=actor.organization_id or 0)
    if status:
        rows = rows.filter(status=status)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    found = list(rows[:limit])
    said = _last_outcomes([each.pk for each in found]) if actor.may("change.review") else {}
    return [_row(actor, each, said.get(each.pk, ())) for each in found]


def _last_outcomes(change_ids: Sequence[int]) -> dict[int, list[Outcome]]:
    """What the rules said of each of these changes when they were last asked. One statement, or none."""
    if not change_ids:
        return {}
    last = Screening.objects.filter(change_id__in=change_ids).order_by("change_id", "-id").distinct("change_id")
    rows = ScreeningResult.objects.filter(screening__in=last.values("pk")).order_by("id")
    found: dict[int, list[Outcome]] = {}
    for key, *kept in rows.values_list("screening__change_id", "rule", "version", "strength", "is_met", "findings"):
        found.setdefault(key, []).append(outcome_kept(*kept))
    return found


def _row(actor: Actor, each: ChangeRequest, outcomes: Sequence[Outcome]) -> ChangeRow:
    was, wanted = json.loads(str(each.was)), json.loads(str(each.wanted))
    if each.kind == ChangeKind.BANK and not (actor.may("change.review") and each.status == ChangeStatus.WAITING):
        was, wanted = ({**values, "account": _shown(values["account"])} for values in (was, wanted))
    company, person = each.organization, each.asked_by
    return ChangeRow(
        each.pk, each.ref, company.ref, company.name, each.kind, each.status, was, wanted, each.reason,
        person.name if person else "", each.asked_at, each.decided_at, each.answer, each.asked_by_id == actor.user_id,
        outcomes,
    )  # fmt: skip


def _shown(account: str) -> str:
    return last_four(account) if account else ""


def changes_waiting(actor: Actor) -> int:
    """How many changes wait for a reviewer, up to 50."""
    if not actor.may("change.review"):
        return 0
    return int(ChangeRequest.objects.filter(status=ChangeStatus.WAITING)[:50].count())
