"""Papers of admitted companies: one's own, those that wait or lapse, and whether goods may be listed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.lists import Found, Wanted, cut
from trivium.core.time import business_day, now
from trivium.core.waiting import Waiting
from trivium.parties.errors import CertificateLapsed, CertificateNeeded, LicenceLapsed
from trivium.parties.models import Membership, Paper
from trivium.parties.queries.screening import rules_in_force
from trivium.parties.rules import WARNED_DAYS, Need, PaperStatus, Role, is_lapsed, needed_papers


@dataclass(frozen=True, slots=True)
class CompanyPaper:
    """A paper of a company, as its administrators and the operator read it.

    `days_left` is until its last day, negative once it has lapsed, None for one without end. `replaces_ref` is the
    paper in force that it shall take the place of. `may_decide` says whether the reader may.
    """

    id: int
    ref: str
    organization_ref: str
    organization_name: str
    kind: str
    number: str
    expires_on: dt.date | None
    days_left: int | None
    status: str
    replaces_ref: str
    note: str
    filed_by: str
    filed_at: dt.datetime
    decided_at: dt.datetime | None
    reason: str
    media: str
    size: int
    pages: int
    may_decide: bool


_COLUMNS = ("id", "ref", "organization__ref", "organization__name", "kind", "number", "expires_on", "status",
            "replaces__ref", "note", "filed_by__name", "filed_at", "decided_at", "reason", "media", "size", "pages",
            "filed_by_id", "organization_id")  # fmt: skip
_NAMES = ("id", "ref", "organization_ref", "organization_name", "kind", "number", "expires_on", "status",
          "replaces_ref", "note", "filed_by", "filed_at", "decided_at", "reason", "media", "size", "pages")  # fmt: skip
_WAITING = Q(status=PaperStatus.FILED, application=None)
_OF_COMPANIES = Q(organization__isnull=False) & (_WAITING | ~Q(status=PaperStatus.FILED))


def company_papers(
    actor: Actor, *, status: str = "", before_id: int | None = None, limit: int = 100
) -> list[CompanyPaper]:
    """The papers of the own company for its administrators, newest first; for reviewers those of every company."""
    everybodys = Paper.objects.filter(_OF_COMPANIES).order_by("-id")
    rows = everybodys if actor.may("change.review") else _own(actor)
    if status:
        rows = rows.filter(status=status)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return _shown(actor, rows[:limit].values_list(*_COLUMNS))


def own_papers(actor: Actor, *, limit: int = 100) -> list[CompanyPaper]:
    """The papers of the own company, for its administrators; newest first."""
    return _shown(actor, _own(actor)[:limit].values_list(*_COLUMNS))


def _own(actor: Actor) -> Any:
    rows = Paper.objects.filter(_OF_COMPANIES, organization_id=actor.organization_id or 0).order_by("-id")
    return rows if actor.may("party.edit") else rows.none()


def paper_list(actor: Actor, wanted: Wanted) -> Found:
    """The papers of all companies, as a list. Filters: state (waiting, expiring, lapsed, or a status), kind.

    Refuses: Denied("change.review").
    """
    actor.require("change.review")
    today, rows = business_day(now()), Paper.objects.filter(_OF_COMPANIES)
    last = today + dt.timedelta(days=max(WARNED_DAYS))
    in_force = Q(status=PaperStatus.IN_FORCE)
    states = {
        "waiting": _WAITING,
        "expiring": in_force & Q(expires_on__gte=today, expires_on__lte=last),
        "lapsed": in_force & Q(expires_on__lt=today),
    }
    if state := wanted.filters.get("state"):
        rows = rows.filter(states.get(state, Q(status=state)))
    if kind := wanted.filters.get("kind"):
        rows = rows.filter(kind=kind)
    if wanted.text:
        rows = rows.filter(organization__name__icontains=wanted.text)
    sorts = {"company": "organization__name", "expires": "expires_on", "filed": "filed_at"}
    found, count, is_more = cut(rows, wanted, sorts)
    return Found(_shown(actor, found.values_list(*_COLUMNS)), count, is_more)


PAPERS_WAITING = Waiting(lambda actor: [Paper.objects.filter(_WAITING)], needs="change.review")
"""What wait for a reviewer."""


def _shown(actor: Actor, rows: Any) -> list[CompanyPaper]:
    today = business_day(now())
    works_in = _works_in(actor) if actor.may("change.review") else None
    found = []
    for *row, filed_by_id, organization_id in rows:
        its = dict(zip(_NAMES, row, strict=True))
        left = (its["expires_on"] - today).days if its["expires_on"] else None
        may = (works_in is not None and its["status"] == PaperStatus.FILED and filed_by_id != actor.user_id
               and organization_id not in works_in)  # fmt: skip
        texts = {name: its[name] or "" for name in ("replaces_ref", "filed_by")}
        found.append(CompanyPaper(**{**its, **texts}, days_left=left, may_decide=may))
    return found


def _works_in(actor: Actor) -> set[int]:
    own = Membership.objects.filter(user_id=actor.user_id or 0, ends_at=None).exclude(role=Role.OPERATOR)
    return set(own.values_list("organization_id", flat=True))


def paper_names(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """What notices call papers the reader may see: to the operator by their company, to a company by their last day.

    One statement.
    """
    column = "organization__name" if actor.may("change.review") else "expires_on"
    rows = Paper.objects.visible_to(actor).filter(ref__in=list(refs), organization__isnull=False)
    return {ref: str(name or "–") for ref, name in rows.values_list("ref", column)}


def papers_to_warn_of(on: dt.date) -> list[int]:
    """The papers in force of which the next step may be due on a day, by key; `warn_of_paper` looks again."""
    last = on + dt.timedelta(days=max(WARNED_DAYS))
    rows = Paper.objects.filter(status=PaperStatus.IN_FORCE, expires_on__lte=last, organization__isnull=False)
    rows = rows.filter(Q(warned_days=None) | Q(warned_days__gt=0)).order_by("expires_on", "id")
    return list(rows.values_list("pk", flat=True))


# -- what listing asks -------------------------------------------------------------------------------------------------


def check_may_list(
    organization_id: int, scopes: Sequence[str], *, before: Sequence[str] = (), field: str = "category_ref"
) -> None:
    """Whether a supplier may put new goods on sale in these scopes: its papers that they need have not lapsed.

    A scope is the catalog's path of a category. With `before`, goods on sale there move: only what the new place needs
    beyond the old one is asked for. A company that the operator admitted without papers has none that could lapse; one
    with papers must have those its goods need.
    One statement where there are no papers, else two. Refuses: LicenceLapsed, CertificateLapsed, CertificateNeeded.
    """
    rows = Paper.objects.filter(organization_id=organization_id, status=PaperStatus.IN_FORCE)
    days: dict[str, list[dt.date | None]] = {}
    for kind, day in rows.values_list("kind", "expires_on"):
        days.setdefault(kind, []).append(day)
    if not days:
        return
    rules, today = rules_in_force(), business_day(now())
    met = {need.kind for need in needed_papers(rules, Role.SUPPLIER, before)} if before else set()
    for need in needed_papers(rules, Role.SUPPLIER, scopes):
        if need.kind not in met and (refusal := _lacking(need, days, today, field)):
            raise refusal


def _lacking(
    need: Need, days: Mapping[str, Sequence[dt.date | None]], today: dt.date, field: str
) -> Refusal | None:
    its = days.get(need.kind)
    if its is None:
        return CertificateNeeded(paper=need.kind, category=need.scope, field=field) if need.scope else None
    if not is_lapsed(its, today):
        return None
    day = max(each for each in its if each is not None).isoformat()
    if not need.scope:
        return LicenceLapsed(paper=need.kind, day=day)
    return CertificateLapsed(paper=need.kind, category=need.scope, day=day, field=field)
