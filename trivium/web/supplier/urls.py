"""Paths of the supplier's portal."""

from django.urls import path

from trivium.web.shared.lines import refund
from trivium.web.shared.urls import CONTRACTS, DISCOUNTS, IMPORTS, PRICES, PRICING, SETTLED, SIGNING, every_portal
from trivium.web.supplier import freight, holidays, home, orders, product, products, sheets, skus, work

app_name = "supplier"
urlpatterns = [
    *every_portal(home.home, orders.order),
    *SIGNING,
    path("work/", work.work, name="work"),
    path("work/confirm/", work.confirm_many, name="confirm_many"),
    *SETTLED,
    *CONTRACTS,
    *IMPORTS,
    *PRICES,
    *PRICING,
    *DISCOUNTS,
    path("supplier-orders/<ref:ref>/confirm/", orders.confirm, name="confirm"),
    path("supplier-orders/<ref:ref>/reject/", orders.reject, name="reject"),
    path("supplier-orders/<ref:ref>/ship/", orders.ship, name="ship"),
    path("supplier-orders/<ref:ref>/cancel/", orders.cancel, name="cancel"),
    path("supplier-orders/<ref:ref>/refund/", refund, name="refund"),
    path("products/", products.products, name="products"),
    path("products/sheet/", sheets.sheet, name="sheet"),
    path("products/sheet/take/", sheets.take_sheet, name="take_sheet"),
    path("products/list/", sheets.list_many, name="list_many"),
    path("products/delist/", sheets.delist_many, name="delist_many"),
    path("products/new/", products.create_product, name="create_product"),
    path("products/<ref:ref>/", product.product, name="product"),
    path("products/<ref:ref>/revise/", product.revise_product, name="revise_product"),
    path("products/<ref:ref>/listed/", product.set_product_listed, name="set_product_listed"),
    path("products/<ref:ref>/skus/", product.add_sku, name="add_sku"),
    path("products/<ref:ref>/pictures/", product.add_pictures, name="add_pictures"),
    path("products/<ref:ref>/pictures/change/", product.change_picture, name="change_picture"),
    path("skus/listed/", skus.set_listed, name="set_listed"),
    path("skus/revise/", product.revise_sku, name="revise_sku"),
    path("holidays/", holidays.holidays, name="holidays"),
    path("holidays/set/", holidays.set_holiday, name="set_holiday"),
    path("holidays/<ref:ref>/remove/", holidays.remove_holiday, name="remove_holiday"),
    path("delivery/", freight.freight, name="freight"),
    path("delivery/put/", freight.put_freight, name="put_freight"),
    path("delivery/remove/", freight.remove_freight, name="remove_freight"),
    path("stock/count/", skus.count_stock, name="count_stock"),
    path("prices/set/", skus.set_price, name="set_price"),
]
