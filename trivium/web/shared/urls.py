"""Paths that every portal has."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from trivium.web.shared import (
    after,
    agreements,
    announcements,
    company_papers,
    contracts,
    discounts,
    documents,
    entries,
    history,
    imports,
    inside,
    keys,
    meetings,
    notices,
    orders,
    panels,
    particulars,
    people,
    polls,
    prices,
    proposals,
    saved,
    search,
    setting_prices,
    statements,
    tickets,
)

View = Callable[..., HttpResponse]


_PEOPLE = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/leave/", people.leave, name="leave"),
    path("people/history/", inside.people_history, name="people_history"),
    path("people/<ref:ref>/", people.colleague, name="colleague"),
    path("people/<ref:ref>/change/", people.change_place, name="change_place"),
    path("people/<ref:ref>/remove/", people.remove_person, name="remove_person"),
    path("invitations/", inside.invitations, name="invitations"),
    path("invitations/<ref:ref>/withdraw/", inside.withdraw_invitation, name="withdraw_invitation"),
    path("inside/", inside.inside, name="inside"),
    path("inside/department/", inside.add_department, name="add_department"),
    path("inside/cost-centre/", inside.add_cost_centre, name="add_cost_centre"),
    path("inside/<ref:ref>/", inside.part, name="part"),
    path("inside/<ref:ref>/change/", inside.keep_part, name="keep_part"),
    path("inside/<ref:ref>/end/", inside.end_part, name="end_part"),
]


def every_portal(home: View, order: View, agreement: View = agreements.agreement) -> list[URLPattern]:
    """Home, orders, notices, tickets, agreements, keys, search."""
    return [
        path("", home, name="home"),
        path("orders/", orders.orders, name="orders"),
        path("orders/<ref:ref>/", order, name="order"),
        path("orders/<ref:ref>/document.pdf", documents.file_of("order"), name="order_document"),
        path("lines/<ref:ref>/", orders.line, name="line"),
        path("shipments/", after.shipments, name="shipments"),
        path("shipments/<ref:ref>/packing-list.pdf", documents.file_of("packing_list"), name="packing_list"),
        path("refunds/", after.refunds, name="refunds"),
        path("notices/", notices.notices, name="notices"),
        path("notices/read/", notices.read_notices, name="read_notices"),
        path("notices/mail/", notices.choose_mail, name="choose_mail"),
        path("tickets/", tickets.tickets, name="tickets"),
        path("tickets/new/", tickets.new_ticket, name="new_ticket"),
        path("tickets/open/", tickets.open_ticket, name="open_ticket"),
        path("tickets/<ref:ref>/", tickets.ticket, name="ticket"),
        path("tickets/<ref:ref>/reply/", tickets.reply_ticket, name="reply_ticket"),
        path("tickets/<ref:ref>/close/", tickets.close_ticket, name="close_ticket"),
        path("tickets/<ref:ref>/reopen/", tickets.reopen_ticket, name="reopen_ticket"),
        path("feedback/", tickets.feedback, name="feedback"),
        path("feedback/give/", tickets.give_feedback, name="give_feedback"),
        path("announcements/", announcements.announcements, name="announcements"),
        path("announcements/<ref:ref>/", announcements.announcement, name="announcement"),
        path("announcements/<ref:ref>/open/", announcements.open_announcement, name="open_announcement"),
        path("announcements/<ref:ref>/acknowledge/", announcements.acknowledge, name="acknowledge"),
        path("polls/", polls.polls, name="polls"),
        path("polls/<ref:ref>/", polls.poll, name="poll"),
        path("polls/<ref:ref>/vote/", polls.vote, name="vote"),
        path("meetings/", meetings.meetings, name="meetings"),
        path("meetings/<ref:ref>/", meetings.meeting, name="meeting"),
        path("meetings/<ref:ref>/answer/", meetings.answer_meeting, name="answer_meeting"),
        path("meetings/<ref:ref>/calendar/", meetings.meeting_file, name="meeting_file"),
        path("first-steps/", announcements.first_steps, name="first_steps"),
        path("first-steps/tick/", announcements.tick_step, name="tick_step"),
        path("agreements/", agreements.agreements, name="agreements"),
        path("agreements/<ref:ref>/", agreement, name="agreement"),
        path("agreements/<ref:ref>/text/", agreements.agreement_text, name="agreement_text"),
        path("agreement-signatures/<ref:ref>/", agreements.agreement_signature, name="agreement_signature"),
        path("keys/", keys.keys, name="keys"),
        path("keys/make/", keys.make_key, name="make_key"),
        path("keys/<ref:ref>/revoke/", keys.revoke_key, name="revoke_key"),
        path("entries/", entries.entries, name="entries"),
        path("entries/<ref:ref>/", entries.entry, name="entry"),
        path("history/<ref:ref>/", history.history, name="history"),
        *_PEOPLE,
        path("company/", particulars.our_company, name="our_company"),
        path("company/change/", particulars.change_particulars, name="change_particulars"),
        path("company/contacts/", particulars.add_contact, name="add_contact"),
        path("company/contacts/<ref:ref>/", particulars.change_contact, name="change_contact"),
        path("company/contacts/<ref:ref>/remove/", particulars.remove_contact, name="remove_contact"),
        path("company/ask/", particulars.ask_change, name="ask_change"),
        path("company/requests/<ref:ref>/withdraw/", particulars.withdraw_change, name="withdraw_change"),
        path("company/papers/", company_papers.hand_in_paper, name="hand_in_paper"),
        path("company/papers/<ref:ref>/", company_papers.company_paper, name="company_paper"),
        path("company/papers/<ref:ref>/withdraw/", company_papers.take_back_paper, name="take_back_paper"),
        path("search/", search.search, name="search"),
        path("arrange/", panels.arrange_home, name="arrange_home"),
        path("columns/", saved.choose_columns, name="choose_columns"),
        path("views/save/", saved.save_view, name="save_view"),
        path("views/rename/", saved.rename_view, name="rename_view"),
        path("views/delete/", saved.delete_view, name="delete_view"),
    ]


SIGNING = [path("agreements/<ref:ref>/sign/", agreements.sign_agreement, name="sign_agreement")]
"""Signing agreements, for those who sign them."""

SETTLED = [
    path("statements/", statements.statements, name="statements"),
    path("statements/<ref:ref>/", statements.statement, name="statement"),
    path("statements/<ref:ref>/document.pdf", documents.file_of("statement"), name="statement_document"),
    path("statements/<ref:ref>/confirm/", statements.confirm_statement, name="confirm_statement"),
    path("payouts/", statements.payouts, name="payouts"),
]
"""Statements and payouts, for those who get money and for the operator."""

CONTRACTS = [
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/<slug:ref>/", proposals.propose, name="propose"),
    path("contracts/new/<slug:ref>/send/", proposals.send_proposal, name="send_proposal"),
    path("contracts/<ref:ref>/", contracts.contract, name="contract"),
    path("contracts/<ref:ref>/document.pdf", documents.file_of("contract"), name="contract_document"),
    path("contracts/<ref:ref>/sign/", contracts.sign_contract, name="sign_contract"),
]
"""Share contracts, for their two sides."""

IMPORTS = [
    path("imports/", imports.imports, name="imports"),
    path("imports/ask/", imports.ask_import, name="ask_import"),
    path("imports/<ref:ref>/", imports.import_page, name="import"),
    path("imports/<ref:ref>/quarantine/", imports.quarantine, name="import_quarantine"),
]
"""Imports of invoices, for suppliers and the operator."""

DISCOUNTS = [
    path("promotions/", discounts.promotions, name="promotions"),
    path("promotions/launch/", discounts.launch_promotion, name="launch_promotion"),
    path("promotions/<ref:ref>/end/", discounts.end_promotion, name="end_promotion"),
    path("coupons/", discounts.coupons, name="coupons"),
    path("coupons/create/", discounts.create_coupon, name="create_coupon"),
    path("coupons/<ref:ref>/end/", discounts.end_coupon, name="end_coupon"),
]
"""Promotions and coupons, for those who give them."""

PRICES = [
    path("prices/", prices.price_lists, name="prices"),
    path("prices/agreed/", prices.contract_prices, name="contract_prices"),
    path("prices/lists/<ref:ref>/", prices.price_list, name="price_list"),
]
"""Price lists and contract prices, for those who sell and for the operator."""

PRICING = [
    path("prices/publish/", setting_prices.publish_list, name="publish_list"),
    path("prices/lists/<ref:ref>/set/", setting_prices.set_list_price, name="set_list_price"),
    path("prices/lists/<ref:ref>/remove/", setting_prices.remove_price, name="remove_price"),
    path("prices/lists/<ref:ref>/end/", setting_prices.end_list, name="end_list"),
]
"""Setting prices of one's own."""

AGREEING = [path("prices/agree/", setting_prices.agree_price, name="agree_price")]
"""Agreeing prices with single buyers."""
