"""Paths of the partner's portal."""

from django.urls import path

from trivium.web.partner import buyers, home, orders, work
from trivium.web.shared.urls import CONTRACTS, SETTLED, SIGNING, every_portal

app_name = "partner"
urlpatterns = [
    *every_portal(home.home, orders.order),
    path("buyers/", buyers.buyers, name="buyers"),
    *SIGNING,
    path("work/", work.work, name="work"),
    path("work/confirm/", work.confirm_many, name="confirm_many"),
    *SETTLED,
    *CONTRACTS,
    path("supplier-orders/<ref:ref>/confirm-margin/", orders.confirm_margin, name="confirm_margin"),
    path("supplier-orders/<ref:ref>/object/", orders.object_to_margin, name="object"),
]
