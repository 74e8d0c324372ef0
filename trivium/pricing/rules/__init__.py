"""Prices, discounts, share contracts and splits: pure."""

from trivium.core.permissions import declare
from trivium.pricing.rules.contracts import (
    KINDS,
    OPERATOR_PARTNER,
    OPERATOR_SUPPLIER,
    Clause,
    PartnerTerms,
    SupplierTerms,
    canonical,
    check_overlaps,
    clean_terms,
    pick_clause,
    read_partner_terms,
    read_supplier_terms,
    terms_hash,
)
from trivium.pricing.rules.freight import FreightRow, NewFreightRate, freight_for
from trivium.pricing.rules.price import (
    MAX_AMOUNT,
    MAX_UNIT_PRICE,
    Band,
    NewPrice,
    PriceRow,
    base_price,
    check_band,
    check_own_prices,
    check_window,
    clean_prices,
    parse_amount,
    parse_currency,
    parse_percent,
    parse_price,
)
from trivium.pricing.rules.promotions import (
    FUNDERS,
    Coupon,
    Funder,
    PricedLine,
    Promotion,
    Stage,
    Trail,
    apply_promotions,
    clean_discount,
    clean_funders,
    covers_category,
)
from trivium.pricing.rules.split import (
    FIGURES,
    NOTHING,
    LineFacts,
    LineSplit,
    faults,
    given_back,
    lost_benefit,
    split_under,
    stages_given_back,
    tax_of,
    total,
)

PERMISSIONS = declare(
    {
        "price.view": ("operator", "supplier", "partner"),
        "price.edit": ("supplier", "partner"),
        "promotion.launch": ("operator", "supplier", "partner"),
        "coupon.create": ("operator", "supplier", "partner"),
        "contract.view": ("operator", "supplier", "partner"),
        "contract.propose": ("operator", "supplier", "partner"),
        "contract.sign": ("operator", "supplier", "partner"),
        "freight.edit": ("supplier",),
    }
)

__all__ = [
    "FIGURES", "FUNDERS", "KINDS", "MAX_AMOUNT", "MAX_UNIT_PRICE", "NOTHING", "OPERATOR_PARTNER", "OPERATOR_SUPPLIER",
    "PERMISSIONS", "Band", "Clause", "Coupon", "FreightRow", "Funder", "LineFacts", "LineSplit", "NewFreightRate", "NewPrice", "PartnerTerms",
    "PriceRow", "PricedLine", "Promotion", "Stage", "SupplierTerms", "Trail", "apply_promotions", "base_price",
    "canonical", "check_band", "check_overlaps", "check_own_prices", "check_window", "clean_discount",
    "clean_funders", "clean_prices", "clean_terms", "covers_category", "faults", "freight_for", "given_back",
    "lost_benefit", "parse_amount", "parse_currency", "parse_percent", "parse_price", "pick_clause",
    "read_partner_terms", "read_supplier_terms", "split_under", "stages_given_back", "tax_of", "terms_hash", "total",
]  # fmt: skip
