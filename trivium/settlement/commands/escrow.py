"""Money goes out of escrow: to the parties when a supplier order is completed, back to the buyer when refunded."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import WrongState, clean_text
from trivium.core.events import publish
from trivium.core.ids import new_ref
from trivium.core.money import to_text
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger.rules import NewEntry, Posting, move
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.commands import Step
from trivium.ordering.queries import PartMoney
from trivium.ordering.rules import GiveBack, Status
from trivium.pricing import commands as pricing_commands
from trivium.settlement import queries
from trivium.settlement.commands.budgets import budget_accounts
from trivium.settlement.errors import NothingToRefund, TooMuchFreight
from trivium.settlement.events import EscrowReleased, RefundGranted
from trivium.settlement.models import Funding, Receivable, Refund, RefundLine, RefundLoss, RefundSource, Release
from trivium.settlement.rules import (
    RefundItem,
    Shares,
    Source,
    completion_postings,
    last_first,
    lost_step,
    place_losses,
    reversal_postings,
)


@act
def release_escrow(supplier_order_ref: str) -> None:
    """A supplier order is completed: pay its escrow out by the split its lines carry, less what was given back.

    Looks again under the order's lock; a second run changes nothing. Escrow is 0 afterwards.
    """
    actor = Actor.system("completed")
    _order, _parts, row = orders.lock_part(actor, supplier_order_ref)
    at = now()
    if row.status != Status.COMPLETED or queries.is_released(row.pk):
        return
    part = orders.part_money(supplier_order_ref)
    shares = _standing_shares(part, part.freight - queries.freight_refunded(row.pk))
    waits = part.payable == "when_paid"
    Release(supplier_order=row, supplier_waits_for_buyer=waits, at=at).save(force_insert=True)
    pricing_commands.record_spend(part.partner_id, sum(line.paid for line in part.lines), part.currency)
    postings = completion_postings(part.ref, part.supplier_ref, part.partner_ref, part.currency, shares)
    ledger.post(
        key=f"completed:{part.ref}",
        subject=part.ref,
        purpose="completed",
        postings=postings,
        at=at,
        actor_ref=actor.ref,
    )
    audience = (part.supplier_ref, part.partner_ref)
    publish(EscrowReleased(subject=part.ref, audience=audience), actor=actor, at=at)


def _standing_shares(part: PartMoney, freight: int) -> Shares:
    return Shares(
        operator_part=sum(line.operator_part for line in part.lines),
        partner_part=sum(line.partner_part for line in part.lines),
        supplier=sum(line.supplier_net for line in part.lines),
        partner=sum(line.commission + line.service_fee for line in part.lines),
        fee=sum(line.fee for line in part.lines),
        freight=freight,
    )


@act
def refund(
    actor: Actor,
    supplier_order_ref: str,
    items: Sequence[RefundItem],
    *,
    freight: int = 0,
    reason: str,
    restock: bool = True,
) -> Refund:
    """Give goods or money of a supplier order back to its buyer, by the rule: figures follow the part given back.

    Before completion the money comes out of escrow; after it, the completed postings are reversed by the same step
    and a party's pending account may fall below 0: the buyer never waits. Freight (minor units) is refunded by
    fault, so it is named, never computed. Goods the buyer chose to return may cost it a discount they were needed for:
    the refund is lowered by that, which goes to who had funded it. What came back goes on the shelf again unless
    `restock` is False.

    Refuses: Denied("refund.grant"), NotFound, NothingToRefund, TooMuchFreight, WrongState, UnknownLine, OverReturned,
    OverRefunded, UseCancel.
    Source: domain.md section 4, Returns.
    """
    actor.require("refund.grant")
    _order, _parts, row = orders.lock_part(actor, supplier_order_ref)
    at = now()
    if row.status not in (Status.RELEASED, Status.SIGNED, Status.COMPLETED):
        raise WrongState(state=row.status, act="refund")
    part = orders.part_money(supplier_order_ref)
    reason = clean_text(reason, limit=500, field="reason")
    left = part.freight - queries.freight_refunded(row.pk)
    if not 0 <= freight <= left:
        raise TooMuchFreight(open=to_text(left, part.currency), currency=part.currency, field="freight")
    if not items and not freight or any(not item.quantity and not item.amount for item in items):
        raise NothingToRefund(field="lines")
    ref = new_ref("rfd")
    steps = _give_back(actor, supplier_order_ref, items, ref, restock=restock, at=at)
    released = queries.is_released(row.pk)
    shares = _step_shares(steps, freight)
    losses = _place_losses(part, shares.from_buyer - freight)
    given = Refund(
        ref=ref,
        supplier_order=row,
        kind="refund",
        amount=shares.from_buyer - sum(losses[part.ref].values()),
        freight=freight,
        currency=part.currency,
        reason=reason,
        after_completion=released,
        granted_by=actor.ref,
        at=at,
    )
    postings = (
        reversal_postings(part.ref, part.supplier_ref, part.partner_ref, part.currency, shares) if released else []
    )
    _pay_back(actor, given, part, postings, losses.pop(part.ref), at)
    _note_lines(given, items, steps)
    for sibling_ref, back in losses.items():
        _give_loss_back(actor, given, orders.part_money(sibling_ref), back, at)
    return given


def _place_losses(part: PartMoney, room: int) -> dict[str, dict[str, int]]:
    taken = queries.losses_of(part.order_ref)
    in_all: Counter[str] = Counter()
    for its in taken.values():
        in_all.update(its)
    return place_losses(lost_step(_lost(part), in_all, room), taken, part.ref)


def _give_loss_back(actor: Actor, cause: Refund, part: PartMoney, back: Mapping[str, int], at: dt.datetime) -> None:
    """Give back, to where the money of another part came from, what a refund of it was lowered by."""
    row_id = queries.part_keys([part.ref])[part.ref]
    given = Refund(
        supplier_order_id=row_id,
        kind="refund",
        amount=-sum(back.values()),
        freight=0,
        currency=part.currency,
        reason=cause.reason,
        after_completion=queries.is_released(row_id),
        granted_by=cause.granted_by,
        at=at,
    )
    _pay_back(actor, given, part, [], back, at)


def _lost(part: PartMoney) -> dict[str, int]:
    """What the order's buyer has lost of discounts by its own returns, by the account of who had funded it."""
    accounts = {"operator": "operator/promotions", "partner": f"partner/{part.partner_ref}/pending"}
    return {
        accounts.get(role, f"supplier/{ref}/pending"): amount
        for (role, ref), amount in orders.lost_benefit(part.order_ref).items()
    }


def _give_back(
    actor: Actor, supplier_order_ref: str, items: Sequence[RefundItem], ref: str, *, restock: bool, at: dt.datetime
) -> list[Step]:
    if not items:
        return []
    wanted = [
        GiveBack(i.line_ref, quantity=i.quantity, amount=i.amount, unshipped=i.unshipped, by_choice=i.by_choice)
        for i in items
    ]
    return ordering.give_back(actor, supplier_order_ref, wanted, key=f"refund:{ref}", restock=restock, at=at)


def _step_shares(steps: Sequence[Step], freight: int) -> Shares:
    figures = [step.figures for step in steps]
    return Shares(
        operator_part=sum(f.operator_part for f in figures),
        partner_part=sum(f.partner_part for f in figures),
        supplier=sum(f.supplier for f in figures),
        partner=sum(f.commission + f.service_fee for f in figures),
        fee=sum(f.fee for f in figures),
        freight=freight,
    )


@act
def refund_cancelled(supplier_order_ref: str) -> None:
    """A supplier order was cancelled: if it was funded already, all that is left in its escrow goes back.

    Looks again under the order's lock; a second run changes nothing.
    """
    actor = Actor.system("cancelled")
    _order, _parts, row = orders.lock_part(actor, supplier_order_ref)
    at = now()
    left = sum(f.amount - f.refunded for f in Funding.objects.filter(supplier_order=row))
    left -= sum(loss.amount for loss in RefundLoss.objects.filter(refund__supplier_order=row))
    if row.status != Status.CANCELLED or not left:
        return
    part = orders.part_money(supplier_order_ref)
    given = Refund(
        supplier_order=row,
        kind="cancelled",
        amount=left,
        freight=part.freight - queries.freight_refunded(row.pk),
        currency=part.currency,
        reason=row.cancel_reason,
        after_completion=False,
        granted_by=row.cancelled_by,
        at=at,
    )
    _pay_back(actor, given, part, [], {}, at)


def _pay_back(
    actor: Actor,
    given: Refund,
    part: PartMoney,
    postings: Sequence[Posting | None],
    losses: Mapping[str, int],
    at: dt.datetime,
) -> None:
    """Send a refund to where the money came from, last method first; write the refund, its losses and its entry, and
    tell.

    On account it lowers what the buyer owes for this order; what the buyer has paid of it already goes to its bank.
    """
    fundings = list(Funding.objects.filter(supplier_order_id=given.supplier_order_id).locked())
    sources = {f.pk: f for f in fundings}
    taken = last_first([Source(f.pk, f.account, f.amount - f.refunded) for f in fundings], given.amount)
    given.save(force_insert=True)
    escrow = f"escrow/{part.ref}"
    back: list[RefundSource] = []
    for source, amount in taken:
        funding = sources[source.id]
        funding.refunded += amount
        funding.save(update_fields=["refunded"])
        for account, its in _destinations(funding, amount):
            back.append(RefundSource(refund=given, payment_id=funding.payment_id, account=account, amount=its))
    RefundSource.objects.bulk_create(back)
    RefundLoss.objects.insert([RefundLoss(refund=given, account=a, amount=amount) for a, amount in losses.items()])
    out = [move(escrow, source.account, source.amount, part.currency) for source in back]
    out += [move(escrow, account, amount, part.currency) for account, amount in losses.items()]
    entries = [NewEntry(f"refund:{given.ref}", part.ref, "refund", [*postings, *out])]
    if part.budget and given.amount:
        _granted, left, spent = budget_accounts(part.buyer_ref, part.budget)
        again = move(spent, left, given.amount, part.currency)
        entries.append(NewEntry(f"budget-back:{given.ref}", part.order_ref, "budget", [again]))
    ledger.post_many(entries, at=at, actor_ref=given.granted_by)  # one set: balances are locked in one order
    audience = (part.buyer_ref, part.supplier_ref, part.partner_ref)
    event = RefundGranted(subject=given.ref, audience=audience, supplier_order_ref=part.ref, order_ref=part.order_ref)
    publish(event, actor=actor, at=at)


def _destinations(funding: Funding, amount: int) -> list[tuple[str, int]]:
    if not funding.account.endswith("/receivable"):
        return [(funding.account, amount)]
    receivable = list(Receivable.objects.filter(order__supplier_orders=funding.supplier_order_id).locked())[0]
    still_open = min(amount, receivable.amount - receivable.credited - receivable.paid)
    receivable.credited += still_open
    receivable.save(update_fields=["credited"])
    found = [(funding.account, still_open), ("bank", amount - still_open)]
    return [(account, its) for account, its in found if its]


def _note_lines(given: Refund, items: Sequence[RefundItem], steps: Sequence[Step]) -> None:
    keys = orders.line_keys([item.line_ref for item in items])
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=given,
            order_line_id=keys[item.line_ref],
            quantity=item.quantity,
            unshipped=item.unshipped,
            amount=step.figures.paid + step.figures.service_fee,
        )
        for item, step in zip(items, steps, strict=True)
    )
