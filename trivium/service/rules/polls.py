"""Polls: what the operator asks a group, who has a vote, and when what came of it may be seen. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from trivium.core.permissions import declare
from trivium.service.errors import BadPoll, BadVote, TooFewOptions
from trivium.service.rules.tickets import EVERYBODY

PERMISSIONS = declare({"poll.ask": ("operator",), "poll.vote": EVERYBODY})
QUESTION, OPTION = 300, 120
FEWEST, MOST = 2, 12


class Voters(StrEnum):
    """Who has one vote: each company, whoever of its people gives it, or each person."""

    COMPANY = "company"
    PERSON = "person"


class ResultsShown(StrEnum):
    """When those who were asked see the results: once it is closed, or already when they have voted."""

    CLOSED = "closed"
    VOTED = "voted"


def check_poll(voters: str, results_shown: str, options: int) -> None:
    """Whether somebody can be asked so.

    Refuses: BadPoll, TooFewOptions (also too many).
    """
    if voters not in set(Voters):
        raise BadPoll(value=voters[:20], known=", ".join(Voters), field="voters")
    if results_shown not in set(ResultsShown):
        raise BadPoll(value=results_shown[:20], known=", ".join(ResultsShown), field="results_shown")
    if not FEWEST <= options <= MOST:
        raise TooFewOptions(fewest=FEWEST, most=MOST, field="options")


def check_choices(choices: Sequence[int], *, options: int, is_multiple: bool) -> list[int]:
    """The options somebody votes for, by position, each once and in order.

    Refuses: BadVote.
    """
    chosen = sorted(set(choices))
    if not chosen or chosen[0] < 0 or chosen[-1] >= options or (len(chosen) > 1 and not is_multiple):
        raise BadVote(field="choices")
    return chosen


def may_see_results(*, results_shown: str, is_closed: bool, has_voted: bool) -> bool:
    """Whether somebody who was asked sees what came of it so far."""
    return is_closed or (has_voted and results_shown == ResultsShown.VOTED)
