"""Paths of the operator's portal."""

from django.urls import path

from trivium.web.operator import announcements, companies, company, home, languages, mails, money, orders
from trivium.web.shared import imports, tickets
from trivium.web.shared.lines import refund
from trivium.web.shared.urls import CONTRACTS, IMPORTS, SETTLED, every_portal

app_name = "operator"
urlpatterns = [
    *every_portal(home.home, orders.order),
    *SETTLED,
    *IMPORTS,
    path("imports/<ref:ref>/release/", imports.release_import, name="release_import"),
    path("imports/<ref:ref>/decline/", imports.decline_import, name="decline_import"),
    path("supplier-orders/<ref:ref>/overrule/", orders.overrule, name="overrule"),
    path("supplier-orders/<ref:ref>/uphold/", orders.uphold, name="uphold"),
    path("supplier-orders/<ref:ref>/cancel/", orders.cancel, name="cancel"),
    path("supplier-orders/<ref:ref>/refund/", refund, name="refund"),
    path("orders/<ref:ref>/cancel/", orders.cancel_order, name="cancel_order"),
    path("orders/<ref:ref>/transfer/", orders.record_transfer, name="record_transfer"),
    path("tickets/<ref:ref>/take/", tickets.take_ticket, name="take_ticket"),
    path("tickets/<ref:ref>/answer/", tickets.answer_ticket, name="answer_ticket"),
    path("new-announcement/", announcements.new_announcement, name="new_announcement"),
    path("new-announcement/publish/", announcements.announce, name="announce"),
    path("announcements/<ref:ref>/withdraw/", announcements.withdraw_announcement, name="withdraw_announcement"),
    path("mails/", mails.mails, name="mails"),
    path("statements-to-issue/", money.issue_statements, name="issue_statements"),
    path("approvals/<ref:ref>/", money.decide, name="decide"),
    path("accounts/", money.accounts, name="accounts"),
    path("accounts/gateways/", money.gateways, name="gateways"),
    path("accounts/transfers/", money.transfers, name="transfers"),
    path("accounts/<ref:ref>/settle/", money.settle_account, name="settle_account"),
    path("gateways/<slug:ref>/payout/", money.gateway_payout, name="gateway_payout"),
    path("payments/<ref:ref>/return/", money.return_transfer, name="return_transfer"),
    path("statements/<ref:ref>/payout/", money.propose_payout, name="propose_payout"),
    path("organizations/", companies.organizations, name="organizations"),
    path("organizations/admit/", companies.admit, name="admit"),
    path("companies/<ref:ref>/", company.company, name="company"),
    path("companies/<ref:ref>/people/", company.admit_person, name="admit_person"),
    path("companies/<ref:ref>/partner/", company.assign_buyer, name="assign_buyer"),
    path("companies/<ref:ref>/credit/", company.set_credit, name="set_credit"),
    path("companies/<ref:ref>/suspend/", company.suspend, name="suspend"),
    path("companies/<ref:ref>/reinstate/", company.reinstate, name="reinstate"),
    path("languages/", languages.languages, name="languages"),
    path("languages/goods/", languages.lacking_words, name="lacking_words"),
    *CONTRACTS,
]
