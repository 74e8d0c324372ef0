"""Paths of the operator's portal."""

from django.urls import path

from trivium.web.operator import companies, home, money, orders
from trivium.web.shared.lines import refund
from trivium.web.shared.urls import SETTLED, every_portal

app_name = "operator"
urlpatterns = [
    *every_portal(home.home, orders.order),
    *SETTLED,
    path("supplier-orders/<ref:ref>/overrule/", orders.overrule, name="overrule"),
    path("supplier-orders/<ref:ref>/uphold/", orders.uphold, name="uphold"),
    path("supplier-orders/<ref:ref>/cancel/", orders.cancel, name="cancel"),
    path("supplier-orders/<ref:ref>/refund/", refund, name="refund"),
    path("orders/<ref:ref>/cancel/", orders.cancel_order, name="cancel_order"),
    path("orders/<ref:ref>/transfer/", orders.record_transfer, name="record_transfer"),
    path("statements-to-issue/", money.issue_statements, name="issue_statements"),
    path("approvals/<ref:ref>/", money.decide, name="decide"),
    path("accounts/", money.accounts, name="accounts"),
    path("accounts/<ref:ref>/settle/", money.settle_account, name="settle_account"),
    path("gateways/<slug:ref>/payout/", money.gateway_payout, name="gateway_payout"),
    path("payments/<ref:ref>/return/", money.return_transfer, name="return_transfer"),
    path("statements/<ref:ref>/payout/", money.propose_payout, name="propose_payout"),
    path("organizations/", companies.organizations, name="organizations"),
    path("organizations/admit/", companies.admit, name="admit"),
    path("contracts/", companies.contracts, name="contracts"),
]
