"""What happens when somebody lets a deadline pass. The sweep in jobs.py finds them; each is one act."""

import datetime as dt

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.time import business_day, now
from trivium.ordering import queries
from trivium.ordering.commands import confirm, progress
from trivium.ordering.commands.cancel import drop, still_open
from trivium.ordering.commands.decide import settle_decision
from trivium.ordering.models import Order, SupplierOrder
from trivium.ordering.rules import ApprovalState, Status
from trivium.parties import queries as parties
from trivium.parties.rules import ApprovalStatus

SYSTEM = Actor.system("deadline")


@act
def pass_deadline(kind: str, ref: str) -> None:
    """Carry out a deadline's default. Looks again under the lock: what was answered meanwhile is left alone.

    `approve`, `pay`: the order is cancelled; but what was decided in time is carried out. `confirm`: each silent side's
    configured default; an objection stands. `complete`: the supplier order completes.
    """
    {"approve": _approval, "pay": _payment, "confirm": _confirmation, "complete": _completion}[kind](ref)


def _approval(ref: str) -> None:
    order, parts = queries.lock_order(SYSTEM, ref)
    at = now()
    if order.approval != ApprovalState.WAITING or order.closed_at or order.approve_by is None or order.approve_by > at:
        return
    if _was_decided(order, order.approve_by, at):
        progress.refresh_order(ref)
        return
    drop(SYSTEM, order, parts, still_open(parts), reason="not approved in time", at=at)


def _was_decided(order: Order, by: dt.datetime, at: dt.datetime) -> bool:
    """Whether its people gave their last word in time, and only what follows from it has not been done yet."""
    approval = parties.approval_of(order.ref) or {}
    decided_at, status = approval.get("decided_at"), approval.get("status")
    if not isinstance(decided_at, dt.datetime) or decided_at > by:
        return False
    lacks = status == ApprovalStatus.APPROVED and parties.wanted_agreement(order.buyer_id, "buyer", at)
    return status in (ApprovalStatus.APPROVED, ApprovalStatus.DECLINED) and not lacks


def _payment(ref: str) -> None:
    order, parts = queries.lock_order(SYSTEM, ref)
    at = now()
    unpaid = [part for part in parts if part.status == Status.CONFIRMED]
    if order.pay_by is None or order.pay_by > at or not unpaid:
        return
    drop(SYSTEM, order, parts, unpaid, reason="not paid in time", at=at)
    if order.pay_by is not None:
        order.pay_by = None
        order.save(update_fields=["pay_by"])


def _confirmation(ref: str) -> None:
    order, parts, part = queries.lock_part(SYSTEM, ref)
    at = now()
    if part.status != Status.SUBMITTED or part.confirm_by is None or part.confirm_by > at:
        return
    if _falls_away(part):
        stands = part.objected_at is not None and part.margin_confirmed_at is None
        reason = "the partner's objection stands" if stands else "not confirmed in time"
        drop(SYSTEM, order, parts, [part], reason=reason, at=at)
        settle_decision(SYSTEM, order, parts, at)
        return
    if part.supply_confirmed_at is None:
        confirm.confirm_supply(SYSTEM, ref, ship_date=business_day(at))
    if part.margin_confirmed_at is None:
        confirm.confirm_margin(SYSTEM, ref)


def _falls_away(part: SupplierOrder) -> bool:
    if part.margin_confirmed_at is None and part.objected_at is not None:
        return True
    if part.supply_confirmed_at is None and settings.TRIVIUM["SUPPLIER_SILENCE"] == "cancel":
        return True
    return part.margin_confirmed_at is None and settings.TRIVIUM["PARTNER_SILENCE"] == "cancel"


def _completion(ref: str) -> None:
    _order, _parts, part = queries.lock_part(SYSTEM, ref)
    if part.status == Status.SIGNED and part.completes_at and part.completes_at <= now() and not part.holds:
        progress.complete(SYSTEM, ref)
