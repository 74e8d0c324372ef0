"""What has happened to a supplier order and what is still to come, in one lane for each party.

What somebody of the operator did for a party, in an entry, says so.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from trivium.web.shared import words
from trivium.web.shared.filters import day

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in a lane, or one that is waited for (`at` is then its deadline)."""

    at: dt.datetime | None
    lane: str
    words: str
    note: str = ""
    is_done: bool = True


def steps(order: Facts, part: Facts, shipments: Sequence[Facts]) -> list[Step]:
    """The lanes of one supplier order, oldest first, what is waited for at the end."""
    done = [*_placing(order, part), *_answers(order, part), *_money_and_goods(order, part, shipments)]
    happened = sorted(((step.at, place) for place, step in enumerate(done) if step.at is not None))
    return [*(done[place] for _at, place in happened), *_awaited(order, part)]


def _for_whom(order: Facts, act: str, subject: str, at: dt.datetime | None) -> str:
    """Who of the operator did it for which company; "" where its own people did."""
    for each in order.get("entry_acts", ()):
        if (each["act"], each["subject"], each["at"]) == (act, subject, at):
            return gettext("%(person)s of the operator, for %(company)s") % {
                "person": each["person"], "company": each["company"]["name"]}  # fmt: skip
    return ""


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))


# The five words a buyer reads, with the fact that makes each true.
_WAY = (
    ("submitted", "submitted_at"),
    ("confirmed", "confirmed_at"),
    ("shipped", "shipped_at"),
    ("signed", "signed_at"),
    ("completed", "completed_at"),
)
_PARCEL_WAY = ("picked_up", "in_transit", "out_for_delivery", "delivered")


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a way: whether it is behind, whether it is here, and when it was reached."""

    code: str
    is_done: bool
    is_here: bool
    at: dt.datetime | None = None
    place: str = ""


def way(part: Facts) -> list[Station]:
    """How far a supplier order is. One that is cancelled goes nowhere."""
    if part["status"] == "cancelled":
        return []
    reached = [part[fact] for _code, fact in _WAY]
    last = max((i for i, at in enumerate(reached) if at), default=-1)
    return [Station(code, i <= last, i == last, reached[i]) for i, (code, _fact) in enumerate(_WAY)]


def parcel_way(parcel: Facts) -> list[Station]:
    """How far a parcel is, by the last word of its carrier for each station."""
    told = {event["code"]: event for event in parcel["events"]}
    last = max((i for i, code in enumerate(_PARCEL_WAY) if code in told), default=-1)
    return [
        Station(code, i <= last, i == last, told[code]["at"] if code in told else None,
                told[code]["place"] if code in told else "")
        for i, code in enumerate(_PARCEL_WAY)
    ]  # fmt: skip


def _placing(order: Facts, part: Facts) -> list[Step]:
    by = _for_whom(order, "order.place", order["ref"], order["placed_at"])
    found = [Step(order["placed_at"], "buyer", gettext("Order placed"), by)]
    if part["submitted_at"] and part["submitted_at"] != order["placed_at"]:
        found.append(Step(part["submitted_at"], "buyer", gettext("Approved by its own company")))
    return found


def _answers(order: Facts, part: Facts) -> list[Step]:
    why = words.word("reason", part["cancel_reason"])
    cancelled_by = _for_whom(order, "order.cancel", part["ref"], part["cancelled_at"])
    ships = gettext("Ships on %(day)s") % {"day": day(part["ship_date"])} if part["ship_date"] else ""
    return [
        Step(part["supply_confirmed_at"], "supplier", gettext("Supply confirmed"), ships),
        Step(part.get("objected_at"), "partner", gettext("Objected to the margin"), part.get("objection") or ""),
        Step(part["margin_confirmed_at"], "partner", gettext("Margin confirmed")),
        Step(part["cancelled_at"], "all", gettext("Cancelled"), _joined(why, cancelled_by)),
    ]


def _money_and_goods(order: Facts, part: Facts, shipments: Sequence[Facts]) -> list[Step]:
    paid = gettext("Booked on account") if order["payment_method"] == "on_account" else gettext("Paid into escrow")
    found = [
        Step(part["funded_at"], "buyer", paid),
        Step(part["signed_at"], "buyer", gettext("Everything signed for")),
        Step(part["completed_at"], "all", gettext("Completed"), gettext("Escrow pays everybody’s part")),
    ]
    for each in shipments:
        parcels = len(each["parcels"])
        count = ngettext("%(count)s parcel", "%(count)s parcels", parcels) % {"count": parcels} if parcels else ""
        by = _for_whom(order, "shipment.dispatch", part["ref"], each["dispatched_at"])
        note = _joined(words.word("carrier", each["carrier"]), count, by)
        found.append(Step(each["dispatched_at"], "supplier", gettext("Shipped %(number)s") % each, note))
    return found


def _awaited(order: Facts, part: Facts) -> list[Step]:
    status = part["status"]
    found = []
    if status == "submitted" and not part["submitted_at"]:
        found.append(Step(order["approve_by"], "buyer", gettext("Approval by its own company"), is_done=False))
    elif status == "submitted":
        by = part["confirm_by"]
        if not part["supply_confirmed_at"]:
            found.append(Step(by, "supplier", gettext("Confirms supply"), is_done=False))
        if not part["margin_confirmed_at"]:
            lane = "all" if part.get("objected_at") else "partner"
            said = gettext("The operator decides") if part.get("objected_at") else gettext("Confirms its margin")
            found.append(Step(by, lane, said, is_done=False))
    elif status == "confirmed" and order["decided_at"]:
        found.append(Step(order["pay_by"], "buyer", gettext("Pays"), is_done=False))
    elif status == "released":
        if any(line["to_ship"] for line in part["lines"]):
            found.append(Step(None, "supplier", gettext("Ships"), is_done=False))
        found.append(Step(None, "buyer", gettext("Signs for the goods"), is_done=False))
    elif status == "signed":
        found.append(Step(part["completes_at"], "all", gettext("Completes if nothing is held"), is_done=False))
    return found


def now_words(order: Facts, part: Facts) -> str:
    """How a supplier order stands, in one sentence."""
    status = part["status"]
    if status == "submitted":
        return _submitted_words(part)
    if status == "confirmed":
        return _confirmed_words(order)
    if status == "released":
        return _released_words(part)
    if status == "signed":
        return gettext("Signed for; goods may still be returned.")
    if status == "completed":
        return gettext("Completed; everybody’s part has been paid out of escrow.")
    return gettext("Cancelled; nothing is owed or held for it.")


def _submitted_words(part: Facts) -> str:
    if not part["submitted_at"]:
        return gettext("The buyer’s own company has still to approve it.")
    if part.get("objected_at"):
        return gettext("The partner has objected; the operator decides.")
    if not part["supply_confirmed_at"] and not part["margin_confirmed_at"]:
        return gettext("Waits for the supplier and the partner to confirm.")
    if not part["supply_confirmed_at"]:
        return gettext("Waits for the supplier to confirm.")
    return gettext("Waits for the partner to confirm.")


def _confirmed_words(order: Facts) -> str:
    if not order["decided_at"]:
        return gettext("Confirmed by both; other suppliers of this order have still to answer.")
    if order["payment_method"] == "on_account":
        return gettext("Confirmed by both; being booked on account.")
    return gettext("Confirmed by both; waits for the buyer’s payment.")


def _released_words(part: Facts) -> str:
    if not part["shipped_at"]:
        return gettext("Funded; the supplier may ship.")
    if any(line["to_ship"] for line in part["lines"]):
        return gettext("Partly shipped; more is to come.")
    return gettext("Everything has been shipped; the buyer signs.")
