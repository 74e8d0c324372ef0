"""What the tests of pages stand on."""

from collections.abc import Callable

import pytest

from tests.kept import market_of
from trivium.core.time import SettableClock
from trivium.web.tests.hands import Hands
from trivium.web.tests.trade import Trade


@pytest.fixture
def trade(db: None, clock: SettableClock) -> Trade:
    return market_of(Trade)


@pytest.fixture
def people(trade: Trade) -> Callable[[str], list[Hands]]:
    """Somebody at each portal, in a language."""

    def at(language: str) -> list[Hands]:
        actors = (trade.market.operator, trade.s1, trade.partner, trade.buyer)
        return [Hands(company.actor, language) for company in actors]

    return at
