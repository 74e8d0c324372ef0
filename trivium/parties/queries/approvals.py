"""Approvals inside a company; and what the audit asks of approvals and assignments."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.faults import Check, Fault, all_of, faults_in
from trivium.core.models import QuerySet
from trivium.core.time import business_day, now
from trivium.core.waiting import Waiting
from trivium.parties.models import Approval
from trivium.parties.queries import faults_of_papers
from trivium.parties.queries.assigning import cutovers_are_carried_out
from trivium.parties.queries.signing import AGREEMENT_CHECKS
from trivium.parties.rules import (
    NO_PLACE,
    NO_ROUTE,
    ApprovalStatus,
    Asked,
    IfNobody,
    Member,
    OrderFacts,
    OrderingPlace,
    OrderRule,
    Role,
    Route,
    TradingTerms,
    deciders,
    route,
)

# Whom somebody at work has named to decide in their stead on a day.
_DEPUTY = """LEFT JOIN parties_deputy d ON d.organization_id = m.organization_id AND d.approver_id = m.user_id
    AND d.ended_at IS NULL AND d.starts_on <= %(day)s AND (d.ends_on IS NULL OR d.ends_on >= %(day)s)"""
_WAITING = """
SELECT a.id, a.ref, a.act, a.subject, a.needed, a.asked_at, a.asked_by_id, coalesce(q.name, ''), a.why,
       EXISTS (SELECT FROM parties_approvalvote v WHERE v.approval_id = a.id AND v.person_id = %(me)s),
       s.id IS NOT NULL, s.approver_id, s.deputy_id, CASE WHEN s.id IS NOT NULL THEN
       (SELECT json_agg(json_build_array(m.user_id, m.job, d.deputy_id)) FROM parties_membership m
        JOIN parties_user u ON u.id = m.user_id AND u.is_active {deputy}
        WHERE m.organization_id = a.organization_id AND m.role = 'buyer' AND m.ends_at IS NULL)::text END
FROM parties_approval a LEFT JOIN parties_user q ON q.id = a.asked_by_id
LEFT JOIN LATERAL (SELECT * FROM parties_approvalstep s WHERE s.approval_id = a.id AND s.decided_at IS NULL
                   AND NOT s.fell_away ORDER BY s.position LIMIT 1) s ON true
WHERE a.organization_id = %(own)s AND a.status = 'waiting' AND (a.act = 'order.place') = %(buys)s
  AND %(subject)s::text IN ('', a.subject)
ORDER BY a.id LIMIT %(limit)s
""".replace("{deputy}", _DEPUTY)
_FIELDS = ("id", "ref", "act", "subject", "needed", "asked_at", "asked_by_id", "asked_by", "why", "voted")


def approvals_waiting(actor: Actor, *, limit: int = 500, subject: str = "") -> list[dict[str, object]]:
    """What waits for a decision of this workspace, of one subject or all, oldest first, in one statement.

    `mine` says the reader asked for it, `voted` that the reader has given a word on it already, `is_turn` that it is
    the reader who is asked now. `why` names the rules that ask.
    """
    params = {"own": actor.organization_id or 0, "buys": actor.role == Role.BUYER, "me": actor.user_id,
              "limit": limit, "subject": subject, "day": business_day(now())}  # fmt: skip
    found = []
    for row in sql.rows(_WAITING, params):
        facts = dict(zip(_FIELDS, row, strict=False))
        asked_by, voted, (is_step, approver_id, deputy_id, people) = facts["asked_by_id"], facts["voted"], row[10:]
        mine = asked_by == actor.user_id
        is_turn = not mine and not voted and actor.may("approval.decide")
        if is_turn and is_step:
            members = [Member(*each) for each in json.loads(people or "[]")]
            is_turn = actor.user_id in deciders(Asked(approver_id, deputy_id), members, asked_by)
        found.append({**facts, "mine": mine, "is_turn": is_turn})
    return found


def _waits(actor: Actor) -> list[QuerySet[Approval]]:
    its = Approval.objects.filter(organization_id=actor.organization_id or 0, status="waiting")
    return [its.filter(act="order.place") if actor.role == Role.BUYER else its.exclude(act="order.place")]


APPROVALS_WAITING = Waiting(_waits, needs="approval.decide")
"""What waits for somebody's word in this workspace; whose turn it is, `votes_waiting` tells."""


def votes_waiting(actor: Actor) -> int:
    """How many approvals wait for this person's own word now, up to 500. One statement."""
    return sum(bool(each["is_turn"]) for each in approvals_waiting(actor))


def members_of(buyer_id: int) -> list[Member]:
    """Who is at work for a buyer, with their jobs and today's deputies. One statement."""
    return [Member(row.user_id, row.job, row.deputy_id) for row in _members(buyer_id)]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who could be named in a rule, and whom they have named to decide in their stead today."""

    user_id: int
    ref: str
    name: str
    job: str
    deputy_id: int | None


def members_by_ref(actor: Actor) -> list[MemberRow]:
    """Who is at work in the reader's company as a buyer. One statement."""
    return _members(actor.organization_id or 0)


_MEMBERS = f"""
SELECT m.user_id, u.ref, u.name, m.job, d.deputy_id FROM parties_membership m
JOIN parties_user u ON u.id = m.user_id AND u.is_active {_DEPUTY}
WHERE m.organization_id = %(buyer)s AND m.role = 'buyer' AND m.ends_at IS NULL ORDER BY u.name, m.id
"""


def _members(buyer_id: int) -> list[MemberRow]:
    return [MemberRow(*row) for row in sql.rows(_MEMBERS, {"buyer": buyer_id, "day": business_day(now())})]


_ORDER_RULES = """
SELECT r.name, r.threshold, r.scope, r.budget_code, r.cost_centre_id, r.department_id, r.needed, r.if_nobody,
       (SELECT json_agg(json_build_array(s.approver_id, s.deputy_id) ORDER BY s.position)
        FROM parties_approvalrulestep s WHERE s.rule_id = r.id)::text
FROM parties_approvalrule r
WHERE r.organization_id = %(buyer)s AND r.act = 'order.place' AND r.currency = %(currency)s AND r.ended_at IS NULL
ORDER BY r.position, r.id
"""
_OWN_PLACE = """
SELECT spending_limit, monthly_limit, ARRAY(
    WITH RECURSIVE up AS (
        SELECT d.id, d.parent_id FROM parties_department d WHERE d.id = department_id
        UNION SELECT d.id, d.parent_id FROM parties_department d JOIN up ON d.id = up.parent_id
    ) SELECT id FROM up)
FROM parties_membership WHERE organization_id = %s AND user_id = %s AND role = 'buyer' AND ends_at IS NULL
"""
_MONTH_HELD = " AND monthly_limit IS NOT NULL FOR NO KEY UPDATE"


def ordering_place(terms: TradingTerms, person_id: int | None, *, held: bool = False) -> OrderingPlace:
    """From which place in its company a person orders. No statement if nothing hangs on it.

    `held`: whoever has a limit for the month is locked, so that two orders at once count each other.
    """
    if not terms.asks_more:
        return NO_PLACE
    whose = [terms.buyer_id, person_id or 0]
    found = sql.rows(_OWN_PLACE, whose)
    if held and found and found[0][1] is not None:
        found = sql.rows(_OWN_PLACE + _MONTH_HELD, whose) or sql.rows(_OWN_PLACE, whose)
    if not found:
        return NO_PLACE
    limit, monthly_limit, departments = found[0]
    return OrderingPlace(limit, monthly_limit, frozenset(departments))


def order_route(
    terms: TradingTerms,
    place: OrderingPlace,
    *,
    total: int,
    by_scope: Mapping[str, int],
    budget_code: str,
    cost_centre_id: int | None = None,
    month_so_far: int = 0,
) -> Route:
    """Whose words an order from this place needs in its company. No statement if it has but the one plain rule, one
    otherwise; amounts are minor units, `by_scope` by category path.
    """
    if not terms.asks_more:
        if terms.approval_over is None or total < terms.approval_over:
            return NO_ROUTE
        return Route((Asked(),) * terms.approvals_needed, (), IfNobody.WAIT)
    rows = sql.rows(_ORDER_RULES, {"buyer": terms.buyer_id, "currency": terms.currency})
    rules = [OrderRule(*(*row[:8], tuple(Asked(*each) for each in json.loads(row[8] or "[]")))) for row in rows]
    facts = OrderFacts(
        total=total,
        by_scope=tuple(by_scope.items()),
        budget_code=budget_code,
        cost_centre_id=cost_centre_id,
        limit=place.limit,
        monthly_limit=place.monthly_limit,
        month_so_far=month_so_far,
        department_ids=place.department_ids,
    )
    return route(rules, facts)


@dataclass(frozen=True, slots=True)
class OrderRuleRow:
    """A rule about orders, as its company sees it; `approvers` are (person, name, deputy or "", name) in order."""

    ref: str
    name: str
    position: int
    threshold: int
    currency: str
    scope: str
    budget_code: str
    cost_centre_ref: str
    cost_centre: str
    department_ref: str
    department: str
    needed: int
    if_nobody: str
    approvers: tuple[tuple[str, str, str, str], ...]


_RULE_ROWS = """
SELECT r.ref, r.name, r.position, r.threshold, r.currency, r.scope, r.budget_code, coalesce(c.ref, ''),
       coalesce(c.code || ' ' || c.name, ''), coalesce(t.ref, ''), coalesce(t.name, ''), r.needed, r.if_nobody,
       (SELECT json_agg(json_build_array(a.ref, a.name, coalesce(d.ref, ''), coalesce(d.name, '')) ORDER BY s.position)
        FROM parties_approvalrulestep s JOIN parties_user a ON a.id = s.approver_id
        LEFT JOIN parties_user d ON d.id = s.deputy_id WHERE s.rule_id = r.id)::text
FROM parties_approvalrule r LEFT JOIN parties_costcentre c ON c.id = r.cost_centre_id
LEFT JOIN parties_department t ON t.id = r.department_id
WHERE r.organization_id = %s AND r.act = 'order.place' AND r.ended_at IS NULL ORDER BY r.position, r.id
"""


def order_rules(actor: Actor) -> list[OrderRuleRow]:
    """The rules about the reader's company's orders, in their order, the plain one (no name) included. One statement.

    Refuses: Denied("approval.arrange").
    """
    actor.require("approval.arrange")
    rows = sql.rows(_RULE_ROWS, [actor.organization_id or 0])
    return [OrderRuleRow(*(*row[:13], tuple(tuple(each) for each in json.loads(row[13] or "[]")))) for row in rows]


@dataclass(frozen=True, slots=True)
class WordAsked:
    """One word an approval asks for, in its order. `able` are the names of those who could give it now; `named` is who
    is named for it ("": anybody who decides), `by` and `at` who gave it; `state` is given, fell_away, now or later."""

    able: tuple[str, ...]
    named: str
    by: str
    at: dt.datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class ApprovalWay:
    """How far an approval has come: by which rules (`why`), and whose words are asked for; `has_order`: one after the
    other."""

    ref: str
    status: str
    why: str
    asked_by: str
    has_order: bool
    words: tuple[WordAsked, ...]


_WAY = """
SELECT a.id, a.ref, a.status, a.why, a.asked_by_id, coalesce(q.name, ''), a.needed
FROM parties_approval a LEFT JOIN parties_user q ON q.id = a.asked_by_id
WHERE a.organization_id = %s AND a.subject = %s
"""
_WAY_STEPS = """
SELECT s.approver_id, s.deputy_id, coalesce(p.name, ''), coalesce(b.name, ''), s.decided_at, s.fell_away
FROM parties_approvalstep s LEFT JOIN parties_user p ON p.id = s.approver_id
LEFT JOIN parties_user b ON b.id = s.decided_by_id WHERE s.approval_id = %s ORDER BY s.position
"""
_WAY_VOTES = """
SELECT NULL, NULL, '', u.name, v.at, false FROM parties_approvalvote v JOIN parties_user u ON u.id = v.person_id
WHERE v.approval_id = %s ORDER BY v.id
"""
_OPEN_WORD = (None, None, "", "", None, False)


def approval_way(actor: Actor, subject: str) -> ApprovalWay | None:
    """How far the approval of something of the reader's own company has come; None if none was asked. Up to four
    statements.
    """
    found = sql.rows(_WAY, [actor.organization_id or 0, subject])
    if not found:
        return None
    key, ref, status, why, asker_id, asked_by, needed = found[0]
    steps = sql.rows(_WAY_STEPS, [key])
    words = steps or sql.rows(_WAY_VOTES, [key])
    words = [*words, *[_OPEN_WORD] * (0 if steps else max(0, needed - len(words)))]
    people = {row.user_id: row for row in members_by_ref(actor)} if status == ApprovalStatus.WAITING else {}
    members = [Member(row.user_id, row.job, row.deputy_id) for row in people.values()]
    asked, is_open = [], status == ApprovalStatus.WAITING
    for approver_id, deputy_id, named, by, at, fell_away in words:
        state = "given" if at else "fell_away" if fell_away else "now" if is_open else "later"
        able = deciders(Asked(approver_id, deputy_id), members, asker_id) if not (at or fell_away) else ()
        asked.append(WordAsked(tuple(people[each].name for each in people if each in able), named, by, at, state))
        is_open = is_open and not (steps and state == "now")
    return ApprovalWay(ref, status, why, asked_by, bool(steps), tuple(asked))


def subject_of_approval(actor: Actor, ref: str) -> str:
    """What an approval of the reader's own company is about; empty if there is none."""
    found = Approval.objects.filter(ref=ref[:40], organization_id=actor.organization_id or 0)
    return found.values_list("subject", flat=True).first() or ""


def approval_of(subject: str) -> Mapping[str, object] | None:
    """How the approval for a subject stands, or None if none was asked."""
    return Approval.objects.filter(subject=subject).values("ref", "status", "needed", "decided_at").first()


# -- for the audit: promise 4 ----------------------------------------------------------------------------------------


def approvals_are_voted() -> Iterator[Fault]:
    """An approval stands as distinct people other than the asker have voted."""
    return faults_in(
        4,
        """
        SELECT 'approval ' || a.ref, 'for ' || a.subject || ' is ' || a.status || ' with ' || COALESCE(v.yes, 0)
               || ' of ' || a.needed || ' votes for it and ' || COALESCE(v.no, 0) || ' against'
               || CASE WHEN v.own THEN ', one of them the asker''s' ELSE '' END
        FROM parties_approval a LEFT JOIN (
            SELECT v.approval_id, count(DISTINCT v.person_id) FILTER (WHERE v.yes) AS yes,
                   count(*) FILTER (WHERE NOT v.yes) AS no, bool_or(v.person_id = q.asked_by_id) AS own
            FROM parties_approvalvote v JOIN parties_approval q ON q.id = v.approval_id
            GROUP BY v.approval_id) AS v ON v.approval_id = a.id
        WHERE v.own OR CASE a.status WHEN 'withdrawn' THEN 'waiting' ELSE a.status END
                       <> CASE WHEN v.no > 0 THEN 'declined' WHEN v.yes >= a.needed THEN 'approved'
                                        ELSE 'waiting' END
        ORDER BY a.id
        """,
    )


def buyers_have_one_partner() -> Iterator[Fault]:
    """No buyer belongs to two partners at any one time."""
    return faults_in(
        4,
        """
        SELECT 'assignment ' || a.id, 'gives buyer ' || COALESCE(o.ref, '?') || ' a second partner while assignment '
               || b.id || ' lasts'
        FROM parties_assignment a JOIN parties_assignment b ON b.buyer_id = a.buyer_id AND b.id < a.id
        LEFT JOIN parties_organization o ON o.id = a.buyer_id
        WHERE tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) ORDER BY a.id
        """,
    )


CHECKS: tuple[Check, ...] = (
    approvals_are_voted, buyers_have_one_partner, cutovers_are_carried_out, *AGREEMENT_CHECKS,
    *faults_of_papers.CHECKS,
)  # fmt: skip


def faults() -> Iterator[Fault]:
    """Every approval, assignment, application and paper that breaks a promise."""
    return all_of(CHECKS)
