"""Share contracts, as their two sides see them."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted
from trivium.parties import queries as parties
from trivium.pricing import commands as pricing_commands
from trivium.pricing import queries as pricing
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import percent
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = ("operator_supplier", "operator_partner")
MODES = ("commission", "service_fee", "markup")
PAYABLE = ("when_paid", "at_completion")
PARTIES_OFFERED = 200


@page
def contracts(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The share contracts of this workspace, newest first; the operator proposes new versions here."""
    return show_list(request, contract_listing(request.actor))


@page
def contract(request: WorkspaceRequest, ref: str) -> Shown:
    """One version of a share contract with its terms, and the reader's signature on it."""
    actor = request.actor
    row = pricing.get_share_contract(actor, ref)
    side = "operator" if actor.role == "operator" else "party"
    form = None
    if side not in row.signed and actor.may("contract.sign"):
        url = reverse(f"{actor.role}:sign_contract", args=[row.ref])
        fields = (Field("terms_hash", kind="hidden", value=row.terms_hash),)
        form = Form("sign-contract", url, gettext("Sign contract"), fields)
    party = parties.parties_by_ref([row.party_ref])[row.party_ref].name
    context = {
        "contract": row, "party": party, "terms": terms_of(row), "form": form, "signed": sorted(row.signed.items())
    }  # fmt: skip
    return Shown("shared/contract.html", context)


@act
def sign_contract(request: WorkspaceRequest, ref: str) -> None:
    """Sign what was read, for one's own side."""
    pricing_commands.sign_share_contract(request.actor, ref, terms_hash=request.POST.get("terms_hash", ""))


@act
def propose_supplier_contract(request: WorkspaceRequest) -> str:
    """Propose to a supplier what it gives up of each line."""
    values = request.POST
    terms: dict[str, Any] = {
        "fee_percent": forms.plain_number(values.get("terms.fee_percent", "")),
        "share_percent": forms.plain_number(values.get("terms.share_percent", "")),
        "payable": values.get("terms.payable", ""),
    }
    if values.get("max_percent", "").strip():
        terms["markup_band"] = {"min_percent": "0", "max_percent": forms.plain_number(values["max_percent"])}
    return _propose(request, "operator_supplier", terms)


@act
def propose_partner_contract(request: WorkspaceRequest) -> str:
    """Propose to a partner how, and how much, it earns."""
    values = request.POST
    mode = forms.choice(values, "terms.mode", MODES)
    bands = [{"from": 0, "percent": forms.plain_number(values.get("percent", ""))}]
    clauses = [] if mode == "markup" else [{"bands": bands}]
    return _propose(request, "operator_partner", {"mode": mode, "clauses": clauses})


def _propose(request: WorkspaceRequest, kind: str, terms: dict[str, Any]) -> str:
    party_ref = request.POST.get("party_ref", "")
    ref = pricing_commands.propose_share_contract(request.actor, kind=kind, terms=terms, party_ref=party_ref)
    return reverse("operator:contract", args=[ref])


def _proposal_forms(actor: Actor) -> list[Form]:
    """What the operator proposes to suppliers and to partners. It binds nobody before both have signed."""
    if actor.role != "operator":
        return []
    note = gettext("It binds nobody before both sides have signed; orders placed before keep the version they have.")
    found = []
    for role, own in (("supplier", _supplier_fields()), ("partner", _partner_fields())):
        rows = parties.organizations(actor, role=role, limit=PARTIES_OFFERED)
        choices = [(row.ref, row.name) for row in rows if not row.is_house]
        if choices:
            party = Field("party_ref", words.word("role", role), "select", choices=choices)
            url = reverse(f"operator:propose_{role}_contract")
            said = gettext("Propose to a supplier") if role == "supplier" else gettext("Propose to a partner")
            found.append(Form(f"propose-{role}", url, gettext("Propose"), (party, *own), summary=said, note=note))
    return found


def _supplier_fields() -> tuple[Field, ...]:
    payable = [(each, words.word("payable", each)) for each in PAYABLE]
    return (
        Field("terms.fee_percent", gettext("Platform fee"), "number", suffix="%", is_narrow=True,
              help=gettext("Of each line, to the operator.")),
        Field("terms.share_percent", gettext("Channel share"), "number", suffix="%", is_narrow=True,
              help=gettext("Of each line, for whoever brings the buyer.")),
        Field("terms.payable", gettext("Paid out"), "select", PAYABLE[0], choices=payable,
              help=gettext("For orders on account.")),
        Field("max_percent", gettext("Partners may add at most"), "number", required=False, suffix="%", is_narrow=True,
              help=gettext("For partners that earn by markup; empty allows none.")),
    )  # fmt: skip


def _partner_fields() -> tuple[Field, ...]:
    modes = [(mode, words.word("mode", mode)) for mode in MODES]
    return (
        Field("terms.mode", gettext("Earns by"), "select", MODES[0], choices=modes),
        Field("percent", gettext("Percent of each line"), "number", required=False, suffix="%", is_narrow=True,
              help=gettext("Left empty for markup: the partner sets its own prices.")),
    )  # fmt: skip


def contract_listing(actor: Actor) -> Listing:
    """The contract versions a workspace is a side of."""

    def fetch(wanted: Wanted) -> Found:
        found = pricing.contract_list(actor, wanted)
        names = parties.parties_by_ref([row.party_ref for row in found.rows])
        return Found([(row, names[row.party_ref].name) for row in found.rows], found.count, found.is_more)

    signed = [("both", gettext("by both")), ("waiting", gettext("not by both yet"))]
    kind = Filter("kind", gettext("Kind"), [(each, words.word("contract", each)) for each in KINDS])
    return Listing(
        "contracts",
        gettext("Share contracts"),
        _columns(actor),
        fetch,
        Empty(gettext("No share contracts yet."),
              gettext("Each supplier and partner signs one with the operator before its first order.")),
        (Filter("signed", gettext("Signatures"), signed), *((kind,) if actor.role == "operator" else ())),
        gettext("Company") if actor.role == "operator" else "",
        icon="pen",
        context={"acts": _proposal_forms(actor)},
    )  # fmt: skip


def _columns(actor: Actor) -> list[Column]:
    def url(row: Any) -> str:
        return reverse(f"{actor.role}:contract", args=[row[0].ref])

    found = [
        Column("party", gettext("Party"), lambda row: Cell(row[1]), sort="party", is_kept=True),
        Column("version", gettext("Version"),
               lambda row: Cell(gettext("Version %(number)s") % {"number": row[0].version}, url=url(row)), "number",
               is_kept=True),
        Column("kind", gettext("Kind"), lambda row: Cell(words.word("contract", row[0].kind))),
        Column("terms", gettext("Terms"), lambda row: Cell(terms_in_words(row[0]), note=row[0].terms_hash[:12])),
        Column("begins", gettext("Begins"), lambda row: Cell(row[0].starts_at), "day", "begins"),
        Column("signed", gettext("Signatures"), lambda row: Cell(chips=[_signed(row[0])]), "chips", is_kept=True),
    ]  # fmt: skip
    return found if actor.role == "operator" else [column for column in found if column.key not in ("party", "kind")]


def terms_in_words(row: Any) -> str:
    """What a contract version says, in one line."""
    terms = row.terms
    if terms.get("mode"):
        rates = [percent(band["percent"]) for clause in terms.get("clauses", ()) for band in clause.get("bands", ())]
        return " ".join([words.word("mode", terms["mode"]), *rates])
    said = gettext("fee %(fee)s, channel %(share)s")
    return said % {"fee": percent(terms["fee_percent"]), "share": percent(terms["share_percent"])}


def terms_of(row: Any) -> list[tuple[str, str]]:
    """The terms of a contract version, one by one."""
    terms, found = row.terms, []
    if row.kind == "operator_supplier":
        found = [
            (gettext("Platform fee"), percent(terms["fee_percent"])),
            (gettext("Channel share"), percent(terms["share_percent"])),
            (gettext("Paid out"), words.word("payable", terms["payable"])),
            (gettext("Shares are reckoned"), gettext("without tax") if terms["net_of_tax"] else gettext("with tax")),
        ]
        if band := terms.get("markup_band"):
            most = percent(band["max_percent"]) if band["max_percent"] is not None else gettext("without limit")
            found.append((gettext("Partners may add at most"), most))
        return found
    found.append((gettext("Earns by"), words.word("mode", terms["mode"])))
    for clause in terms["clauses"]:
        where = " · ".join(filter(None, [clause["category"], clause["supplier"]])) or gettext("Everything")
        for band in clause["bands"]:
            since = gettext("from %(volume)s on") % {"volume": band["from"]} if band["from"] else ""
            found.append((" ".join(filter(None, [where, since])), percent(band["percent"])))
    own = gettext("yes") if terms["own_purchases"] else gettext("no")
    return [*found, (gettext("Earns on its own purchases"), own)]


def _signed(row: Any) -> tuple[str, str]:
    if row.is_complete:
        return "agreed", ""
    return "unsigned", ", ".join(words.word("side", side) for side in row.signed)
