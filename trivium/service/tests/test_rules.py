"""What tickets can be and where they can go."""

import pytest

from trivium.service.errors import BadKind, BadOutcome, BadPage
from trivium.service.rules import TICKET, Outcome, Side, State, check_kind, check_outcome, check_page


def test_every_state_is_reached_and_left():
    assert TICKET.reachable() == set(State)
    assert all(TICKET.exits(state) for state in State)


def test_only_a_closed_ticket_is_opened_again():
    assert {state for state in State if TICKET.allows(state, "reopen")} == {State.ENDED}
    assert TICKET.exits(State.ENDED) == {"reopen"}


def test_only_the_operator_plans_and_only_the_company_withdraws():
    check_outcome(Outcome.PLANNED, Side.OPERATOR)
    check_outcome(Outcome.WITHDRAWN, Side.COMPANY)
    for outcome, side in ((Outcome.WITHDRAWN, Side.OPERATOR), (Outcome.PLANNED, Side.COMPANY), ("x", Side.OPERATOR)):
        with pytest.raises(BadOutcome):
            check_outcome(outcome, side)


def test_an_unknown_kind_is_refused():
    with pytest.raises(BadKind):
        check_kind("praise")


def test_a_page_is_a_path_of_ours_without_what_was_searched_for():
    assert check_page("/buyer/orders/?q=secret#x") == "/buyer/orders/"
    assert check_page("") == ""


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "buyer", "/a\nb", "/" + "x" * 200]
)
def test_an_address_elsewhere_is_no_page(page):
    with pytest.raises(BadPage):
        check_page(page)
