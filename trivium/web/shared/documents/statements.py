"""A statement on paper: what moved on a party's account in a period, line by line, and who has confirmed it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from trivium.core.actor import Actor
from trivium.core.documents import Document
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.settlement import queries as settlement
from trivium.web.shared import words
from trivium.web.shared.documents.frame import column, drawn, heads_of, known, moment, side
from trivium.web.shared.filters import money, period

Facts = Mapping[str, Any]
MOST_LINES = 2_000  # about fifty pages, a second; what has more is read as a file


def statement_document(actor: Actor, ref: str) -> Document:
    """A statement with every movement it states.

    Refuses: NotFound.
    """
    found = settlement.get_statement(actor, ref)
    currency = found["currency"]
    operator = parties.operator()
    heads = heads_of(found["party"], *([{"ref": operator.ref}] if operator else []))
    total = (gettext("Total"), money(found["total"], currency))
    payout = found["payout"]
    return drawn(
        "statement",
        actor,
        head=gettext("Statement"),
        number=found["number"],
        state=words.word("status", found["status"]),
        sides=[
            side(words.word("role", found["role"]), heads[found["party"]["ref"]]),
            side(gettext("Operator"), heads.get(operator.ref) if operator else None),
        ],
        facts=known(
            (gettext("Period"), period(found["period_start"], found["period_end"])),
            (gettext("Issued"), moment(found["issued_at"])),
            (gettext("Confirm by"), moment(found["confirm_by"])),
            (gettext("Payout"), f"{money(payout['amount'], currency)} · {words.word('status', payout['status'])}"
             if payout else ""),
        ),
        kinds_head=gettext("Summary"),
        kind_columns=[column(gettext("What"), is_wide=True), column(gettext("Entries"), is_figure=True),
                      column(gettext("Amount"), is_figure=True)],
        kinds=_kinds(found),
        tie=_tie(found),
        lines_head=gettext("Movements"),
        columns=[column(gettext("When")), column(gettext("Order")), column(gettext("What"), is_wide=True),
                 column(gettext("Amount"), is_figure=True)],
        lines=_lines(actor, found) if len(found["lines"]) <= MOST_LINES else (),
        more=_more(found),
        total=total,
        signatures=_signatures(found, heads[found["party"]["ref"]].name, operator.name if operator else ""),
    )  # fmt: skip


def _kinds(found: Facts) -> list[list[str]]:
    """How the total comes together: what was carried over, and each kind of movement with its sum."""
    currency = found["currency"]
    rows = [[gettext("Carried over"), "", money(found["opening"], currency)]] if found["opening"] else []
    for purpose in dict.fromkeys(line["purpose"] for line in found["lines"]):
        amounts = [line["amount"] for line in found["lines"] if line["purpose"] == purpose]
        rows.append([words.word("purpose", purpose), str(len(amounts)), money(sum(amounts), currency)])
    return rows


def _tie(found: Facts) -> str:
    """What of the books this is: every movement of one account before one moment that was not stated before."""
    count = len(found["lines"])
    said = ngettext(
        "%(count)s movement of the account “%(account)s” in the books before %(end)s; each is stated once.",
        "All %(count)s movements of the account “%(account)s” in the books before %(end)s; each is stated once.",
        count,
    )
    return said % {"count": count, "account": gettext("Earned, not stated yet"), "end": moment(found["period_end"])}


def _more(found: Facts) -> str:
    """Where the movements are read that are too many for paper."""
    if len(found["lines"]) <= MOST_LINES:
        return ""
    said = gettext("More than %(most)s movements are not printed; get them as CSV or XLSX from the statement’s page.")
    return said % {"most": f"{MOST_LINES:,}"}


def _lines(actor: Actor, found: Facts) -> list[list[str]]:
    currency = found["currency"]
    places = ordering.orders_of_parts(actor, [line["subject"] for line in found["lines"]])
    rows = [["", "", gettext("Carried over"), money(found["opening"], currency)]] if found["opening"] else []
    for line in found["lines"]:
        place = places.get(line["subject"])
        rows.append([moment(line["at"]), place["number"] if place else "–", words.word("purpose", line["purpose"]),
                     money(line["amount"], currency)])  # fmt: skip
    return rows


def _signatures(found: Facts, party: str, operator: str) -> list[tuple[str, str, str]]:
    """Who has confirmed it, and who has still to; a deadline that passed stands for whoever said nothing."""
    said = {each["side"]: each["at"] for each in found["confirmations"]}
    silent = gettext("Deadline passed on %(when)s") % {"when": moment(said["deadline"])} if "deadline" in said else ""

    def place(which: str, who: str) -> tuple[str, str, str]:
        at = gettext("Confirmed on %(when)s") % {"when": moment(said[which])} if which in said else silent
        return gettext("Confirmed by"), who, at

    return [place("party", party), place("operator", operator)]
