"""Paths of the buyer's portal."""

from django.urls import path

from trivium.web.buyer import budgets, cart, deputies, home, orders, rules, shelf
from trivium.web.shared.urls import SIGNING, every_portal

app_name = "buyer"
urlpatterns = [
    path("shelf/", shelf.offers, name="shelf"),
    path("products/<ref:ref>/", shelf.product, name="product"),
    path("cart/", cart.cart, name="cart"),
    *every_portal(home.home, orders.order),
    *SIGNING,
    path("cart/add/", shelf.add_to_cart, name="add_to_cart"),
    path("cart/set/", cart.set_cart_line, name="set_cart_line"),
    path("checkout/", cart.checkout, name="checkout"),
    path("checkout/place/", cart.place, name="place"),
    path("orders/<ref:ref>/pay/", orders.pay, name="pay"),
    path("orders/<ref:ref>/cancel/", orders.cancel_order, name="cancel_order"),
    path("supplier-orders/<ref:ref>/sign/", orders.sign, name="sign"),
    path("supplier-orders/<ref:ref>/cancel/", orders.cancel, name="cancel"),
    path("rules/", rules.rules, name="rules"),
    path("rules/add/", rules.add_rule, name="add_rule"),
    path("rules/amount/", rules.set_plain_rule, name="set_plain_rule"),
    path("rules/<ref:ref>/", rules.rule, name="rule"),
    path("rules/<ref:ref>/change/", rules.change_rule, name="change_rule"),
    path("rules/<ref:ref>/end/", rules.end_rule, name="end_rule"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/name/", deputies.name_deputy, name="name_deputy"),
    path("deputies/<ref:ref>/end/", deputies.take_deputy_back, name="take_deputy_back"),
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/keep/", budgets.keep_budget, name="keep_budget"),
    path("budgets/<ref:ref>/", budgets.budget, name="budget"),
    path("approvals/<ref:ref>/", orders.decide, name="decide"),
]
