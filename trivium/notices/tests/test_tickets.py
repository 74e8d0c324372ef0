"""What the bell says of tickets."""

import pytest

from tests.kept import market_of
from trivium.core.time import now
from trivium.notices import queries
from trivium.notices.tests.factories import Trade
from trivium.service import commands
from trivium.service import queries as service

pytestmark = pytest.mark.django_db


def test_notices_name_the_ticket_to_those_who_see_it() -> None:
    trade = market_of(Trade)
    buyer, operator = trade.buyer.actor, trade.market.operator.actor
    ref = commands.open_ticket(buyer, subject="Lamps", text="Are they in?", kind="question")
    commands.answer(operator, ref, text="They are.")
    number = service.get_ticket(buyer, ref).row.number
    (told,) = queries.inbox(buyer, now())
    assert (told.number, told.link_ref, told.kind) == (number, ref, "asks")
    assert [n.message for n in queries.inbox(operator, now())] == ["Ticket %(number)s was opened."]
    assert queries.inbox(trade.partner.actor, now()) == []
    assert queries.unread(buyer, now()) == 1
