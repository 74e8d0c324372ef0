"""Words and who hears them: pure."""

import datetime as dt

from trivium.core.events import known_events
from trivium.notices.rules import _KINDS, PERSON, WAITS, WORDS, Kind, kind_of, next_try, told
from trivium.parties.rules import Role


def test_every_word_is_about_an_event_that_happens_and_a_role_there_is() -> None:
    for event, role in WORDS:
        assert event in known_events()
        assert role in {*Role, PERSON}


def test_a_role_is_told_what_stands_in_the_table_and_nothing_else() -> None:
    assert "OrderPlaced" in told("buyer")
    assert "OrderPlaced" not in told("supplier")
    assert told("stranger") == []


def test_no_sentence_has_another_place_than_the_number() -> None:
    for sentence in WORDS.values():
        assert sentence % {"number": "O-7K2M9Q"}


def test_each_notice_is_of_one_kind_and_every_kind_is_about_words_there_are() -> None:
    listed = [word for words in _KINDS.values() for word in words]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(WORDS)
    assert {kind_of(*word) for word in WORDS} == set(Kind)
    assert kind_of("SupplierOrderSubmitted", "supplier") == Kind.ASKS
    assert kind_of("SupplyConfirmed", "buyer") == Kind.PROGRESS


def test_a_mail_is_tried_with_longer_and_longer_pauses_and_then_given_up() -> None:
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    tried = [next_try(at, tries) for tries in range(1, len(WAITS) + 2)]
    assert tried == [*(at + wait for wait in sorted(WAITS)), None]
