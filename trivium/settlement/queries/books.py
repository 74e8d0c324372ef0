"""Reads of settlement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.ids import business_number
from trivium.core.vault import last_four
from trivium.ledger import queries as ledger
from trivium.ordering import queries as orders
from trivium.ordering.rules import Status
from trivium.parties import queries as parties
from trivium.settlement.models import (
    Payment,
    Payout,
    Refund,
    RefundLoss,
    Statement,
    StatementConfirmation,
    StatementLine,
)
from trivium.settlement.rules import is_closed


def order_of_payment(payment_ref: str) -> str:
    """The order a payment is for.

    Refuses: NotFound.
    """
    found = Payment.objects.filter(ref=payment_ref[:40]).values_list("order__ref", flat=True).first()
    if found is None:
        raise NotFound(what="payment", ref=payment_ref)
    return str(found)


def payment_to_charge(payment_ref: str) -> Payment | None:
    """A payment a gateway has still to be asked for: not answered yet, and something of its order waits for money."""
    open_ones = Payment.objects.filter(ref=payment_ref, status="pending", gateway_ref="")
    return open_ones.filter(order__supplier_orders__status=Status.CONFIRMED).first()


def payments_pending(gateway: str, *, limit: int = 200) -> list[tuple[str, int, str]]:
    """Payments a gateway has not answered yet, oldest first: (reference, minor units, currency)."""
    found = Payment.objects.filter(gateway=gateway, status="pending").order_by("id")
    return list(found.values_list("ref", "amount", "currency")[:limit])


def surplus_to_return(payment_ref: str) -> Payment | None:
    """A payment that brought too much which has not been sent back."""
    payment = Payment.objects.filter(ref=payment_ref, surplus__gt=0).first()
    return payment if payment is not None and ledger.entry(f"surplus-returned:{payment.ref}") is None else None


def transfers_to_return(actor: Actor) -> list[dict[str, Any]]:
    """Transfers, and parts of them, that came too much and that somebody has to send back, oldest first.

    One statement. Refuses: Denied("payment.record").
    """
    actor.require("payment.record")
    return [{"order_number": business_number("O", row.pop("order_id")), **row} for row in sql.dicts(_TO_RETURN)]


_TO_RETURN = """
SELECT p.ref, o.id AS order_id, o.ref AS order_ref, b.name AS buyer_name, p.surplus AS amount, p.currency, p.received_at
FROM settlement_payment p JOIN ordering_order o ON o.id = p.order_id
JOIN parties_organization b ON b.id = o.buyer_id
WHERE p.gateway = 'bank' AND p.surplus > 0
  AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.key = 'surplus-returned:' || p.ref)
ORDER BY p.id LIMIT 200
"""


def money_at_gateways(actor: Actor) -> list[dict[str, Any]]:
    """What each payment gateway holds (minor units): taken in, less sent back and paid out. Below 0: it has advanced.

    One statement, and one per currency. Refuses: Denied("payment.record").
    """
    actor.require("payment.record")
    known = sql.rows("SELECT DISTINCT gateway, currency FROM settlement_payment WHERE gateway <> 'bank' ORDER BY 1, 2")
    found = []
    for currency in sorted({currency for _gateway, currency in known}):
        names = [gateway for gateway, unit in known if unit == currency]
        held = ledger.balances([f"psp/{name}" for name in names], currency)
        found += [{"gateway": name, "currency": currency, "held": -held[f"psp/{name}"]} for name in names]
    return found


def part_keys(refs: Sequence[str]) -> dict[str, int]:
    """Keys of supplier orders by reference, in one statement."""
    return dict(sql.rows("SELECT ref, id FROM ordering_supplierorder WHERE ref = ANY(%s::text[])", [list(refs)]))


def freight_refunded(supplier_order_id: int) -> int:
    """How much freight of a supplier order has been refunded so far, minor units."""
    statement = "SELECT COALESCE(sum(freight), 0)::bigint FROM settlement_refund WHERE supplier_order_id = %s"
    return int(sql.rows(statement, [supplier_order_id])[0][0])


def is_released(supplier_order_id: int) -> bool:
    """Whether the escrow of a supplier order has been paid out."""
    found = "SELECT EXISTS (SELECT FROM settlement_release WHERE supplier_order_id = %s)"
    return bool(sql.rows(found, [supplier_order_id])[0][0])


def losses_of(order_ref: str) -> dict[str, dict[str, int]]:
    """What refunds of an order were lowered by so far, by supplier order and account (minor units)."""
    found = RefundLoss.objects.filter(refund__supplier_order__order__ref=order_ref).order_by("account")
    taken: dict[str, dict[str, int]] = {}
    for ref, account, total in found.values_list("refund__supplier_order__ref", "account").annotate(
        total=Sum("amount")
    ):
        taken.setdefault(ref, {})[account] = total
    return taken


def gateway_refunds(refund_ref: str) -> list[tuple[str, str, int, str]]:
    """What gateways have to send back for a refund: (gateway, its reference, minor units, currency)."""
    found = Refund.objects.filter(ref=refund_ref, sources__payment__isnull=False).exclude(
        sources__payment__gateway="bank"
    )
    rows = found.values_list(
        "sources__payment__gateway", "sources__payment__gateway_ref", "sources__amount", "currency"
    )
    return list(rows)


def lock_statement(actor: Actor, ref: str) -> Statement:
    """A statement of this workspace, locked.

    Refuses: NotFound.
    """
    found: list[Statement] = list(Statement.objects.visible_to(actor).filter(ref=ref).locked())
    if not found:
        raise NotFound(what="statement", ref=ref)
    return found[0]


def sides_of(statement: Statement) -> list[str]:
    """Who has confirmed a statement so far."""
    return list(StatementConfirmation.objects.filter(statement=statement).values_list("side", flat=True))


def confirmed_by_party(statement_id: int) -> int | None:
    """The person who confirmed a statement for the party it pays: nobody who then approves the payout."""
    found = StatementConfirmation.objects.filter(statement_id=statement_id, side="party")
    return found.values_list("person_id", flat=True).first()


_CARRIED = """
SELECT DISTINCT ON (s.party_id, s.role, s.currency) s.role, o.ref, s.currency, LEAST(s.total, 0)
FROM settlement_statement s JOIN parties_organization o ON o.id = s.party_id
ORDER BY s.party_id, s.role, s.currency, s.id DESC
"""


def carried_over() -> dict[tuple[str, str, str], int]:
    """What each party's last statement carries over: a minus, or 0."""
    return {row[:3]: row[3] for row in sql.rows(_CARRIED)}


_ENDS = """
SELECT DISTINCT ON (s.party_id, s.role, s.currency) s.role, o.ref, s.currency, s.period_end
FROM settlement_statement s JOIN parties_organization o ON o.id = s.party_id
ORDER BY s.party_id, s.role, s.currency, s.id DESC
"""


def last_period_ends() -> dict[tuple[str, str, str], dt.datetime]:
    """Until when each party's last statement went."""
    return {row[:3]: row[3] for row in sql.rows(_ENDS)}


_OVERDUE = """
SELECT s.ref FROM settlement_statement s
WHERE s.confirm_by <= %s AND NOT EXISTS (
    SELECT FROM settlement_statementconfirmation c WHERE c.statement_id = s.id
    GROUP BY c.statement_id HAVING bool_or(c.side = 'deadline') OR count(*) >= 2)
ORDER BY s.id LIMIT %s
"""


def overdue_statements(at: dt.datetime, limit: int) -> list[str]:
    """Statements whose deadline to be checked has passed."""
    return [row[0] for row in sql.rows(_OVERDUE, [at, limit])]


# -- for doors -------------------------------------------------------------------------------------------------------


def statements_of(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[dict[str, Any]]:
    """Statements this workspace may see, newest first. Three statements for any number."""
    found = Statement.objects.visible_to(actor).order_by("-id")
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return statement_rows(list(found[:limit]))


def statement_rows(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Statements read already, with the party's name and who has confirmed. Two statements for any number."""
    names = parties.names_of([s.party_id for s in statements])
    sides: dict[int, list[StatementConfirmation]] = {}
    for confirmation in StatementConfirmation.objects.filter(statement__in=statements).order_by("id"):
        sides.setdefault(confirmation.statement_id, []).append(confirmation)
    return [_statement_row(s, names[s.party_id], sides.get(s.pk, [])) for s in statements]


def _statement_row(
    statement: Statement, party: parties.Party, confirmations: Sequence[StatementConfirmation]
) -> dict[str, Any]:
    closed = is_closed(c.side for c in confirmations)
    fields = ("id", "ref", "number", "role", "currency", "period_start", "period_end", "opening", "total", "issued_at")
    return {name: getattr(statement, name) for name in fields} | {
        "party": {"ref": party.ref, "name": party.name},
        "confirm_by": None if closed else statement.confirm_by,
        "status": "closed" if closed else "issued",
        "confirmations": [{"side": c.side, "at": c.at} for c in confirmations],
    }


def get_statement(actor: Actor, ref: str) -> dict[str, Any]:
    """A statement with every line: the order it comes from, what happened, and the amount.

    Refuses: NotFound.
    """
    statement = Statement.objects.visible_to(actor).filter(ref=ref[:40]).first()
    if statement is None:
        raise NotFound(what="statement", ref=ref)
    party = parties.names_of([statement.party_id])[statement.party_id]
    confirmations = list(StatementConfirmation.objects.filter(statement=statement).order_by("id"))
    view = _statement_row(statement, party, confirmations)
    lines = StatementLine.objects.filter(statement=statement).order_by("position")
    view["lines"] = list(lines.values("subject", "purpose", "amount", "at"))
    payouts = Payout.objects.filter(statement=statement).order_by("-id")  # the living one, or the last declined
    view["payout"] = payouts.values("ref", "status", "amount", "sent_at").first()
    return view


def payouts_of(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[dict[str, Any]]:
    """Payouts this workspace may see, newest first. Two statements for any number."""
    found = Payout.objects.visible_to(actor).order_by("-id")
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return payout_rows(actor, found[:limit])


_PAYOUT = (
    "id", "ref", "role", "currency", "amount", "status", "proposed_at", "sent_at", "party_id", "account_id",
    "statement__ref", "statement__number",
)  # fmt: skip


def payout_rows(actor: Actor, found: Any) -> list[dict[str, Any]]:
    """A page of payouts with the party's name and the account it goes to, as it was proposed.

    The number is whole for the operator's people who propose payouts, else its last four digits. `account_moved` says
    of a proposed one that the company's account is another by now. Three statements for any number.
    """
    rows = list(found.values(*_PAYOUT))
    names = parties.names_of([row["party_id"] for row in rows])
    accounts = parties.bank_accounts(
        organization_ids=[row["party_id"] for row in rows if row["status"] == "proposed"],
        account_ids=[row["account_id"] for row in rows if row["account_id"]],
    )
    by_id = {each.id: each for each in accounts}
    in_force = {each.organization_id: each for each in accounts if each.is_in_force}
    is_whole = actor.is_role("operator") and actor.may("payout.propose")
    for row in rows:
        party_id, account_id = row.pop("party_id"), row.pop("account_id")
        its, now_in_force = by_id.get(account_id), in_force.get(party_id)
        row["account_moved"] = row["status"] == "proposed" and its != now_in_force
        row["party"] = {"ref": names[party_id].ref, "name": names[party_id].name}
        row["statement"] = {"ref": row.pop("statement__ref"), "number": row.pop("statement__number")}
        row["account"] = (its.account if is_whole else last_four(its.account)) if its else ""
        row["account_holder"] = its.holder if its else ""
    return rows


_OPEN_ACCOUNTS = """
SELECT o.ref, o.name, r.currency, sum(r.amount - r.credited - r.paid)::bigint, count(*), min(r.at)
FROM settlement_receivable r JOIN parties_organization o ON o.id = r.buyer_id
WHERE r.amount > r.credited + r.paid AND (%(buyer)s::bigint IS NULL OR r.buyer_id = %(buyer)s::bigint)
GROUP BY o.ref, o.name, r.currency ORDER BY min(r.at), o.ref
"""


def open_accounts(actor: Actor) -> list[dict[str, Any]]:
    """What is owed on account by buyer and currency, the longest waiting first; a buyer sees its own. One statement.

    Refuses: Denied("payment.record"), for suppliers and partners.
    """
    if not actor.is_role("buyer"):
        actor.require("payment.record")
    own = actor.organization_id if actor.is_role("buyer") else None
    names = ("buyer_ref", "buyer_name", "currency", "amount", "orders", "since")
    return [dict(zip(names, row, strict=True)) for row in sql.rows(_OPEN_ACCOUNTS, {"buyer": own})]


def payments_of(actor: Actor, order_ref: str) -> list[dict[str, Any]]:
    """An order's payments, for its buyer and the operator.

    Refuses: NotFound.
    """
    order_ref = orders.order_ref_of(actor, order_ref)
    if not (actor.is_system or actor.is_role("buyer", "operator")):
        return []
    rows = Payment.objects.filter(order__ref=order_ref).order_by("id")
    names = ("ref", "gateway", "status", "amount", "currency", "surplus", "started_at", "received_at")
    return [dict(row) for row in rows.values(*names)]


def refunds_of(actor: Actor, supplier_order_refs: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Refunds by visible supplier order, in two statements.

    What the buyer got back is the buyer's, partner's and operator's to see.
    """
    found: dict[str, list[dict[str, Any]]] = {ref: [] for ref in supplier_order_refs}
    visible = {key: ref for ref, key in orders.part_keys(actor, supplier_order_refs).items()}
    rows = Refund.objects.filter(supplier_order_id__in=list(visible)).order_by("id")
    names = ["supplier_order_id", "ref", "kind", "currency", "reason", "after_completion", "at", "freight"]
    names += [] if actor.is_role("supplier") else ["amount"]
    for row in rows.values(*names):
        found[visible[row.pop("supplier_order_id")]].append(row)
    return found


def explain_line(actor: Actor, line_ref: str) -> dict[str, Any]:
    """Why a line costs what it costs, and where its money goes, as far as the reader may know.

    The trail stage by stage, the figures of the split with the contract versions it was made under, and what the
    books have moved for its supplier order on the reader's own accounts (the operator reads all).
    Refuses: NotFound.
    """
    order_ref, part_ref = orders.line_place(actor, line_ref)
    order = orders.get_order(actor, order_ref)
    part = next(p for p in order["supplier_orders"] if p["ref"] == part_ref)
    line = next(each for each in part["lines"] if each["ref"] == line_ref)
    return {
        "line_ref": line_ref,
        "order_ref": order_ref,
        "supplier_order_ref": part_ref,
        "currency": order["currency"],
        "mode": order["mode"],
        "trail": line["stages"],
        "figures": line["figures"],
        "given_back": line["given_back"],
        "contracts": orders.contracts_of(actor, line_ref),
        "books": _books(actor, part_ref),
    }


def _books(actor: Actor, part_ref: str) -> list[dict[str, Any]]:
    """Movements of a supplier order on accounts the reader may see, in order, as signed amounts of that account."""
    own = None if actor.is_system or actor.is_role("operator") else f"{actor.role}/{actor.organization_ref}/"
    found = []
    for entry in ledger.entries_of(part_ref):
        for posting in entry.postings:
            for account, sign in ((posting.destination, 1), (posting.source, -1)):
                if own is None or account.startswith(own) or (actor.is_role("buyer") and _is_buyers(account, posting)):
                    found.append(
                        {
                            "at": entry.at,
                            "purpose": entry.purpose,
                            "account": account,
                            "amount": sign * posting.amount,
                            "currency": posting.unit,
                        }
                    )
    return found


def _is_buyers(account: str, posting: Any) -> bool:
    """A buyer sees what it paid in and got back, not what leaves escrow for others."""
    outside = ("psp/", "bank")
    return account.startswith(outside) and (
        posting.source.startswith("escrow/") or posting.destination.startswith("escrow/")
    )
