"""Paths of the partner's portal."""

from django.urls import path

from trivium.web.partner import buyers, goods, home, orders, work
from trivium.web.shared.setting_prices import set_price
from trivium.web.shared.urls import AGREEING, CONTRACTS, DISCOUNTS, PRICES, PRICING, SETTLED, SIGNING, every_portal

app_name = "partner"
urlpatterns = [
    *every_portal(home.home, orders.order),
    path("buyers/", buyers.buyers, name="buyers"),
    *SIGNING,
    path("work/", work.work, name="work"),
    path("work/confirm/", work.confirm_many, name="confirm_many"),
    *SETTLED,
    *CONTRACTS,
    path("goods/", goods.goods, name="goods"),
    path("products/<ref:ref>/", goods.product, name="product"),
    *PRICES,
    *PRICING,
    *AGREEING,
    path("prices/set/", set_price, name="set_price"),
    *DISCOUNTS,
    path("supplier-orders/<ref:ref>/confirm-margin/", orders.confirm_margin, name="confirm_margin"),
    path("supplier-orders/<ref:ref>/object/", orders.object_to_margin, name="object"),
]
