"""The operator's acts on money: accounts settled, gateways' payouts, statements issued, payouts decided."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.money import to_text
from trivium.parties import commands as parties
from trivium.settlement import commands, queries
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.workspace import WorkspaceRequest


@page
def accounts(request: WorkspaceRequest) -> Shown:
    """What buyers owe on account, what gateways hold, and what has to be sent back: money outside the bank."""
    actor = request.actor
    rows = queries.open_accounts(actor)
    for row in rows:
        row["form"] = _settle_form(row["buyer_ref"], row["currency"], row["amount"])
    gateways = queries.money_at_gateways(actor)
    for row in gateways:
        row["form"] = _payout_form(row["gateway"], row["currency"], row["held"]) if row["held"] > 0 else None
    transfers = queries.transfers_to_return(actor)
    for row in transfers:
        row["form"] = _return_form(row["ref"])
    return Shown("operator/accounts.html", {"accounts": rows, "gateways": gateways, "transfers": transfers})


def _bank_reference() -> Field:
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
        _bank_reference(),
    )  # fmt: skip
    url = reverse("operator:gateway_payout", args=[gateway])
    return Form(f"payout-{gateway}-{currency}", url, gettext("Book payout"), fields, is_inline=True)


def _return_form(ref: str) -> Form:
    url = reverse("operator:return_transfer", args=[ref])
    return Form(f"return-{ref}", url, gettext("Sent back"), (_bank_reference(),), is_inline=True)


def _settle_form(buyer_ref: str, currency: str, owed: int) -> Form:
    fields = (
        Field("currency", kind="hidden", value=currency),
        Field("amount", gettext("Amount"), "number", to_text(owed, currency), suffix=currency, is_narrow=True),
        _bank_reference(),
    )
    url = reverse("operator:settle_account", args=[buyer_ref])
    return Form(f"settle-{buyer_ref}-{currency}", url, gettext("Book payment"), fields, is_inline=True)


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
    parties.decide(request.actor, ref, yes=request.POST.get("yes") == "1")
