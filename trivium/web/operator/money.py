"""The operator's acts on money: accounts settled, gateways' payouts, statements issued, payouts decided."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.lists import among
from trivium.core.money import to_text
from trivium.settlement import commands, queries
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

Row = Mapping[str, Any]


def _tabs(here: str) -> list[tuple[str, str, bool]]:
    """The three places where money is outside of the bank."""
    places = {
        "accounts": gettext("Owed on account"),
        "gateways": gettext("Held by payment gateways"),
        "transfers": gettext("Transfers to send back"),
    }
    return [(said, reverse(f"operator:{name}"), name == here) for name, said in places.items()]


@page
def accounts(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What buyers owe on account."""
    rows = queries.open_accounts(request.actor)
    sorts = {"buyer": itemgetter("buyer_name"), "since": itemgetter("since"), "owed": itemgetter("amount"),
             "orders": itemgetter("orders")}  # fmt: skip
    columns = [
        Column("buyer", gettext("Buyer"),
               lambda row: Cell(row["buyer_name"], url=reverse("operator:company", args=[row["buyer_ref"]])),
               sort="buyer", is_kept=True),
        Column("orders", gettext("Orders"), lambda row: Cell(row["orders"]), "quantity", "orders"),
        Column("since", gettext("Oldest"), lambda row: Cell(row["since"]), "day", "since"),
        Column("owed", gettext("Owed"), lambda row: Cell(row["amount"], currency=row["currency"]), "money", "owed",
               is_kept=True),
        Column("do", "", lambda row: Cell(forms=[_settle_form(row["buyer_ref"], row["currency"], row["amount"])]), "do",
               is_kept=True),
    ]  # fmt: skip
    empty = Empty(gettext("Nobody owes anything."),
                  gettext("Orders on account stand here from their release until they are paid."))  # fmt: skip
    return _shown(request, "accounts", gettext("Owed on account"), columns, rows, sorts, empty,
                  gettext("A payment settles the oldest orders first."), "buyer_name")  # fmt: skip


@page
def gateways(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What payment gateways hold."""
    columns = [
        Column("gateway", gettext("Gateway"), lambda row: Cell(words.word("gateway", row["gateway"])), is_kept=True),
        Column("held", gettext("Held there"), lambda row: Cell(row["held"], currency=row["currency"]), "money", "held",
               is_kept=True),
        Column("do", "", _payout_cell, "do", is_kept=True),
    ]  # fmt: skip
    empty = Empty(gettext("No gateway holds anything."),
                  gettext("Prepaid orders stand here until their gateway has paid out."))  # fmt: skip
    note = gettext("What buyers have paid there, less refunds and payouts. Book each payout when it stands on the "
                   "bank's statement.")  # fmt: skip
    rows = queries.money_at_gateways(request.actor)
    return _shown(request, "gateways", gettext("Held by payment gateways"), columns, rows, {"held": itemgetter("held")},
                  empty, note)  # fmt: skip


def _payout_cell(row: Row) -> Cell:
    return Cell(forms=[_payout_form(row["gateway"], row["currency"], row["held"])] if row["held"] > 0 else ())


@page
def transfers(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What has come although nothing was due, and has to be sent back."""
    sorts = {"came": itemgetter("received_at"), "amount": itemgetter("amount"), "buyer": itemgetter("buyer_name")}
    columns = [
        Column("buyer", gettext("Buyer"), lambda row: Cell(row["buyer_name"]), sort="buyer", is_kept=True),
        Column("order", gettext("Order"),
               lambda row: Cell(row["order_number"], url=reverse("operator:order", args=[row["order_ref"]])), "number"),
        Column("came", gettext("Came"), lambda row: Cell(row["received_at"]), "when", "came"),
        Column("amount", gettext("Amount"), lambda row: Cell(row["amount"], currency=row["currency"]), "money",
               "amount", is_kept=True),
        Column("do", "", lambda row: Cell(forms=[_return_form(row["ref"])]), "do", is_kept=True),
    ]  # fmt: skip
    empty = Empty(gettext("Nothing has to be sent back."),
                  gettext("Money that came too much, or after a cancellation, stands here until it has gone back."))
    note = gettext("They came when nothing was due any more. Send the money back, then book it.")
    rows = queries.transfers_to_return(request.actor)
    return _shown(request, "transfers", gettext("Transfers to send back"), columns, rows, sorts, empty, note,
                  "buyer_name")  # fmt: skip


def _shown(
    request: WorkspaceRequest, name: str, title: str, columns: Sequence[Column], rows: Sequence[Row],
    sorts: Mapping[str, Callable[[Any], Any]], empty: Empty, note: str, text: str = "",
) -> Shown | HttpResponse:  # fmt: skip
    """One of the three lists, with the way to the others."""
    listing = Listing(name, title, columns, lambda wanted: among(rows, wanted, sorts, lambda row: str(row[text])),
                      empty, search=gettext("Company") if text else "", help=note, icon="bank",
                      context={"tabs": _tabs(name)})  # fmt: skip
    return show_list(request, listing)


def bank_reference() -> Field:
    """What the bank calls a movement."""
    note = gettext("As the bank's statement has it. Each line is booked once.")
    return Field("reference", gettext("Bank reference"), limit=80, is_narrow=True, help=note)


def _payout_form(gateway: str, currency: str, held: int) -> Form:
    arrived = gettext("What the bank shows.")
    kept = gettext("What the gateway kept of it.")
    fields = (
        Field("currency", kind="hidden", value=currency),
        Field("amount", gettext("Arrived"), "number", to_text(held, currency), arrived, suffix=currency,
              is_narrow=True),
        Field("fee", gettext("Fee"), "number", to_text(0, currency), kept, suffix=currency, is_narrow=True),
        bank_reference(),
    )  # fmt: skip
    url = reverse("operator:gateway_payout", args=[gateway])
    return Form(f"payout-{gateway}-{currency}", url, gettext("Book payout"), fields, summary=gettext("Book payout"))


def _return_form(ref: str) -> Form:
    url = reverse("operator:return_transfer", args=[ref])
    said = gettext("Book the return")
    return Form(f"return-{ref}", url, said, (bank_reference(),), summary=said)


def _settle_form(buyer_ref: str, currency: str, owed: int) -> Form:
    fields = (
        Field("currency", kind="hidden", value=currency),
        Field("amount", gettext("Amount"), "number", to_text(owed, currency), suffix=currency, is_narrow=True,
              help=gettext("What has come to the bank; a part is fine.")),
        bank_reference(),
    )
    url = reverse("operator:settle_account", args=[buyer_ref])
    return Form(f"settle-{buyer_ref}-{currency}", url, gettext("Book payment"), fields, summary=gettext("Book payment"))


@act
def settle_account(request: WorkspaceRequest, ref: str) -> None:
    """A buyer has paid what it owes on account, or a part of it."""
    values = request.POST
    currency = values.get("currency", "")[:3]
    amount = forms.amount(values, "amount", currency)
    reference = values.get("reference", "")
    commands.settle_account(request.actor, ref, amount=amount, currency=currency, reference=reference)


@act
def gateway_payout(request: WorkspaceRequest, ref: str) -> None:
    """A gateway has paid out."""
    values = request.POST
    currency = values.get("currency", "")[:3]
    commands.record_gateway_payout(
        request.actor,
        ref,
        amount=forms.amount(values, "amount", currency),
        fee=forms.amount(values, "fee", currency),
        currency=currency,
        reference=values.get("reference", ""),
    )


@act
def return_transfer(request: WorkspaceRequest, ref: str) -> None:
    """Money that came too much has been sent back to its buyer."""
    commands.return_transfer(request.actor, ref, reference=request.POST.get("reference", ""))


@act
def propose_payout(request: WorkspaceRequest, ref: str) -> None:
    """Propose a declined payout anew."""
    commands.propose_payout(request.actor, ref)


@act
def issue_statements(request: WorkspaceRequest) -> None:
    """State to every supplier and partner what moved before a day."""
    until = forms.date(request.POST, "until")
    zone = ZoneInfo(settings.TRIVIUM["LOCAL_TIME_ZONE"])
    commands.issue_statements(request.actor, until=dt.datetime.combine(until, dt.time(), zone))


@act
def decide(request: WorkspaceRequest, ref: str) -> None:
    """Approve or decline what waits for one's company: a payout, or an order."""
    commands.decide(request.actor, ref, yes=request.POST.get("yes") == "1")
