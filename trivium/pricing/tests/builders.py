"""Short ways to write prices, lines and contracts for the rules' tests."""

from decimal import Decimal
from typing import Any

from trivium.pricing import rules
from trivium.pricing.rules import (
    LineFacts,
    LineSplit,
    PricedLine,
    PriceRow,
)

D = Decimal


def row(step: str, price: str, **more: Any) -> PriceRow:
    return PriceRow(D(step), D(price), **more)


def line(gross: int, n: int = 1, **more: Any) -> PricedLine:
    return PricedLine(sku_id=n, supplier_id=more.pop("supplier_id", n), gross=gross, **more)


def partner_terms(mode: str = "commission", clauses: object = None, **more: Any) -> rules.PartnerTerms:
    given = {
        "mode": mode,
        "clauses": [clause("8")] if clauses is None and mode != "markup" else clauses or [],
        **more,
    }
    return rules.read_partner_terms(rules.clean_terms(rules.OPERATOR_PARTNER, given))


def supplier_terms(fee: str = "3", ceded: str = "8", **more: Any) -> rules.SupplierTerms:
    given = {"fee_percent": fee, "share_percent": ceded, **more}
    return rules.read_supplier_terms(rules.clean_terms(rules.OPERATOR_SUPPLIER, given))


def clause(percent: str, **more: Any) -> dict[str, Any]:
    return {"bands": [{"percent": percent}], **more}


def split_of(trail: rules.Trail, mode: str = "commission", **more: Any) -> LineSplit:
    facts = LineFacts(
        gross=trail.line.gross, operator_off=trail.operator, partner_off=trail.partner, supplier_off=trail.supplier,
        **{"supply": trail.line.gross, **more},
    )  # fmt: skip
    return rules.split_under(supplier_terms(), partner_terms(mode), facts)


def earned(terms: rules.PartnerTerms | None, gross: int = 10000, **facts: Any) -> tuple[int, int, int]:
    split = rules.split_under(supplier_terms(ceded="20"), terms, LineFacts(gross=gross, supply=gross, **facts))
    assert split.is_balanced
    return split.commission, split.fee, split.supplier
