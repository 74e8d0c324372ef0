"""Which workspace may use which route, and with which scope. A route that is not here is open to nobody."""

from collections.abc import Mapping

from trivium.api.errors import ScopeMissing
from trivium.core.actor import Actor
from trivium.core.errors import Denied

ANYONE = ("operator", "supplier", "partner", "buyer")

Needed = str | tuple[str, ...]

# (method, path) → the right that is needed, or the roles that may read; and the scope of the key. What a reader sees
# of it, queries decide.
TABLE: Mapping[tuple[str, str], tuple[Needed, str]] = {
    # parties
    ("GET", "/me"): (ANYONE, "company:read"),
    ("GET", "/me/data"): (ANYONE, "person:read"),
    ("GET", "/me/consents"): (ANYONE, "person:read"),
    ("POST", "/me/consents"): (ANYONE, "person:write"),
    ("POST", "/me/consents/withdraw"): (ANYONE, "person:write"),
    ("GET", "/retention-rules"): (ANYONE, "person:read"),
    ("POST", "/persons/{ref}/erase"): ("party.admit", "company:write"),
    ("GET", "/organizations"): ("party.admit", "company:read"),
    ("GET", "/organizations/{ref}"): (ANYONE, "company:read"),
    ("GET", "/organizations/{ref}/history"): (ANYONE, "company:read"),
    ("POST", "/organizations"): ("party.admit", "company:write"),
    ("POST", "/organizations/{ref}/suspend"): ("party.admit", "company:write"),
    ("POST", "/organizations/{ref}/reinstate"): ("party.admit", "company:write"),
    ("POST", "/persons"): ("party.admit", "company:write"),
    ("POST", "/roles"): ("party.admit", "company:write"),
    ("POST", "/assignments"): ("party.assign_buyer", "company:write"),
    ("PUT", "/approval-rules"): ("party.edit", "company:write"),
    ("GET", "/approvals"): ("approval.decide", "approvals:read"),
    ("POST", "/approvals/{ref}/decide"): ("approval.decide", "approvals:write"),
    ("GET", "/api-keys"): ("apikey.manage", "keys:read"),
    ("POST", "/api-keys"): ("apikey.manage", "keys:write"),
    ("POST", "/api-keys/{ref}/revoke"): ("apikey.manage", "keys:write"),
    ("GET", "/applications"): (ANYONE, "applications:read"),
    ("GET", "/applications/{ref}"): (ANYONE, "applications:read"),
    ("POST", "/applications"): ("application.file", "applications:write"),
    ("PATCH", "/applications/{ref}"): ("application.file", "applications:write"),
    ("POST", "/applications/{ref}/papers"): ("application.file", "applications:write"),
    ("POST", "/papers/{ref}/remove"): ("application.file", "applications:write"),
    ("POST", "/applications/{ref}/submit"): ("application.file", "applications:write"),
    ("POST", "/applications/{ref}/withdraw"): ("application.file", "applications:write"),
    ("POST", "/applications/{ref}/ask"): ("application.review", "applications:write"),
    ("POST", "/applications/{ref}/approve"): ("application.review", "applications:write"),
    ("POST", "/applications/{ref}/reject"): ("application.review", "applications:write"),
    ("GET", "/screening-rules"): ("application.review", "applications:read"),
    ("PUT", "/screening-rules/{code}"): ("screening.edit", "applications:write"),
    ("GET", "/blocklist"): ("application.review", "applications:read"),
    ("POST", "/blocklist"): ("screening.edit", "applications:write"),
    # catalog, shelf
    ("GET", "/categories"): (ANYONE, "catalog:read"),
    ("POST", "/categories"): ("category.edit", "catalog:write"),
    ("GET", "/products"): ("product.view", "catalog:read"),
    ("GET", "/products/{ref}"): ("product.view", "catalog:read"),
    ("POST", "/products"): ("product.edit", "catalog:write"),
    ("PATCH", "/products/{ref}"): ("product.edit", "catalog:write"),
    ("GET", "/products/{ref}/pictures"): ("product.view", "catalog:read"),
    ("POST", "/products/{ref}/pictures"): ("product.edit", "catalog:write"),
    ("PUT", "/products/{ref}/pictures"): ("product.edit", "catalog:write"),
    ("POST", "/products/{ref}/pictures/{picture_ref}/remove"): ("product.edit", "catalog:write"),
    ("GET", "/products/{ref}/history"): ("product.edit", "catalog:read"),
    ("POST", "/products/{ref}/skus"): ("product.edit", "catalog:write"),
    ("POST", "/products/{ref}/list"): ("product.edit", "catalog:write"),
    ("POST", "/products/{ref}/delist"): ("product.edit", "catalog:write"),
    ("PATCH", "/skus/{ref}"): ("product.edit", "catalog:write"),
    ("POST", "/skus/{ref}/list"): ("product.edit", "catalog:write"),
    ("POST", "/skus/{ref}/delist"): ("product.edit", "catalog:write"),
    # inventory
    ("GET", "/stock"): ("stock.view", "stock:read"),
    ("GET", "/stock/{sku_ref}/movements"): ("stock.view", "stock:read"),
    ("POST", "/stock/receipts"): ("stock.edit", "stock:write"),
    ("POST", "/stock/counts"): ("stock.edit", "stock:write"),
    ("POST", "/stock/moves"): ("stock.edit", "stock:write"),
    ("POST", "/stock/write-offs"): ("stock.edit", "stock:write"),
    ("POST", "/stock/backorder"): ("stock.edit", "stock:write"),
    ("GET", "/locations"): ("stock.view", "stock:read"),
    ("POST", "/locations"): ("stock.edit", "stock:write"),
    ("GET", "/holidays"): ("holiday.set", "stock:read"),
    ("POST", "/holidays"): ("holiday.set", "stock:write"),
    ("POST", "/holidays/{ref}/remove"): ("holiday.set", "stock:write"),
    # pricing
    ("GET", "/price-lists"): ("price.view", "prices:read"),
    ("GET", "/price-lists/{ref}/prices"): ("price.view", "prices:read"),
    ("POST", "/price-lists"): ("price.edit", "prices:write"),
    ("POST", "/price-lists/{ref}/prices"): ("price.edit", "prices:write"),
    ("POST", "/price-lists/{ref}/remove"): ("price.edit", "prices:write"),
    ("POST", "/price-lists/{ref}/end"): ("price.edit", "prices:write"),
    ("GET", "/contract-prices"): (ANYONE, "prices:read"),
    ("POST", "/contract-prices"): ("price.edit", "prices:write"),
    ("GET", "/freight-rates"): (ANYONE, "prices:read"),
    ("PUT", "/freight-rates"): ("freight.edit", "prices:write"),
    ("GET", "/promotions"): ("promotion.launch", "discounts:read"),
    ("POST", "/promotions"): ("promotion.launch", "discounts:write"),
    ("POST", "/promotions/{ref}/end"): ("promotion.launch", "discounts:write"),
    ("GET", "/coupons"): ("coupon.create", "discounts:read"),
    ("POST", "/coupons"): ("coupon.create", "discounts:write"),
    ("POST", "/coupons/{ref}/end"): ("coupon.create", "discounts:write"),
    ("GET", "/share-contracts"): ("contract.view", "contracts:read"),
    ("GET", "/share-contracts/{ref}"): ("contract.view", "contracts:read"),
    ("POST", "/share-contracts"): ("contract.propose", "contracts:write"),
    ("POST", "/share-contracts/{ref}/sign"): ("contract.sign", "contracts:write"),
    # ordering
    ("GET", "/orders"): (ANYONE, "orders:read"),
    ("GET", "/orders/{ref}"): (ANYONE, "orders:read"),
    ("POST", "/orders"): ("order.place", "orders:write"),
    ("POST", "/orders/{ref}/cancel"): ("order.cancel", "orders:write"),
    ("GET", "/cart"): ("order.place", "orders:read"),
    ("POST", "/cart/lines"): ("order.place", "orders:write"),
    ("PUT", "/cart/lines/{sku_ref}"): ("order.place", "orders:write"),
    ("POST", "/cart/place"): ("order.place", "orders:write"),
    ("POST", "/supplier-orders/{ref}/confirm-supply"): ("order.confirm_supply", "orders:write"),
    ("POST", "/supplier-orders/{ref}/reject"): ("order.confirm_supply", "orders:write"),
    ("POST", "/supplier-orders/{ref}/confirm-margin"): ("order.confirm_margin", "orders:write"),
    ("POST", "/supplier-orders/{ref}/object"): ("order.confirm_margin", "orders:write"),
    ("POST", "/supplier-orders/{ref}/overrule"): ("order.judge_objection", "orders:write"),
    ("POST", "/supplier-orders/{ref}/uphold"): ("order.judge_objection", "orders:write"),
    ("POST", "/supplier-orders/{ref}/cancel"): ("order.cancel", "orders:write"),
    ("POST", "/supplier-orders/{ref}/hold"): ("order.hold", "orders:write"),
    ("GET", "/worklist"): (ANYONE, "orders:read"),
    # fulfilment
    ("POST", "/supplier-orders/{ref}/ship"): ("shipment.dispatch", "shipments:write"),
    ("GET", "/supplier-orders/{ref}/shipments"): (ANYONE, "shipments:read"),
    ("POST", "/shipments/{ref}/events"): ("shipment.track", "shipments:write"),
    ("POST", "/shipments/{ref}/sign"): ("shipment.sign", "shipments:write"),
    # settlement
    ("POST", "/orders/{ref}/pay"): ("payment.pay", "money:write"),
    ("GET", "/orders/{ref}/payments"): (("operator", "buyer"), "money:read"),
    ("POST", "/orders/{ref}/bank-transfer"): ("payment.record", "money:write"),
    ("POST", "/supplier-orders/{ref}/refunds"): ("refund.grant", "money:write"),
    ("GET", "/supplier-orders/{ref}/refunds"): (ANYONE, "money:read"),
    ("GET", "/lines/{ref}/explain"): (ANYONE, "money:read"),
    ("GET", "/transfers-to-return"): ("payment.record", "money:read"),
    ("POST", "/payments/{ref}/return"): ("payment.record", "money:write"),
    ("GET", "/gateways"): ("payment.record", "money:read"),
    ("POST", "/gateways/{name}/payouts"): ("payment.record", "money:write"),
    ("GET", "/statements"): ("statement.read", "money:read"),
    ("GET", "/statements/{ref}"): ("statement.read", "money:read"),
    ("POST", "/statements"): ("statement.issue", "money:write"),
    ("POST", "/statements/{ref}/confirm"): ("statement.confirm", "money:write"),
    ("POST", "/statements/{ref}/payout"): ("payout.propose", "money:write"),
    ("GET", "/payouts"): ("payout.read", "money:read"),
    ("GET", "/accounts"): (("operator", "buyer"), "money:read"),
    ("POST", "/accounts/{buyer_ref}/settle"): ("payment.record", "money:write"),
    ("PUT", "/accounts/{buyer_ref}/credit-limit"): ("credit.set", "money:write"),
    ("PUT", "/accounts/{buyer_ref}/budgets/{code}"): ("budget.set", "money:write"),
    # integration
    ("GET", "/imports"): ("import.ask", "imports:read"),
    ("POST", "/imports"): ("import.ask", "imports:write"),
    ("GET", "/imports/{ref}"): ("import.ask", "imports:read"),
    ("GET", "/imports/{ref}/quarantine"): ("import.ask", "imports:read"),
    ("POST", "/imports/{ref}/release"): ("import.release", "imports:write"),
    ("POST", "/imports/{ref}/decline"): ("import.release", "imports:write"),
    # service
    ("GET", "/tickets"): ("ticket.open", "service:read"),
    ("GET", "/tickets/{ref}"): ("ticket.open", "service:read"),
    ("POST", "/tickets"): ("ticket.open", "service:write"),
    ("POST", "/feedback"): ("ticket.open", "service:write"),
    ("POST", "/tickets/{ref}/reply"): ("ticket.open", "service:write"),
    ("POST", "/tickets/{ref}/take"): ("ticket.triage", "service:write"),
    ("POST", "/tickets/{ref}/answer"): ("ticket.triage", "service:write"),
    ("POST", "/tickets/{ref}/close"): ("ticket.open", "service:write"),
    ("POST", "/tickets/{ref}/reopen"): ("ticket.open", "service:write"),
    ("GET", "/announcements"): ("announcement.read", "service:read"),
    ("GET", "/announcements/{ref}"): ("announcement.read", "service:read"),
    ("GET", "/announcements/{ref}/readers"): ("announcement.publish", "service:read"),
    ("POST", "/announcements"): ("announcement.publish", "service:write"),
    ("POST", "/announcements/{ref}/withdraw"): ("announcement.publish", "service:write"),
    ("POST", "/announcements/{ref}/open"): ("announcement.read", "service:write"),
    ("POST", "/announcements/{ref}/acknowledge"): ("announcement.read", "service:write"),
    # notices
    ("GET", "/notices"): (ANYONE, "notices:read"),
    ("POST", "/notices/read"): (ANYONE, "notices:write"),
}


def check(actor: Actor, method: str, path: str) -> None:
    """Whether a workspace, through its key, may use a route.

    Refuses: Denied, naming the right or the roles; ScopeMissing, naming the scope.
    """
    needed, scope = TABLE.get((method, path), ("", ""))
    may = actor.may(needed) if isinstance(needed, str) else actor.is_role(*needed)
    if not scope or not may:
        raise Denied(permission=needed if isinstance(needed, str) else " / ".join(needed))
    if actor.scopes is not None and scope not in actor.scopes:
        raise ScopeMissing(scope=scope)
