"""Which page answers which path: the front door here, the portals in their own files."""

from django.urls import include, path, register_converter

from trivium.web.account import overview
from trivium.web.shared import agreeing, entries, front, invitation, look, pictures, tickets, visiting, you
from trivium.web.shared.access import PERSON
from trivium.web.shared.converters import RefConverter

register_converter(RefConverter, "ref")

PLACES = (
    [
        path("", front.root, name="root"),
        path("welcome/", front.welcome, name="welcome"),
        path("agree/", agreeing.agree, name="agree"),
        path("agree/now/", agreeing.agree_now, name="agree_now"),
        path("invitation/<slug:ref>/", invitation.invitation, name="invitation"),
        path("say/", visiting.say, name="say"),
        path("say/sent/", visiting.said, name="said"),
        path("said/<slug:ref>/", visiting.visited, name="visited"),
        path("me/", overview.ways, name="ways"),
        path("me/sessions/<int:pk>/end/", overview.end_session, name="end_session"),
        path("workspace/", front.switch, name="switch"),
        path("entry/leave/", entries.leave_entry, name="leave_entry"),
        path("language/", front.language, name="language"),
        path("look/", look.look, name="look"),
        path("keyboard/", look.keyboard, name="keyboard"),
        path("you/", you.you, name="you"),
        path("you/data/", you.own_data, name="own_data"),
        path("you/agree/", you.give_consent, name="give_consent"),
        path("you/take-back/", you.withdraw_consent, name="withdraw_consent"),
        path("you/erase/", you.erase_myself, name="erase_myself"),
        path("pictures/<ref:ref>.webp", pictures.picture_file, name="picture"),
    ],
    "web",
)

FEEDBACK = (
    [
        path("", tickets.own_tickets, name="tickets"),
        path("new/", tickets.feedback, name="feedback"),
        path("give/", tickets.give_feedback, name="give_feedback"),
        path("<ref:ref>/", tickets.ticket, name="ticket"),
        path("<ref:ref>/reply/", tickets.reply_ticket, name="reply_ticket"),
        path("<ref:ref>/close/", tickets.close_ticket, name="close_ticket"),
        path("<ref:ref>/reopen/", tickets.reopen_ticket, name="reopen_ticket"),
    ],
    PERSON,
)
"""What somebody says for themselves: the pages of tickets, as who works in no company has them."""

urlpatterns = [  # what is asked most stands first
    path("buyer/", include("trivium.web.buyer.urls")),
    path("supplier/", include("trivium.web.supplier.urls")),
    path("partner/", include("trivium.web.partner.urls")),
    path("operator/", include("trivium.web.operator.urls")),
    path("", include(PLACES)),
    path("", include("trivium.web.account.urls")),
    path("apply/", include("trivium.web.apply.urls")),
    path("feedback/", include(FEEDBACK)),
]
