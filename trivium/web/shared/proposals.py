"""Proposing a share contract: the clauses as the pricing rules know them, beginning with what holds now."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.money import to_text
from trivium.core.quantity import plain
from trivium.parties import queries as parties
from trivium.pricing import commands, queries
from trivium.pricing.queries import ContractRow
from trivium.web.errors import BadBand
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day_begins
from trivium.web.shared.forms import Field, Form, Row
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = {"supplier": "operator_supplier", "partner": "operator_partner"}
MODES = ("commission", "service_fee", "markup")
PAYABLE = ("when_paid", "at_completion")
CURRENCIES = ("CNY", "GBP", "EUR", "USD")
PARTIES_OFFERED = 200
SPARE_CLAUSES, MOST_CLAUSES = 4, 40
INDENT = "\u2003"


@page
def propose(request: WorkspaceRequest, ref: str) -> Shown:
    """The form for the next version of a contract with a role, filled in with the terms that hold now, if any do."""
    actor, role = request.actor, ref
    if role not in KINDS or actor.role not in ("operator", role) or not actor.may("contract.propose"):
        raise Http404
    party_ref = request.GET.get("party", "")[:40] if actor.role == "operator" else actor.organization_ref
    now = newest(actor, role, party_ref)
    fields = (*_party_fields(actor, role, party_ref), *_when_fields())
    terms: Mapping[str, Any] = now.terms if now else {}
    fields += _supplier_fields(terms) if role == "supplier" else _partner_fields(terms)
    rows = _clause_rows(terms) if role == "partner" else ()
    note = gettext("It binds nobody before both sides have signed; orders placed before keep the version they have.")
    url = reverse(f"{actor.role}:send_proposal", args=[role])
    form = Form("propose", url, gettext("Propose"), fields, rows, note=note, rows_last=True)
    party = parties.parties_by_ref([party_ref]).get(party_ref)
    return Shown("shared/propose.html", {"form": form, "role_of_party": role, "party": party, "now": now})


def newest(actor: Actor, role: str, party_ref: str) -> ContractRow | None:
    """The newest version with a party that this reader may see."""
    if not party_ref:
        return None
    rows = [row for row in queries.share_contracts(actor, party_ref=party_ref) if row.kind == KINDS[role]]
    return max(rows, key=lambda row: row.version, default=None)


@act
def send_proposal(request: WorkspaceRequest, ref: str) -> str:
    """Propose the next version; the page that follows shows it, to be signed."""
    values, actor, role = request.POST, request.actor, ref
    if role not in KINDS:
        raise Http404
    terms = _supplier_terms(values) if role == "supplier" else _partner_terms(values)
    starts = day_begins(forms.date(values, "starts_at")) if values.get("starts_at", "").strip() else None
    ref = commands.propose_share_contract(
        actor, kind=KINDS[role], terms=terms, party_ref=values.get("party_ref") or None, starts_at=starts
    )
    return reverse(f"{actor.role}:contract", args=[ref])


# -- what is asked ---------------------------------------------------------------------------------------------------


def _party_fields(actor: Actor, role: str, party_ref: str) -> tuple[Field, ...]:
    if actor.role != "operator":
        return ()
    rows = parties.organizations(actor, role=role, limit=PARTIES_OFFERED)
    choices = [(row.ref, row.name) for row in rows if not row.is_house]
    help_text = gettext("With whom the contract is.")
    return (Field("party_ref", words.word("role", role), "select", party_ref, help_text, choices=choices),)


def _when_fields() -> tuple[Field, ...]:
    help_text = gettext("Left empty, it begins when both have signed. Never in the past.")
    return (Field("starts_at", gettext("Begins"), "date", "", help_text, required=False, is_narrow=True),)


def _supplier_fields(terms: Mapping[str, Any]) -> tuple[Field, ...]:
    band = terms.get("markup_band") or {}
    payable = [(each, words.word("payable", each)) for each in PAYABLE]
    return (
        _percent("terms.fee_percent", gettext("Platform fee"), terms.get("fee_percent"),
                 gettext("Of each line, to the operator.")),
        _percent("terms.share_percent", gettext("Channel share"), terms.get("share_percent"),
                 gettext("Of each line, for whoever brings the buyer.")),
        Field("terms.payable", gettext("When it is paid out"), "select", terms.get("payable", PAYABLE[0]),
              choices=payable, help=gettext("For orders on account.")),
        Field("terms.net_of_tax", gettext("Reckon shares without tax"), "checkbox",
              "1" if terms.get("net_of_tax") else "", required=False,
              help=gettext("Otherwise they are reckoned on the price with tax.")),
        _percent("min_percent", gettext("Partners add at least"), band.get("min_percent"),
                 gettext("For partners that earn by markup."), required=False),
        _percent("max_percent", gettext("Partners may add at most"), band.get("max_percent"),
                 gettext("Both left empty: no markup on these goods."), required=False),
    )  # fmt: skip


def _partner_fields(terms: Mapping[str, Any]) -> tuple[Field, ...]:
    modes = [(mode, words.word("mode", mode)) for mode in MODES]
    currencies = [(each, each) for each in CURRENCIES]
    return (
        Field("terms.mode", gettext("Earns by"), "select", terms.get("mode", MODES[0]), choices=modes,
              help=gettext("Commission and service fee need clauses; under markup the partner sets its own prices.")),
        Field("terms.currency", gettext("Currency"), "select", terms.get("currency") or CURRENCIES[0],
              choices=currencies, is_narrow=True, help=gettext("Of least, most and volumes in the clauses.")),
        Field("terms.own_purchases", gettext("Earns on its own purchases"), "checkbox",
              "1" if terms.get("own_purchases") else "", required=False,
              help=gettext("Where the partner also buys for itself.")),
    )  # fmt: skip


def _percent(name: str, label: str, value: str | None, help_text: str, *, required: bool = True) -> Field:
    shown = f"{plain(Decimal(value))}" if value is not None else ""
    return Field(name, label, "number", shown, help_text, required=required, suffix="%", is_narrow=True)


def _clause_rows(terms: Mapping[str, Any]) -> tuple[Row, ...]:
    """A row for each clause there is, and some to spare. A row without a percentage is no clause."""
    clauses = list(terms.get("clauses", ()))
    currency = terms.get("currency") or CURRENCIES[0]
    language = get_language() or "en"
    tree = [(c.path, INDENT * c.path.count("/") + translate(c.name, language)) for c in catalog.categories()]
    sellers = [(each.ref, each.name) for each in parties.suppliers(limit=PARTIES_OFFERED)]
    everything, anyone = ("", gettext("All goods")), ("", gettext("All suppliers"))
    count = min(len(clauses) + SPARE_CLAUSES, max(MOST_CLAUSES, len(clauses)))
    rows = []
    for i in range(count):
        clause = clauses[i] if i < len(clauses) else {}
        fields = _clause_fields(f"clauses.{i}", clause, currency, [everything, *tree], [anyone, *sellers])
        note = "" if clause else gettext("not used while it has no percentage")
        rows.append(Row(gettext("Clause %(number)s") % {"number": i + 1}, note, fields))
    return tuple(rows)


def _clause_fields(
    name: str, clause: Mapping[str, Any], currency: str, tree: Sequence[tuple[str, str]],
    sellers: Sequence[tuple[str, str]],
) -> tuple[Field, ...]:  # fmt: skip
    bands = clause.get("bands") or [{}]
    further = "; ".join(f"{to_text(b['from'], currency)}: {plain(Decimal(b['percent']))}" for b in bands[1:])

    def amount(key: str) -> str:
        return to_text(clause[key], currency) if clause.get(key) is not None else ""

    return (
        Field(f"{name}.category", gettext("Goods"), "select", clause.get("category") or "", choices=tree,
              help=gettext("With everything below it. The clause that fits most closely counts.")),
        Field(f"{name}.supplier", gettext("Supplier"), "select", clause.get("supplier") or "", choices=sellers,
              help=gettext("A clause for one supplier goes before one for all.")),
        _percent(f"{name}.percent", gettext("Percent"), bands[0].get("percent"),
                 gettext("Of each line, from the first order on."), required=False),
        Field(f"{name}.bands", gettext("By volume"), value=further, required=False, limit=400, is_narrow=True,
              help=gettext("From a volume on another percentage, such as 100000: 6; 500000: 7.")),
        Field(f"{name}.floor", gettext("At least"), "number", amount("floor"), required=False, is_narrow=True,
              help=gettext("What the partner earns of a line in any case.")),
        Field(f"{name}.cap", gettext("At most"), "number", amount("cap"), required=False, is_narrow=True,
              help=gettext("What the partner earns of a line and no more.")),
    )  # fmt: skip


# -- what was written ------------------------------------------------------------------------------------------------


def _supplier_terms(values: Mapping[str, str]) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "fee_percent": forms.plain_number(values.get("terms.fee_percent", "")),
        "share_percent": forms.plain_number(values.get("terms.share_percent", "")),
        "payable": values.get("terms.payable", ""),
        "net_of_tax": bool(values.get("terms.net_of_tax")),
    }
    least, most = (forms.plain_number(values.get(name, "")) for name in ("min_percent", "max_percent"))
    if least or most:
        terms["markup_band"] = {"min_percent": least or "0", "max_percent": most or None}
    return terms


def _partner_terms(values: Mapping[str, str]) -> dict[str, Any]:
    currency = forms.choice(values, "terms.currency", CURRENCIES)
    clauses = [
        _clause(values, f"clauses.{i}", currency) for i in range(MOST_CLAUSES * 2)
        if values.get(f"clauses.{i}.percent", "").strip() or values.get(f"clauses.{i}.bands", "").strip()
    ]  # fmt: skip
    return {
        "mode": forms.choice(values, "terms.mode", MODES),
        "currency": currency,
        "own_purchases": bool(values.get("terms.own_purchases")),
        "clauses": clauses,
    }


def _clause(values: Mapping[str, str], name: str, currency: str) -> dict[str, Any]:
    def amount(key: str) -> int | None:
        written = forms.plain_number(values.get(f"{name}.{key}", ""))
        return forms.amount(values, f"{name}.{key}", currency) if written else None

    first = {"from": 0, "percent": forms.plain_number(values.get(f"{name}.percent", ""))}
    return {
        "category": values.get(f"{name}.category") or None,
        "supplier": values.get(f"{name}.supplier") or None,
        "bands": [first, *_bands(values, f"{name}.bands", currency)],
        "floor": amount("floor"),
        "cap": amount("cap"),
    }


def _bands(values: Mapping[str, str], name: str, currency: str) -> list[dict[str, Any]]:
    """Further bands as they are written: "100000: 6; 500000: 7"."""
    found = []
    for piece in values.get(name, "").replace("；", ";").replace("\n", ";").split(";"):
        if not piece.strip():
            continue
        start, colon, percent = piece.replace("：", ":").partition(":")
        if not colon:
            raise BadBand(value=piece.strip()[:40], field=name)
        volume = forms.amount({name: start}, name, currency)
        found.append({"from": volume, "percent": forms.plain_number(percent).removesuffix("%")})
    return found
