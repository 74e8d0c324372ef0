"""The operator's acts on money: accounts settled, statements issued, payouts decided."""

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
    """What buyers owe on account, with the money that has come for it."""
    rows = queries.open_accounts(request.actor)
    for row in rows:
        row["form"] = _settle_form(row["buyer_ref"], row["currency"], row["amount"])
    return Shown("operator/accounts.html", {"accounts": rows})


def _settle_form(buyer_ref: str, currency: str, owed: int) -> Form:
    fields = (
        Field("currency", kind="hidden", value=currency),
        Field("amount", gettext("Amount"), "number", to_text(owed, currency), suffix=currency, is_narrow=True),
        Field("reference", gettext("Bank reference"), limit=80, is_narrow=True),
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
def issue_statements(request: WorkspaceRequest) -> None:
    """State to every supplier and partner what moved before a day."""
    until = forms.date(request.POST, "until")
    zone = ZoneInfo(settings.TRIVIUM["LOCAL_TIME_ZONE"])
    commands.issue_statements(request.actor, until=dt.datetime.combine(until, dt.time(), zone))


@act
def decide(request: WorkspaceRequest, ref: str) -> None:
    """Approve or decline what waits for one's company: a payout, or an order."""
    parties.decide(request.actor, ref, yes=request.POST.get("yes") == "1")
