"""Statements, confirmed by both sides, and the payouts they lead to, approved by two people."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.events import publish
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger.rules import Posting
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.rules import ApprovalStatus
from trivium.settlement import queries
from trivium.settlement.errors import AccountMoved, AlreadyConfirmed, BadPeriod, BothSides, NoDeclinedPayout, NoOperator
from trivium.settlement.events import PayoutProposed, PayoutSent, StatementClosed, StatementIssued
from trivium.settlement.models import Payout, Series, Statement, StatementConfirmation
from trivium.settlement.rules import PAYOUT, PayoutStatus, Side, is_closed

PEOPLE_BEHIND_A_PAYOUT = 2

# Every movement of a pending account that stands on no statement yet and may be settled: its entry lies before the
# period's end, is no statement's own, and, where the buyer owes it on account, the buyer has paid or the contract
# says the operator pays at completion. One statement of lines for all parties.
_LINES = """
WITH flow AS (
    SELECT p.id, p.destination AS account, p.amount, p.unit, p.at, e.subject, e.purpose
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE p.destination ~ '^(supplier|partner)/[^/]+/pending$' AND p.at < %(until)s AND e.purpose <> 'statement'
    UNION ALL
    SELECT p.id, p.source, -p.amount, p.unit, p.at, e.subject, e.purpose
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE p.source ~ '^(supplier|partner)/[^/]+/pending$' AND p.at < %(until)s AND e.purpose <> 'statement'
)
SELECT split_part(f.account, '/', 1), split_part(f.account, '/', 2), f.unit, f.account, f.id, f.subject, f.purpose,
       f.amount, f.at
FROM flow f
LEFT JOIN ordering_supplierorder s ON s.ref = f.subject
LEFT JOIN settlement_receivable r ON r.order_id = s.order_id AND r.amount > r.credited + r.paid
LEFT JOIN settlement_release l ON l.supplier_order_id = s.id
WHERE NOT EXISTS (SELECT FROM settlement_statementline t WHERE t.account = f.account AND t.posting_id = f.id)
  AND (r.id IS NULL OR (f.account LIKE 'supplier/%%' AND NOT l.supplier_waits_for_buyer))
ORDER BY 1, 2, 3, f.id
"""

_WRITE_LINES = """
INSERT INTO settlement_statementline (statement_id, position, account, posting_id, subject, purpose, amount, at)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[],
                     %s::timestamptz[])
"""


@act
def issue_statements(actor: Actor, *, until: dt.datetime) -> list[str]:
    """State to every supplier and partner what moved on its pending account before `until` and may be settled.

    A minus of the statement before is carried over. A party with nothing new gets none. Returns the references.
    Four statements and one number per party, however many lines there are.

    Refuses: Denied("statement.issue"), BadPeriod (in the future).
    """
    actor.require("statement.issue")
    sql.rows("SELECT pg_advisory_xact_lock(hashtext('settlement statements'))")
    at = now()
    if until > at:
        raise BadPeriod(field="until")
    of_party: dict[tuple[str, str, str], list[sql.Row]] = {}
    for row in sql.rows(_LINES, {"until": until}):
        of_party.setdefault(row[:3], []).append(row[3:])
    if not of_party:
        return []
    openings = queries.carried_over()
    ends = queries.last_period_ends()
    known = parties.parties_by_ref([ref for _role, ref, _unit in of_party])
    numbers = _next_numbers(at.year, len(of_party))
    statements = []
    for (role, ref, unit), lines in of_party.items():
        opening = openings.get((role, ref, unit), 0)
        statements.append(
            Statement(
                number=numbers.pop(0),
                party_id=known[ref].id,
                role=role,
                currency=unit,
                period_start=ends.get((role, ref, unit)),
                period_end=until,
                opening=opening,
                total=opening + sum(line[4] for line in lines),
                issued_at=at,
                confirm_by=at + dt.timedelta(days=settings.TRIVIUM["STATEMENT_CONFIRM_DAYS"]),
            )
        )
    Statement.objects.bulk_create(statements)
    rows = [
        (statement.pk, position, *line)
        for statement, lines in zip(statements, of_party.values(), strict=True)
        for position, line in enumerate(lines)
    ]
    sql.execute(_WRITE_LINES, sql.columns(rows, 8))
    publish(
        *(
            StatementIssued(subject=s.ref, audience=(key[1],), lines=len(lines))
            for s, (key, lines) in zip(statements, of_party.items(), strict=True)
        ),
        actor=actor,
        at=at,
    )
    return [statement.ref for statement in statements]


def _next_numbers(year: int, count: int) -> list[str]:
    """The next numbers of the year's gapless series: drawn in the transaction that uses them."""
    name = f"statement:{year}"
    Series.objects.get_or_create(name=name)
    series = list(Series.objects.filter(name=name).locked())[0]
    first = series.next
    Series.objects.filter(pk=series.pk).update(next=first + count)
    return [f"ST-{year}-{number:06d}" for number in range(first, first + count)]


@act
def confirm_statement(actor: Actor, statement_ref: str) -> bool:
    """Confirm a statement for one's side, party or operator; returns whether that closed it.

    When both have, what it states becomes payable and a payout is proposed; a minus is carried over.
    Refuses: Denied("statement.confirm"), NotFound, AlreadyConfirmed, BothSides.
    """
    actor.require("statement.confirm")
    statement = queries.lock_statement(actor, statement_ref)
    at = now()
    side = Side.OPERATOR if actor.is_role("operator") else Side.PARTY
    if is_closed(queries.sides_of(statement)):
        raise AlreadyConfirmed()
    _confirm(actor, statement, side, at)
    closed = is_closed(queries.sides_of(statement))
    if closed:
        _close(actor, statement, at, by_deadline=False)
    return closed


def _confirm(actor: Actor, statement: Statement, side: Side, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            StatementConfirmation.objects.create(
                statement=statement, side=side, person_id=actor.user_id, actor=actor.ref, at=at
            )
    except IntegrityError as error:
        raise (BothSides(permission="statement.confirm") if "nobody" in str(error) else AlreadyConfirmed()) from error


@act
def close_overdue(statement_ref: str) -> None:
    """The deadline to check a statement has passed: it counts as confirmed by both."""
    actor = Actor.system("deadline")
    statement = queries.lock_statement(actor, statement_ref)
    at = now()
    if statement.confirm_by > at or is_closed(queries.sides_of(statement)):
        return
    _confirm(actor, statement, Side.DEADLINE, at)
    _close(actor, statement, at, by_deadline=True)


def _close(actor: Actor, statement: Statement, at: dt.datetime, *, by_deadline: bool) -> None:
    party = parties.names_of([statement.party_id])[statement.party_id]
    base = f"{statement.role}/{party.ref}"
    closed = StatementClosed(subject=statement.ref, audience=(party.ref,), by_deadline=by_deadline)
    if statement.total <= 0:
        publish(closed, actor=actor, at=at)
        return
    payout_ref = _propose_payout(statement, at)
    ledger.post(
        key=f"statement:{statement.ref}",
        subject=statement.ref,
        purpose="statement",
        at=at,
        actor_ref=actor.ref,
        postings=[Posting(f"{base}/pending", f"{base}/payable", statement.total, statement.currency)],
    )
    publish(closed, PayoutProposed(subject=payout_ref, audience=(party.ref,)), actor=actor, at=at)


@act
def propose_payout(actor: Actor, statement_ref: str) -> str:
    """Propose a statement's payout anew after it was declined, whoever declined it; returns its reference.

    Proposing is the first word of the two it takes: one other person approves it.
    Refuses: Denied("payout.propose"), NotFound, BothSides (who has confirmed the statement for the party),
    NoDeclinedPayout.
    """
    actor.require("payout.propose")
    statement = queries.lock_statement(actor, statement_ref)
    at = now()
    _check_side(actor, statement.pk, "payout.propose")
    standing = set(Payout.objects.filter(statement=statement).values_list("status", flat=True))
    if standing != {PayoutStatus.DECLINED}:
        raise NoDeclinedPayout()
    payout_ref = _propose_payout(statement, at, proposed_by_id=actor.user_id)
    party = parties.names_of([statement.party_id])[statement.party_id]
    publish(PayoutProposed(subject=payout_ref, audience=(party.ref,)), actor=actor, at=at)
    return payout_ref


def _check_side(actor: Actor, statement_id: int, permission: str) -> None:
    """Whoever has confirmed a statement for the party it pays has no word on its payout.

    Refuses: BothSides.
    """
    if actor.user_id is not None and queries.confirmed_by_party(statement_id) == actor.user_id:
        raise BothSides(permission=permission)


def _propose_payout(statement: Statement, at: dt.datetime, *, proposed_by_id: int | None = None) -> str:
    """Ask for the words it takes: of two who have not confirmed it for the party, or of one beside a proposer."""
    operator = parties.operator()
    if operator is None:
        raise NoOperator()
    payout = Payout(
        ref=new_ref("pyo"),
        account_id=_account_in_force(statement.party_id),
        party_id=statement.party_id,
        role=statement.role,
        currency=statement.currency,
        amount=statement.total,
        statement=statement,
        proposed_at=at,
        proposed_by_id=proposed_by_id,
    )
    payout.save(force_insert=True)
    parties_commands.ask_approval(
        Actor.system("statement"),
        subject=payout.ref,
        act="payout.send",
        organization_id=operator.id,
        needed=PEOPLE_BEHIND_A_PAYOUT - (proposed_by_id is not None),
        asked_by_id=proposed_by_id or queries.confirmed_by_party(statement.pk),
    )
    return payout.ref


def _account_in_force(party_id: int) -> int | None:
    return next((each.id for each in parties.bank_accounts(organization_ids=[party_id])), None)


@act
def decide(actor: Actor, approval_ref: str, *, yes: bool) -> ApprovalStatus:
    """Give one's word on whatever waits in one's company; on a payout only while its account is still in force.

    For the doors: nobody approves a payout to an account that they have not seen, or that is no longer the company's;
    and nobody decides on one whose statement they have confirmed for the party.
    Refuses: what `parties.decide` refuses, BothSides, AccountMoved.
    """
    subject = parties.subject_of_approval(actor, approval_ref)
    payout = next(iter(Payout.objects.filter(ref=subject).locked()), None)
    status = parties_commands.decide(actor, approval_ref, yes=yes)
    if payout is not None:
        _check_side(actor, payout.statement_id, "approval.decide")
    if yes and payout is not None and payout.account_id != _account_in_force(payout.party_id):
        raise AccountMoved(party=parties.names_of([payout.party_id])[payout.party_id].name)
    return status


@act
def finish_payout(payout_ref: str) -> None:
    """Two people stand behind a payout, or one declined it: send it, or leave the money payable.

    Looks again; a second run changes nothing.
    Refuses: Overdrawn, if the payable account no longer holds it.
    """
    actor = Actor.system("payout")
    payout = next(iter(Payout.objects.filter(ref=payout_ref).locked()), None)
    at = now()
    approval = parties.approval_of(payout_ref)
    if payout is None or payout.status != PayoutStatus.PROPOSED or approval is None:
        return
    if approval["status"] == ApprovalStatus.DECLINED:
        payout.status = PAYOUT.next(payout.status, "decline")
        payout.save(update_fields=["status"])
    elif approval["status"] == ApprovalStatus.APPROVED:
        _send(actor, payout, at)


def _send(actor: Actor, payout: Payout, at: dt.datetime) -> None:
    party = parties.names_of([payout.party_id])[payout.party_id]
    payout.status, payout.sent_at = PAYOUT.next(payout.status, "send"), at
    payout.save(update_fields=["status", "sent_at"])
    payable = f"{payout.role}/{party.ref}/payable"
    ledger.post(
        key=f"payout:{payout.ref}",
        subject=payout.ref,
        purpose="payout",
        at=at,
        actor_ref=actor.ref,
        postings=[Posting(payable, "bank", payout.amount, payout.currency)],
    )
    publish(PayoutSent(subject=payout.ref, audience=(party.ref,)), actor=actor, at=at)
