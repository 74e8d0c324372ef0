"""Who gets what of a line: the split it is born with, and what of it is given back."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trivium.core.money import half_up, share
from trivium.pricing.rules.contracts import PartnerTerms, SupplierTerms, pick_clause
from trivium.pricing.rules.promotions import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """All that decides a line's split besides the two contracts. It is stored with the line, so that the same
    contract versions give the same figures at any later time.

    `gross` is the line at the buyer's price before discounts and `off` what each party funds of them;
    `supply` is the line at the supplier's price (under markup; otherwise equal to `gross`). Amounts are minor
    units.
    """

    gross: int
    operator_off: int = 0
    partner_off: int = 0
    supplier_off: int = 0
    tax_rate: Decimal = Decimal(0)
    tax_included: bool = True
    supply: int = 0
    supply_tax_rate: Decimal = Decimal(0)
    supply_tax_included: bool = True
    supplier_ref: str = ""
    category_path: str = ""
    currency: str = "CNY"
    volume: int = 0
    is_own_purchase: bool = False

    def to_json(self) -> dict[str, Any]:
        """The facts as they are stored: rates as text."""
        return {**asdict(self), "tax_rate": str(self.tax_rate), "supply_tax_rate": str(self.supply_tax_rate)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "LineFacts":
        """The facts as they were stored."""
        rates = {name: Decimal(stored[name]) for name in ("tax_rate", "supply_tax_rate")}
        return cls(**{**stored, **rates})


@dataclass(frozen=True, slots=True)
class LineSplit:
    """A line's figures in minor units. paid + operator_part + partner_part = supplier + commission + fee,
    always.

    `paid` is what the buyer pays for the goods, tax included; `tax` the tax in it; `service_fee` what the
    buyer pays on top, which the partner gets whole. `…_part` is what each party funds of the discounts.
    `base` is what the percentages are taken of; `commission` is the partner's commission or markup before its
    own part; `fee` is the operator's; `supply` the line at the supplier's price.
    """

    gross: int
    paid: int
    tax: int
    service_fee: int
    operator_part: int
    partner_part: int
    supplier_part: int
    base: int
    fee: int
    commission: int
    supplier: int
    supply: int

    @property
    def deduction(self) -> int:
        """What a supplier sees as one figure: fee and commission together."""
        return self.fee + self.commission

    @property
    def is_balanced(self) -> bool:
        """Whether what came in for the goods equals what goes out."""
        return self.paid + self.operator_part + self.partner_part == self.supplier + self.commission + self.fee

    def __add__(self, other: "LineSplit") -> "LineSplit":
        return LineSplit(*(getattr(self, name) + getattr(other, name) for name in FIGURES))

    def __sub__(self, other: "LineSplit") -> "LineSplit":
        return LineSplit(*(getattr(self, name) - getattr(other, name) for name in FIGURES))

    def to_json(self) -> dict[str, int]:
        """The figures by name."""
        return {name: getattr(self, name) for name in FIGURES}


FIGURES = tuple(field.name for field in fields(LineSplit))
NOTHING = LineSplit(*(0 for _ in FIGURES))


def total(splits: Iterable[LineSplit]) -> LineSplit:
    """The figures of several lines together."""
    found = list(splits)
    return LineSplit(*(sum(getattr(split, name) for split in found) for name in FIGURES))


def tax_of(goods: int, rate: Decimal, *, included: bool) -> int:
    """The tax of an amount in minor units, half-up: the tax in it, or the tax that comes on top."""
    if not rate:
        return 0
    exact = Fraction(rate)
    return half_up(goods * exact / (100 + exact)) if included else half_up(goods * exact / 100)


def split_under(supplier_terms: SupplierTerms, partner_terms: PartnerTerms | None, line: LineFacts) -> LineSplit:
    """Divide a line between supplier, partner and operator under the contracts that were in force for it.

    Without partner terms (the house partner) the partner earns 0 and the channel share is the operator's.
    What the supplier gives up never depends on what the partner earns: the operator keeps the difference, and
    a commission is at most the supplier's whole deduction, so that no figure is ever negative.

    Source: docs/algorithms/commission.md, domain.md section 3.
    """
    goods = line.gross - line.operator_off - line.partner_off - line.supplier_off
    tax = tax_of(goods, line.tax_rate, included=line.tax_included)
    paid = goods if line.tax_included else goods + tax
    incoming = paid + line.operator_off + line.partner_off
    if partner_terms is not None and partner_terms.mode == "markup":
        base, fee, supply = _under_markup(supplier_terms, line)
        commission, service_fee = incoming - (supply - line.supplier_off), 0
        supplier = incoming - commission - fee
    else:
        base = incoming - tax if supplier_terms.net_of_tax else incoming
        deduction = _deduction(supplier_terms, base)
        commission, service_fee = _earned(partner_terms, line, base, paid, deduction)
        fee, supplier, supply = deduction - commission, incoming - deduction, line.gross
    return LineSplit(
        line.gross, paid, tax, service_fee, line.operator_off, line.partner_off, line.supplier_off,
        base, fee, commission, supplier, supply,
    )  # fmt: skip


def _deduction(terms: SupplierTerms, base: int) -> int:
    fee = share(base, terms.fee_percent)
    return min(base, fee + share(base, terms.share_percent))


def _earned(
    terms: PartnerTerms | None, line: LineFacts, base: int, paid: int, deduction: int
) -> tuple[int, int]:  # fmt: skip
    """The partner's (commission, service fee) on a line."""
    if terms is None or (line.is_own_purchase and not terms.own_purchases):
        return 0, 0
    clause = pick_clause(
        terms, category_path=line.category_path, supplier_ref=line.supplier_ref, currency=line.currency
    )
    if clause is None:
        return 0, 0
    of = base if terms.mode == "commission" else paid
    if of == 0:
        return 0, 0
    earned = max(share(of, clause.percent(line.volume)), clause.floor or 0)
    if clause.cap is not None:
        earned = min(earned, clause.cap)
    return (min(earned, deduction), 0) if terms.mode == "commission" else (0, earned)


def _under_markup(terms: SupplierTerms, line: LineFacts) -> tuple[int, int, int]:
    """The supplier's (base, fee, supply with tax): it sells to the partner, less what it funds itself."""
    net = line.supply - line.supplier_off
    tax = tax_of(net, line.supply_tax_rate, included=line.supply_tax_included)
    with_tax = net if line.supply_tax_included else net + tax
    base = with_tax - tax if terms.net_of_tax else with_tax
    return base, share(base, terms.fee_percent), with_tax + line.supplier_off


def given_back(split: LineSplit, r: Fraction) -> LineSplit:
    """What of a line has been given back when the part `r` of it has come back so far (0 to 1).

    Every figure is its half-up part; the supplier bears the rest, so the parts still balance. It depends on r
    alone, so any order and any pieces end at the same figures, and r = 1 gives back exactly everything. A
    step is the difference between two such results. See the page for the bound on the supplier's rest in
    steps of a few cents.

    Source: docs/algorithms/commission.md, domain.md section 4 (Returns).
    """
    if not 0 <= r <= 1:
        raise ValueError(f"{r} is no part of a line")
    if r == 1:
        return split
    if not r:
        return _NOTHING
    back = {name: half_up(getattr(split, name) * r) for name in FIGURES if name != "supplier"}
    incoming = back["paid"] + back["operator_part"] + back["partner_part"]
    return LineSplit(**back, supplier=incoming - back["commission"] - back["fee"])


_NOTHING = LineSplit(**dict.fromkeys(FIGURES, 0))


def stages_given_back(stages: Iterable[Stage], r: Fraction) -> list[Stage]:
    """What of a line's price trail has been given back at the part r: every figure half-up by itself."""
    return [
        Stage(
            s.kind, s.source, s.label, half_up(s.amount * r), half_up(s.operator * r), half_up(s.partner * r),
            half_up(s.supplier * r), s.recheck_below,
        )
        for s in stages
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A line after returns, for the threshold of a discount: its trail, which part of it was given back for any reason,
    and which part because the buyer chose to; `supplier` names whose goods they are."""

    stages: tuple[Stage, ...]
    back: Fraction
    chosen: Fraction
    supplier: str = ""


def lost_benefit(lines: Iterable[Kept]) -> dict[tuple[str, str], int]:
    """What a buyer's own returns cost it in discounts whose threshold the kept goods no longer reach, in minor units
    by who had funded them: ("operator", ""), ("partner", "") or ("supplier", its reference).

    Only stages with `recheck_below` are looked at. The spend is what stood before that discount on all lines that
    carry it, less what the buyer chose to return: what the supplier could not send, or sent badly, counts as bought.
    Lost is what the discount still gives on the kept goods. Deduct the growth of this from the refund, at most down
    to 0; when everything has come back nothing is lost any more.

    Source: domain.md section 4 (Returns).
    """
    found = list(lines)
    spend: dict[str, Fraction] = {}
    least: dict[str, int] = {}
    for line in found:
        left = 0
        for stage in line.stages:
            if stage.recheck_below is not None:
                spend[stage.source] = spend.get(stage.source, Fraction(0)) + left * (1 - line.chosen)
                least[stage.source] = stage.recheck_below
            left += stage.amount
    gone = {source for source, amount in spend.items() if amount < least[source]}
    lost: dict[tuple[str, str], int] = {}
    for line in found:
        for stage in line.stages:
            if stage.source in gone and stage.recheck_below is not None:
                for key, part in _funded(stage, line.supplier):
                    lost[key] = lost.get(key, 0) + part - half_up(part * line.back)
    return {key: amount for key, amount in lost.items() if amount}


def _funded(stage: Stage, supplier: str) -> list[tuple[tuple[str, str], int]]:
    return [
        (("operator", ""), stage.operator),
        (("partner", ""), stage.partner),
        (("supplier", supplier), stage.supplier),
    ]


def faults(stages: Iterable[Stage], split: LineSplit) -> list[str]:
    """What is wrong with a stored line, in words for the audit; nothing, if its trail and its split hold."""
    trail = list(stages)
    discounts = [s for s in trail if s.kind in ("promotion", "coupon")]
    checks = [
        (sum(s.amount for s in trail) == split.paid, "stages do not sum to what the buyer pays"),
        (split.is_balanced, "parts do not sum to what came in"),
        (
            all(-s.amount == s.operator + s.partner + s.supplier for s in discounts),
            "a discount is not fully funded",
        ),
        (
            sum(s.operator for s in discounts) == split.operator_part,
            "operator's part differs from the stages",
        ),
        (sum(s.partner for s in discounts) == split.partner_part, "partner's part differs from the stages"),
        (
            sum(s.supplier for s in discounts) == split.supplier_part,
            "supplier's part differs from the stages",
        ),
        (min(split.to_json().values()) >= 0, "a figure is negative"),
    ]
    return [words for holds, words in checks if not holds]
