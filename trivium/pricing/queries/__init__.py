"""Reads of pricing."""

from trivium.pricing.queries.agreeing import (
    ContractRow,
    contract_list,
    contract_refs,
    coupons,
    get_share_contract,
    lock_contract,
    names_of_promotions,
    promotions,
    share_contracts,
    terms_by_id,
)
from trivium.pricing.queries.earning import Earning, own_earning
from trivium.pricing.queries.faults import CHECKS, faults
from trivium.pricing.queries.history import terms_history
from trivium.pricing.queries.offers import QuoteRequest, WantedLine
from trivium.pricing.queries.quoting import Quote, QuotedLine, quote
from trivium.pricing.queries.rows import (
    STATES,
    AgreedRow,
    GivenRow,
    OwnList,
    StepRow,
    contract_price_rows,
    coupon_rows,
    get_price_list,
    price_list_rows,
    promotion_rows,
    step_rows,
)
from trivium.pricing.queries.selling import (
    GENERAL_PRICE,
    OWN_PRICE,
    SELLER,
    ListedPrice,
    OwnPrice,
    PriceListRow,
    Seller,
    contract_prices,
    freight_rates,
    lock_price_list,
    markup_band,
    own_price_params,
    own_prices,
    price_lists,
    prices_in_list,
    prices_of,
    seller_for,
    supplier_prices,
)

__all__ = [
    "CHECKS", "GENERAL_PRICE", "OWN_PRICE", "SELLER", "ContractRow", "ListedPrice", "OwnPrice", "PriceListRow",
    "Quote", "QuoteRequest", "QuotedLine", "Seller", "WantedLine", "contract_prices", "contract_list", "contract_refs",
    "coupons", "faults", "freight_rates",
    "get_share_contract", "lock_contract", "lock_price_list", "markup_band", "names_of_promotions",
    "own_price_params", "own_prices", "price_lists", "prices_in_list", "prices_of", "promotions", "quote",
    "seller_for", "share_contracts", "supplier_prices", "terms_by_id",
    "terms_history",
    "STATES", "AgreedRow", "Earning", "GivenRow", "OwnList", "StepRow", "contract_price_rows", "coupon_rows",
    "get_price_list", "own_earning", "price_list_rows", "promotion_rows", "step_rows",
]  # fmt: skip
