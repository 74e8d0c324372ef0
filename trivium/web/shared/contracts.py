"""Share contracts, as their two sides see them."""

from typing import Any

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted
from trivium.parties import queries as parties
from trivium.pricing import queries as pricing
from trivium.web.shared import words
from trivium.web.shared.filters import percent
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing

KINDS = ("operator_supplier", "operator_partner")


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
    )  # fmt: skip


def _columns(actor: Actor) -> list[Column]:
    found = [
        Column("party", gettext("Party"), lambda row: Cell(row[1]), sort="party", is_kept=True),
        Column("kind", gettext("Kind"), lambda row: Cell(words.word("contract", row[0].kind))),
        Column("version", gettext("Version"), lambda row: Cell(row[0].version), "quantity"),
        Column("terms", gettext("Terms"), lambda row: Cell(terms_in_words(row[0]), note=row[0].terms_hash[:12])),
        Column("begins", gettext("Begins"), lambda row: Cell(row[0].starts_at), "day", "begins"),
        Column("signed", gettext("Signatures"), lambda row: Cell(chips=[_signed(row[0])]), "chips", is_kept=True),
    ]
    return found if actor.role == "operator" else [column for column in found if column.key not in ("party", "kind")]


def terms_in_words(row: Any) -> str:
    """What a contract version says, in one line."""
    terms = row.terms
    if terms.get("mode"):
        rates = [percent(band["percent"]) for clause in terms.get("clauses", ()) for band in clause.get("bands", ())]
        return " ".join([words.word("mode", terms["mode"]), *rates])
    said = gettext("fee %(fee)s, channel %(share)s")
    return said % {"fee": percent(terms["fee_percent"]), "share": percent(terms["share_percent"])}


def _signed(row: Any) -> tuple[str, str]:
    if row.is_complete:
        return "agreed", ""
    return "unsigned", ", ".join(words.word("side", side) for side in row.signed)
