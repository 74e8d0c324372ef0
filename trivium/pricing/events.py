"""What happens to prices, discounts and contracts. Payloads carry references and counts, never an amount."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PriceListPublished(Event):
    """A price list is in force from its start on; subject is the list."""

    supplier_ref: str
    prices: int


@dataclass(frozen=True, kw_only=True)
class PricesChanged(Event):
    """Prices of a list were set or taken out; subject is the list."""

    prices: int


@dataclass(frozen=True, kw_only=True)
class PriceListEnded(Event):
    """A price list is no longer in force."""


@dataclass(frozen=True, kw_only=True)
class ContractPriceAgreed(Event):
    """A buyer has its own price of a sku; subject is the contract price."""

    buyer_ref: str
    sku_ref: str


@dataclass(frozen=True, kw_only=True)
class PromotionLaunched(Event):
    """A promotion will run in its time; subject is the promotion."""


@dataclass(frozen=True, kw_only=True)
class PromotionEnded(Event):
    """A promotion was ended before its time."""


@dataclass(frozen=True, kw_only=True)
class CouponCreated(Event):
    """A coupon can be given; subject is the coupon."""


@dataclass(frozen=True, kw_only=True)
class CouponEnded(Event):
    """A coupon can no longer be used."""


@dataclass(frozen=True, kw_only=True)
class ShareContractProposed(Event):
    """A version of a share contract waits for signatures; subject is the version."""

    kind: str
    party_ref: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ShareContractSigned(Event):
    """One side has signed a version; with `is_complete` both have."""

    side: str
    party_ref: str
    version: int
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class FreightRatesSet(Event):
    """A supplier's freight rates were replaced; subject is the supplier."""

    rates: int
