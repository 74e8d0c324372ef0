"""Share contracts, as their two sides see them."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted
from trivium.parties import queries as parties
from trivium.pricing import commands as pricing_commands
from trivium.pricing import queries as pricing
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import money, percent
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = ("operator_supplier", "operator_partner")


@page
def contracts(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The share contracts of this workspace, newest first."""
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
    role = row.kind.removeprefix("operator_")
    may_propose = actor.may("contract.propose") and actor.role in ("operator", role)
    context = {
        "contract": row,
        "party": party,
        "terms": terms_of(row),
        "form": form,
        "signed": sorted(row.signed.items()),
        "again": f"{reverse(f'{actor.role}:propose', args=[role])}?party={row.party_ref}" if may_propose else "",
    }
    return Shown("shared/contract.html", context)


@act
def sign_contract(request: WorkspaceRequest, ref: str) -> None:
    """Sign what was read, for one's own side."""
    pricing_commands.sign_share_contract(request.actor, ref, terms_hash=request.POST.get("terms_hash", ""))


def _ways(actor: Actor) -> list[tuple[str, str]]:
    """Where the next version is proposed: by the operator to anybody, by the others for themselves."""
    if not actor.may("contract.propose"):
        return []
    if actor.role != "operator":
        return [(gettext("Propose a new version"), reverse(f"{actor.role}:propose", args=[actor.role]))]
    said = {"supplier": gettext("Propose to a supplier"), "partner": gettext("Propose to a partner")}
    return [(words_, reverse("operator:propose", args=[role])) for role, words_ in said.items()]


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
        context={"links": _ways(actor)},
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
        Column("terms", gettext("Terms"), lambda row: Cell(terms_in_words(row[0]))),
        Column("begins", gettext("Begins"), lambda row: Cell(row[0].starts_at), "day", "begins"),
        Column("signed", gettext("Signatures"), lambda row: Cell(chips=[_signed(*row)]), "chips", is_kept=True),
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
            (gettext("When it is paid out"), words.word("payable", terms["payable"])),
            (gettext("Shares are reckoned"), gettext("without tax") if terms["net_of_tax"] else gettext("with tax")),
        ]
        if band := terms.get("markup_band"):
            most = percent(band["max_percent"]) if band["max_percent"] is not None else gettext("without limit")
            found.append((gettext("Partners may add at most"), most))
        return found
    found.append((gettext("Earns by"), words.word("mode", terms["mode"])))
    goods = {c.path: translate(c.name, get_language() or "en") for c in catalog.categories()}
    sellers = parties.parties_by_ref([clause["supplier"] for clause in terms["clauses"] if clause["supplier"]])
    for clause in terms["clauses"]:
        seller = sellers[clause["supplier"]].name if clause["supplier"] in sellers else clause["supplier"]
        where = " · ".join(filter(None, [goods.get(clause["category"], clause["category"]), seller]))
        found += _clause_terms(clause, where or gettext("Everything"), terms["currency"] or "")
    own = gettext("yes") if terms["own_purchases"] else gettext("no")
    return [*found, (gettext("Earns on its own purchases"), own)]


def _clause_terms(clause: Any, where: str, currency: str) -> list[tuple[str, str]]:
    """A clause: on which lines, which percentage from which volume on, and within which bounds."""
    found = []
    for band in clause["bands"]:
        since = gettext("from %(volume)s on") % {"volume": money(band["from"], currency)} if band["from"] else ""
        found.append((" ".join(filter(None, [where, since])), percent(band["percent"])))
    for key, said in (("floor", gettext("%(where)s: at least")), ("cap", gettext("%(where)s: at most"))):
        if clause[key] is not None:
            found.append((said % {"where": where}, money(clause[key], currency)))
    return found


def _signed(row: Any, party: str) -> tuple[str, str]:
    if row.is_complete or not row.signed:
        return "agreed" if row.is_complete else "unsigned", ""
    names = [party if side == "party" else words.word("side", side) for side in row.signed]
    return "unsigned", gettext("signed by %(names)s") % {"names": gettext(", ").join(names)}
