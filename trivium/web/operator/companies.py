"""Companies and the share contracts the operator has with them."""

from django.urls import reverse
from django.utils.translation import gettext

from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.errors import BadRole
from trivium.pricing import queries as pricing
from trivium.web.shared import forms, words
from trivium.web.shared.access import ROLES
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.orders import ROWS, number
from trivium.web.shared.workspace import WorkspaceRequest

TRADING = ("supplier", "partner", "buyer")
CURRENCIES = ("CNY", "GBP", "EUR", "USD")


@page
def organizations(request: WorkspaceRequest) -> Shown:
    """Every company on the platform, newest first."""
    role = request.GET.get("role", "")
    role = role if role in ROLES else ""
    before = number(request.GET.get("before"))
    rows = parties.organizations(request.actor, role=role, before_id=before, limit=ROWS + 1)
    context = {
        "organizations": rows[:ROWS],
        "older": rows[ROWS - 1].id if len(rows) > ROWS else None,
        "role": role,
        "roles": [(each, words.word("role", each)) for each in ROLES],
        "form": _admit_form(),
    }
    return Shown("operator/organizations.html", context)


def _admit_form() -> Form:
    fields = (
        Field("name", gettext("Company name"), limit=120, autocomplete="organization"),
        Field("legal_name", gettext("Legal name"), required=False, limit=200),
        *(
            Field(f"role.{role}", words.word("role", role), "checkbox", required=False, is_narrow=True)
            for role in TRADING
        ),
        Field("country", gettext("Country"), value="CN", limit=2, is_narrow=True,
              help=gettext("Two letters, such as CN.")),
        Field("currency", gettext("Currency"), "select", "CNY", choices=[(c, c) for c in CURRENCIES], is_narrow=True),
    )  # fmt: skip
    return Form("admit", reverse("operator:admit"), gettext("Admit company"), fields,
                summary=gettext("Admit a company"))  # fmt: skip


@act
def admit(request: WorkspaceRequest) -> None:
    """Let a company trade."""
    values = request.POST
    roles = tuple(role for role in TRADING if values.get(f"role.{role}"))
    if not roles:
        raise BadRole(role="", field=f"role.{TRADING[0]}")
    commands.admit_organization(
        request.actor,
        name=values.get("name", ""),
        legal_name=values.get("legal_name", ""),
        roles=roles,
        country=values.get("country", "").strip().upper()[:2] or "CN",
        currency=forms.choice(values, "currency", CURRENCIES),
    )


@page
def contracts(request: WorkspaceRequest) -> Shown:
    """Share contracts with suppliers and partners, by version."""
    after = number(request.GET.get("after"))
    rows = pricing.share_contracts(request.actor, after_id=after or 0, limit=ROWS + 1)
    names = parties.parties_by_ref([row.party_ref for row in rows])
    shown = [{"row": row, "name": names[row.party_ref].name} for row in rows[:ROWS]]
    return Shown("operator/contracts.html", {"contracts": shown, "more": rows[ROWS - 1].id if len(rows) > ROWS else 0})
