"""The acts of pricing."""

from trivium.pricing.commands.admission import approve_with_contract
from trivium.pricing.commands.contracts import propose_share_contract, sign_share_contract
from trivium.pricing.commands.discounts import (
    create_coupon,
    end_coupon,
    end_promotion,
    launch_promotion,
    redeem_coupon,
    release_coupon,
    release_coupons,
    spend_coupons,
)
from trivium.pricing.commands.freight import (
    put_freight_rate,
    record_spend,
    record_spends,
    remove_freight_rate,
    set_freight_rates,
)
from trivium.pricing.commands.prices import (
    agree_contract_price,
    end_price_list,
    publish_price_list,
    remove_prices,
    set_prices,
)

__all__ = [
    "approve_with_contract",
    "agree_contract_price", "create_coupon", "end_coupon", "end_price_list", "end_promotion", "launch_promotion",
    "propose_share_contract", "publish_price_list", "put_freight_rate", "record_spend", "record_spends",
    "redeem_coupon", "release_coupon", "release_coupons", "remove_freight_rate", "remove_prices", "set_freight_rates",
    "set_prices", "sign_share_contract", "spend_coupons",
]  # fmt: skip
