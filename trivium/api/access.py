"""Which workspace may use which route: a right, or the roles that may. A route that is not here is open to nobody."""

from collections.abc import Mapping

from trivium.core.actor import Actor

ANYONE = ("operator", "supplier", "partner", "buyer")

# (method, path) → the right that is needed, or the roles that may read. What a reader sees of it, queries decide.
TABLE: Mapping[tuple[str, str], str | tuple[str, ...]] = {
    # parties
    ("GET", "/me"): ANYONE,
    ("GET", "/organizations"): "party.admit",
    ("GET", "/organizations/{ref}"): ANYONE,
    ("POST", "/organizations"): "party.admit",
    ("POST", "/organizations/{ref}/suspend"): "party.admit",
    ("POST", "/organizations/{ref}/reinstate"): "party.admit",
    ("POST", "/persons"): "party.admit",
    ("POST", "/roles"): "party.admit",
    ("POST", "/assignments"): "party.assign_buyer",
    ("PUT", "/approval-rules"): "party.edit",
    ("GET", "/approvals"): "approval.decide",
    ("POST", "/approvals/{ref}/decide"): "approval.decide",
    ("GET", "/api-keys"): "apikey.manage",
    ("POST", "/api-keys"): "apikey.manage",
    ("POST", "/api-keys/{ref}/revoke"): "apikey.manage",
    # catalog, shelf
    ("GET", "/categories"): ANYONE,
    ("POST", "/categories"): "category.edit",
    ("GET", "/products"): "product.view",
    ("GET", "/products/{ref}"): "product.view",
    ("POST", "/products"): "product.edit",
    ("PATCH", "/products/{ref}"): "product.edit",
    ("POST", "/products/{ref}/skus"): "product.edit",
    ("POST", "/products/{ref}/list"): "product.edit",
    ("POST", "/products/{ref}/delist"): "product.edit",
    ("PATCH", "/skus/{ref}"): "product.edit",
    ("POST", "/skus/{ref}/list"): "product.edit",
    ("POST", "/skus/{ref}/delist"): "product.edit",
    # inventory
    ("GET", "/stock"): "stock.view",
    ("GET", "/stock/{sku_ref}/movements"): "stock.view",
    ("POST", "/stock/receipts"): "stock.edit",
    ("POST", "/stock/counts"): "stock.edit",
    ("POST", "/stock/moves"): "stock.edit",
    ("POST", "/stock/write-offs"): "stock.edit",
    ("POST", "/stock/backorder"): "stock.edit",
    ("GET", "/locations"): "stock.view",
    ("POST", "/locations"): "stock.edit",
    # pricing
    ("GET", "/price-lists"): "price.view",
    ("GET", "/price-lists/{ref}/prices"): "price.view",
    ("POST", "/price-lists"): "price.edit",
    ("POST", "/price-lists/{ref}/prices"): "price.edit",
    ("POST", "/price-lists/{ref}/remove"): "price.edit",
    ("POST", "/price-lists/{ref}/end"): "price.edit",
    ("GET", "/contract-prices"): ANYONE,
    ("POST", "/contract-prices"): "price.edit",
    ("GET", "/freight-rates"): ANYONE,
    ("PUT", "/freight-rates"): "freight.edit",
    ("GET", "/promotions"): "promotion.launch",
    ("POST", "/promotions"): "promotion.launch",
    ("POST", "/promotions/{ref}/end"): "promotion.launch",
    ("GET", "/coupons"): "coupon.create",
    ("POST", "/coupons"): "coupon.create",
    ("POST", "/coupons/{ref}/end"): "coupon.create",
    ("GET", "/share-contracts"): "contract.view",
    ("GET", "/share-contracts/{ref}"): "contract.view",
    ("POST", "/share-contracts"): "contract.propose",
    ("POST", "/share-contracts/{ref}/sign"): "contract.sign",
    # ordering
    ("GET", "/orders"): ANYONE,
    ("GET", "/orders/{ref}"): ANYONE,
    ("POST", "/orders"): "order.place",
    ("POST", "/orders/{ref}/cancel"): "order.cancel",
    ("GET", "/cart"): "order.place",
    ("POST", "/cart/lines"): "order.place",
    ("PUT", "/cart/lines/{sku_ref}"): "order.place",
    ("POST", "/cart/place"): "order.place",
    ("POST", "/supplier-orders/{ref}/confirm-supply"): "order.confirm_supply",
    ("POST", "/supplier-orders/{ref}/reject"): "order.confirm_supply",
    ("POST", "/supplier-orders/{ref}/confirm-margin"): "order.confirm_margin",
    ("POST", "/supplier-orders/{ref}/object"): "order.confirm_margin",
    ("POST", "/supplier-orders/{ref}/overrule"): "order.judge_objection",
    ("POST", "/supplier-orders/{ref}/uphold"): "order.judge_objection",
    ("POST", "/supplier-orders/{ref}/cancel"): "order.cancel",
    ("POST", "/supplier-orders/{ref}/hold"): "order.hold",
    ("GET", "/worklist"): ANYONE,
    # fulfilment
    ("POST", "/supplier-orders/{ref}/ship"): "shipment.dispatch",
    ("GET", "/supplier-orders/{ref}/shipments"): ANYONE,
    ("POST", "/shipments/{ref}/events"): "shipment.track",
    ("POST", "/shipments/{ref}/sign"): "shipment.sign",
    # settlement
    ("POST", "/orders/{ref}/pay"): "payment.pay",
    ("GET", "/orders/{ref}/payments"): ("operator", "buyer"),
    ("POST", "/orders/{ref}/bank-transfer"): "payment.record",
    ("POST", "/supplier-orders/{ref}/refunds"): "refund.grant",
    ("GET", "/supplier-orders/{ref}/refunds"): ANYONE,
    ("GET", "/lines/{ref}/explain"): ANYONE,
    ("GET", "/statements"): "statement.read",
    ("GET", "/statements/{ref}"): "statement.read",
    ("POST", "/statements"): "statement.issue",
    ("POST", "/statements/{ref}/confirm"): "statement.confirm",
    ("GET", "/payouts"): "payout.read",
    ("GET", "/accounts"): ("operator", "buyer"),
    ("POST", "/accounts/{buyer_ref}/settle"): "payment.record",
    ("PUT", "/accounts/{buyer_ref}/credit-limit"): "credit.set",
    ("PUT", "/accounts/{buyer_ref}/budgets/{code}"): "budget.set",
    # notices
    ("GET", "/notices"): ANYONE,
    ("POST", "/notices/read"): ANYONE,
}


def may(actor: Actor, method: str, path: str) -> bool:
    """Whether a workspace may use a route."""
    needed = TABLE.get((method, path))
    if needed is None:
        return False
    return actor.may(needed) if isinstance(needed, str) else actor.is_role(*needed)


def name(method: str, path: str) -> str:
    """What a route needs, in one word for a refusal."""
    needed = TABLE.get((method, path), "")
    return needed if isinstance(needed, str) else " / ".join(needed)
