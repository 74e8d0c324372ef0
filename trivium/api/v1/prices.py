"""How price lists, discounts, freight rates and share contracts look."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from trivium.api.v1.shapes import (
    Amount,
    Counted,
    Currency,
    Digits,
    Flag,
    Given,
    GivenWords,
    Instant,
    Moment,
    Money,
    Number,
    Percent,
    Price,
    Ref,
    Short,
    Shown,
    Whole,
)

# -- given -------------------------------------------------------------------------------------------------------------


class PriceGiven(Given):
    """From a quantity on, one unit of a sku costs so much."""

    sku_ref: Ref
    from_quantity: Counted = Decimal(0)
    unit_price: Price


class PricesGiven(Given):
    """Prices to be set."""

    prices: list[PriceGiven] = Field(max_length=20_000)


class SkusGiven(Given):
    """Skus to be taken out."""

    sku_refs: list[Ref] = Field(min_length=1, max_length=10_000)


class NewPriceList(PricesGiven):
    """A price list. A partner under markup names the supplier whose goods it prices."""

    name: Short
    currency: Currency
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    buyer_level: Short = Field("", description="Empty: for every buyer.")
    tax_rate: Percent = Decimal(0)
    tax_included: Flag = True
    supplier_ref: Ref | None = None


class NewContractPrice(Given):
    """A price agreed with one buyer."""

    buyer_ref: Ref
    sku_ref: Ref
    unit_price: Price
    currency: Currency
    from_quantity: Counted = Decimal(0)
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    tax_rate: Percent = Decimal(0)
    tax_included: Flag = True
    supplier_ref: Ref | None = None


class RateGiven(Given):
    """What a delivery costs: a base, something per kilogram, and from which goods amount on nothing."""

    delivery_method: Short
    currency: Currency
    base: Amount
    per_kg: Amount = "0"
    free_from: Amount | None = None
    country: Short = Field("", description="ISO 3166; empty: everywhere.")
    region_prefix: Short = ""


class RatesGiven(Given):
    """All rates; what is not named is no longer delivered to."""

    rates: list[RateGiven] = Field(max_length=5_000)
    supplier_ref: Ref | None = None


class FunderGiven(Given):
    """Who pays for a discount, by weight."""

    party: Short = Field(examples=["operator", "supplier", "partner"])
    weight: Whole


class NewPromotion(Given):
    """A discount for whoever meets its condition: a percentage or an amount."""

    name: GivenWords
    kind: Short = Field("order", examples=["line", "order"])
    lane: Whole = 0
    percent: Percent | None = None
    amount_off: Amount | None = None
    threshold: Amount = "0"
    currency: str = Field("", max_length=3)
    funders: list[FunderGiven] | None = Field(None, max_length=10)
    supplier_ref: Ref | None = None
    sku_ref: Ref | None = None
    category_ref: Ref | None = None
    partner_ref: Ref | None = None
    recheck_on_return: Flag = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class NewCoupon(Given):
    """A discount for whoever knows its code; who makes it pays for it. Null limits: none."""

    code: Short
    name: GivenWords = ""
    percent: Percent | None = None
    amount_off: Amount | None = None
    min_spend: Amount = "0"
    currency: str = Field("", max_length=3)
    uses: Whole | None = None
    per_buyer: Whole | None = 1
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class NewContract(Given):
    """The next version of a share contract. A supplier or partner proposes for itself; the operator names it."""

    kind: Short = Field(examples=["operator_supplier", "operator_partner"])
    terms: dict[str, Any] = Field(max_length=20)
    party_ref: Ref | None = None
    starts_at: Moment | None = None


class Signature(Given):
    """With the hash of the terms that were read, other terms are refused."""

    terms_hash: str | None = Field(None, max_length=64)


# -- shown -------------------------------------------------------------------------------------------------------------


class PriceListView(Shown):
    """A price list."""

    ref: str
    name: str
    supplier_ref: str
    partner_ref: str | None
    buyer_level: str
    currency: str
    starts_at: Instant
    ends_at: Instant | None
    tax_rate: Digits
    tax_included: bool


class ListedPriceView(Shown):
    """A price in a list."""

    sku_ref: str
    sku_code: str
    from_quantity: Number
    unit_price: Money


class ContractPriceView(Shown):
    """A price agreed with one buyer."""

    ref: str
    buyer_ref: str
    sku_ref: str
    from_quantity: Number
    unit_price: Money
    currency: str
    starts_at: Instant
    ends_at: Instant | None


class RateView(Shown):
    """A freight rate."""

    delivery_method: str
    country: str
    region_prefix: str
    currency: str
    base: Money
    per_kg: Money
    free_from: Money | None


class PromotionView(Shown):
    """A promotion."""

    ref: str
    name: dict[str, str]
    kind: str
    lane: int
    percent: Digits | None
    amount_off: Money | None
    threshold: Money
    currency: str
    funders: list[FunderGiven]
    recheck_on_return: bool
    starts_at: Instant
    ends_at: Instant | None
    is_active: bool


class CouponView(Shown):
    """A coupon."""

    ref: str
    code: str
    name: dict[str, str]
    percent: Digits | None
    amount_off: Money | None
    min_spend: Money
    currency: str
    funder: str
    uses_left: int | None
    per_buyer: int | None
    starts_at: Instant
    ends_at: Instant | None
    is_active: bool


class ContractView(Shown):
    """A version of a share contract; `signed` says which side signed when. It is in force with both."""

    ref: str
    kind: str
    party_ref: str
    version: int
    terms: dict[str, Any]
    terms_hash: str
    starts_at: Instant
    proposed_at: Instant
    signed: dict[str, Instant]
    is_complete: bool


class ContractSigned(Shown):
    """Whether both sides have signed now."""

    ref: str
    is_complete: bool
