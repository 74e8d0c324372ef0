"""Words and who hears them: pure."""

from trivium.core.events import known_events
from trivium.notices.rules import WORDS, told
from trivium.parties.rules import Role


def test_every_word_is_about_an_event_that_happens_and_a_role_there_is() -> None:
    for event, role in WORDS:
        assert event in known_events()
        assert role in set(Role)


def test_a_role_is_told_what_stands_in_the_table_and_nothing_else() -> None:
    assert "OrderPlaced" in told("buyer")
    assert "OrderPlaced" not in told("supplier")
    assert told("stranger") == []


def test_no_sentence_has_another_place_than_the_number() -> None:
    for sentence in WORDS.values():
        assert sentence % {"number": "O-7K2M9Q"}
