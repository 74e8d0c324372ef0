"""Share contracts: what operator and supplier, and operator and partner, have signed. Terms are canonical
JSON.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from trivium.pricing.errors import BadTerms, OverlappingClauses
from trivium.pricing.rules.price import MAX_AMOUNT, Band, parse_currency, parse_percent
from trivium.pricing.rules.promotions import covers_category

OPERATOR_SUPPLIER = "operator_supplier"
OPERATOR_PARTNER = "operator_partner"
KINDS = (OPERATOR_SUPPLIER, OPERATOR_PARTNER)
MODES = ("commission", "service_fee", "markup")
PAYABLE = ("when_paid", "at_completion")
MAX_CLAUSES = 500
MAX_BANDS = 50

Mode = Literal["commission", "service_fee", "markup"]


@dataclass(frozen=True, slots=True)
class SupplierTerms:
    """What a supplier has agreed to give up of a line: platform fee and channel share, together its total
    deduction.
    """

    fee_percent: Decimal
    share_percent: Decimal
    net_of_tax: bool
    payable: str
    markup_band: Band | None


@dataclass(frozen=True, slots=True)
class Clause:
    """What a partner earns on some lines: a percentage by volume band, with floor and cap per line.

    A clause with amounts in it applies to lines in the contract's currency only.
    """

    category: str | None
    supplier: str | None
    bands: tuple[tuple[int, Decimal], ...]
    floor: int | None
    cap: int | None

    def percent(self, volume: int) -> Decimal:
        """The percentage of the band the partner stands on."""
        return next(percent for start, percent in reversed(self.bands) if start <= max(volume, 0))

    @property
    def has_amounts(self) -> bool:
        """Whether the clause names amounts and so belongs to one currency."""
        return self.floor is not None or self.cap is not None or len(self.bands) > 1


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """How a partner earns, and how much on which lines."""

    mode: Mode
    currency: str | None
    own_purchases: bool
    clauses: tuple[Clause, ...]


def pick_clause(terms: PartnerTerms, *, category_path: str, supplier_ref: str, currency: str) -> Clause | None:
    """The clause for a line: the most specific one wins; None if the contract grants nothing on it.

    Supplier and category before supplier, supplier before category, a deeper category before a higher one,
    and what is for everything last. Signed clauses never tie (see `check_overlaps`).
    """
    best: Clause | None = None
    rank = (-1, -1)
    for clause in terms.clauses:
        if clause.supplier not in (None, supplier_ref) or not covers_category(clause.category or "", category_path):
            continue
        if clause.has_amounts and terms.currency != currency:
            continue
        its_rank = (clause.supplier is not None, clause.category.count("/") + 1 if clause.category else 0)
        if its_rank > rank:
            best, rank = clause, its_rank
    return best


def check_overlaps(clauses: Sequence[Clause]) -> None:
    """No two clauses may claim a line with equal right.

    Refuses: OverlappingClauses, with a line to which both apply as the counter-example.
    """
    seen: dict[tuple[str | None, str | None], int] = {}
    for position, clause in enumerate(clauses, start=1):
        scope = (clause.supplier, clause.category)
        if scope in seen:
            raise OverlappingClauses(
                field="terms", first=seen[scope], second=position,
                supplier=clause.supplier or "*", category=clause.category or "*",
            )  # fmt: skip
        seen[scope] = position


def canonical(terms: Mapping[str, Any]) -> str:
    """The one way to write terms down: sorted keys, no spaces. What is signed is the hash of this text."""
    return json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def terms_hash(text: str) -> str:
    """SHA-256 of canonical terms, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def clean_terms(kind: str, terms: object) -> str:
    """Read proposed terms of either kind and return them canonically, with every default written out.

    Refuses: BadTerms, BadPercent, BadCurrency, OverlappingClauses.
    """
    if not isinstance(terms, Mapping):
        raise BadTerms(field="terms", term="terms", expected="an object")
    return canonical(_clean_supplier(terms) if kind == OPERATOR_SUPPLIER else _clean_partner(terms))


@lru_cache(maxsize=4096)
def read_supplier_terms(text: str) -> SupplierTerms:
    """Signed operator–supplier terms as a value."""
    terms = json.loads(text)
    band = terms["markup_band"]
    return SupplierTerms(
        fee_percent=Decimal(terms["fee_percent"]),
        share_percent=Decimal(terms["share_percent"]),
        net_of_tax=terms["net_of_tax"],
        payable=terms["payable"],
        markup_band=band and Band(Decimal(band["min_percent"]), _maybe(band["max_percent"])),
    )


@lru_cache(maxsize=4096)
def read_partner_terms(text: str) -> PartnerTerms:
    """Signed operator–partner terms as a value."""
    terms = json.loads(text)
    clauses = tuple(
        Clause(
            c["category"], c["supplier"], tuple((b["from"], Decimal(b["percent"])) for b in c["bands"]),
            c["floor"], c["cap"],
        )
        for c in terms["clauses"]
    )  # fmt: skip
    return PartnerTerms(terms["mode"], terms["currency"], terms["own_purchases"], clauses)


def _maybe(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _clean_supplier(terms: Mapping[str, Any]) -> dict[str, Any]:
    _only(terms, "fee_percent", "share_percent", "net_of_tax", "payable", "markup_band")
    fee = parse_percent(terms.get("fee_percent"), field="terms.fee_percent")
    ceded = parse_percent(terms.get("share_percent"), field="terms.share_percent")
    if fee + ceded > 100:
        raise BadTerms(field="terms", term="fee_percent + share_percent", expected="at most 100")
    return {
        "fee_percent": str(fee),
        "share_percent": str(ceded),
        "net_of_tax": _choice(terms.get("net_of_tax", False), (False, True), "net_of_tax"),
        "payable": _choice(terms.get("payable", "when_paid"), PAYABLE, "payable"),
        "markup_band": _clean_band(terms.get("markup_band")),
    }


def _clean_band(band: object) -> dict[str, str | None] | None:
    if band is None:
        return None
    if not isinstance(band, Mapping):
        raise BadTerms(field="terms.markup_band", term="markup_band", expected="min_percent and max_percent")
    _only(band, "min_percent", "max_percent")
    least = parse_percent(band.get("min_percent", 0), field="terms.markup_band.min_percent", highest=10_000)
    most = band.get("max_percent")
    if most is None:
        return {"min_percent": str(least), "max_percent": None}
    highest = parse_percent(most, field="terms.markup_band.max_percent", highest=10_000)
    if highest < least:
        raise BadTerms(field="terms.markup_band", term="max_percent", expected="at least min_percent")
    return {"min_percent": str(least), "max_percent": str(highest)}


def _clean_partner(terms: Mapping[str, Any]) -> dict[str, Any]:
    _only(terms, "mode", "currency", "own_purchases", "clauses")
    mode = _choice(terms.get("mode"), MODES, "mode")
    given = terms.get("clauses", [])
    if not isinstance(given, list | tuple) or len(given) > MAX_CLAUSES or (mode == "markup" and given):
        expected = "no clauses under markup" if mode == "markup" else f"a list of at most {MAX_CLAUSES}"
        raise BadTerms(field="terms.clauses", term="clauses", expected=expected)
    clauses = [_clean_clause(clause) for clause in given]
    currency = terms.get("currency")
    clean = {
        "mode": mode,
        "currency": None if currency is None else parse_currency(currency, field="terms.currency"),
        "own_purchases": _choice(terms.get("own_purchases", False), (False, True), "own_purchases"),
        "clauses": clauses,
    }
    signed = read_partner_terms(canonical(clean)).clauses
    if currency is None and any(clause.has_amounts for clause in signed):
        raise BadTerms(field="terms.currency", term="currency", expected="the currency of floors, caps and bands")
    check_overlaps(signed)
    return clean


def _clean_clause(clause: object) -> dict[str, Any]:
    if not isinstance(clause, Mapping):
        raise BadTerms(field="terms.clauses", term="clause", expected="an object")
    _only(clause, "category", "supplier", "bands", "floor", "cap")
    bands = clause.get("bands")
    if not isinstance(bands, list | tuple) or not 1 <= len(bands) <= MAX_BANDS:
        raise BadTerms(field="terms.clauses", term="bands", expected=f"a list of 1 to {MAX_BANDS}")
    clean_bands = [_clean_volume_band(band) for band in bands]
    starts = [band["from"] for band in clean_bands]
    if starts[0] != 0 or starts != sorted(set(starts)):
        raise BadTerms(field="terms.clauses", term="from", expected="0 first, then rising")
    floor, cap = _amount(clause.get("floor"), "floor"), _amount(clause.get("cap"), "cap")
    if floor is not None and cap is not None and floor > cap:
        raise BadTerms(field="terms.clauses", term="floor", expected="at most the cap")
    return {
        "category": _name(clause.get("category"), "category"),
        "supplier": _name(clause.get("supplier"), "supplier"),
        "bands": clean_bands,
        "floor": floor,
        "cap": cap,
    }


def _clean_volume_band(band: object) -> dict[str, Any]:
    if not isinstance(band, Mapping):
        raise BadTerms(field="terms.clauses", term="bands", expected="from and percent")
    _only(band, "from", "percent")
    start = _amount(band.get("from", 0), "from")
    return {
        "from": start or 0,
        "percent": str(parse_percent(band.get("percent"), field="terms.clauses.percent")),
    }


def _only(given: Mapping[str, Any], *known: str) -> None:
    for key in given:
        if key not in known:
            raise BadTerms(field="terms", term=str(key)[:40], expected=", ".join(known))


def _choice(value: object, known: Sequence[Any], term: str) -> Any:
    for one in known:
        if type(value) is type(one) and value == one:
            return one
    raise BadTerms(field=f"terms.{term}", term=term, expected=" | ".join(json.dumps(one) for one in known))


def _amount(value: object, term: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_AMOUNT:
        raise BadTerms(field="terms.clauses", term=term, expected="a whole number of minor units")
    return value


def _name(value: object, term: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= 600 or not value.isprintable():
        raise BadTerms(field="terms.clauses", term=term, expected="a reference")
    return value
