"""Companies and the share contracts the operator has with them."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.errors import BadRole
from trivium.parties.queries import OrganizationRow
from trivium.web.shared import forms, words
from trivium.web.shared.access import ROLES
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.bulk import bulk
from trivium.web.shared.cutovers import Move, move_fields, read_move
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Bulk, Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.regions import country_choices, country_name
from trivium.web.shared.workspace import WorkspaceRequest

PARTNERS_OFFERED = 200
TRADING = ("supplier", "partner", "buyer")
ROLE_HELP = {
    "supplier": _("Sells its own goods and ships them."),
    "partner": _("Brings buyers and earns a share of their orders."),
    "buyer": _("Orders from the shelf."),
}
CURRENCIES = ("CNY", "GBP", "EUR", "USD")


@page
def organizations(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Every company on the platform, newest first."""
    listing = Listing(
        "organizations",
        gettext("Companies"),
        _company_columns(),
        lambda wanted: parties.organization_list(request.actor, wanted),
        Empty(gettext("No company yet."),
              gettext("Admit one above; it can trade as soon as its share contract is signed.")),
        (Filter("role", gettext("Role"), [(each, words.word("role", each)) for each in ROLES]),),
        gettext("Company"),
        icon="users",
        context={"acts": [_admit_form()]},
        bulk=_move_many(request) if request.actor.may("party.assign_buyer") else None,
    )  # fmt: skip
    return show_list(request, listing)


def _move_many(request: WorkspaceRequest) -> Bulk:
    partners = parties.organizations(request.actor, role="partner", limit=PARTNERS_OFFERED)
    return Bulk(reverse("operator:assign_many"), gettext("Assign to a partner"),
                lambda row: row.ref if "buyer" in row.roles else "", move_fields(partners),
                gettext("Only buyers can be chosen. Each hears of it, and so do both of its partners."))  # fmt: skip


def _names(actor: Actor, refs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What the chosen companies are called, and where they stand."""
    found = parties.parties_by_ref(refs)
    return {ref: (each.name, reverse("operator:company", args=[ref])) for ref, each in found.items()}


@bulk(lambda request: read_move(request.POST), _names)
def assign_many(request: WorkspaceRequest, ref: str, move: Move) -> None:
    """Make a partner the partner of one of the chosen buyers."""
    commands.assign_buyer(
        request.actor, buyer_ref=ref, partner_ref=move.partner_ref, from_day=move.from_day, reason=move.reason
    )


def _company_columns() -> list[Column]:
    def roles(row: OrganizationRow) -> Cell:
        tags = [(role, words.word("role", role)) for role in row.roles]
        return Cell(chips=[*tags, ("", gettext("House partner"))] if row.is_house else tags)

    def state(row: OrganizationRow) -> Cell:
        return Cell(chips=[("suspended" if row.suspended_at else "trading", "")])

    return [
        Column("name", gettext("Company"),
               lambda row: Cell(row.name, url=reverse("operator:company", args=[row.ref]), note=row.legal_name),
               sort="name", is_kept=True),
        Column("roles", gettext("Roles"), roles, "tags"),
        Column("partner", gettext("Channel partner"), lambda row: Cell(row.partner_name)),
        Column("state", gettext("State"), state, "chips"),
        Column("country", gettext("Country"), lambda row: Cell(country_name(row.country)), sort="country"),
        Column("currency", gettext("Currency"), lambda row: Cell(row.currency)),
        Column("people", gettext("People"), lambda row: Cell(row.people), "quantity"),
        Column("since", gettext("Since"), lambda row: Cell(row.created_at), "day", "since"),
    ]  # fmt: skip


def _admit_form() -> Form:
    fields = (
        Field("name", gettext("Company name"), limit=120, autocomplete="organization",
              help=gettext("The short name everybody reads on orders and lists.")),
        Field("legal_name", gettext("Legal name"), required=False, limit=200,
              help=gettext("As it stands on the licence; contracts and papers carry it.")),
        *(
            Field(f"role.{role}", words.word("role", role), "checkbox", required=False, is_narrow=True,
                  group=gettext("Roles"), help=gettext(ROLE_HELP[role]))
            for role in TRADING
        ),
        Field("country", gettext("Country"), "select", "CN", choices=country_choices(),
              help=gettext("Where the company is registered.")),
        Field("currency", gettext("Currency"), "select", "CNY", choices=[(c, c) for c in CURRENCIES], is_narrow=True,
              help=gettext("In which it buys, sells and is paid.")),
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
