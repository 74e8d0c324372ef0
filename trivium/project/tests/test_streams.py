"""Which open pages are told of what."""

import json

from trivium.project.streams import ALL, KEPT, Listener, Streams


def listener(organization: str, role: str = "supplier", session: str = "s") -> Listener:
    return Listener(session, 1, "x", 1, organization, role)


def told_of(topic: str, *audience: str) -> list[tuple[str, str]]:
    return [(topic, json.dumps(audience))]


def opened_at(at: int) -> Streams:
    streams = Streams()
    streams.hear(at, [])
    return streams


def test_a_company_hears_of_what_is_addressed_to_it_and_the_operator_of_everything() -> None:
    streams = opened_at(0)
    one, other = streams.enter(listener("org_1"), 0), streams.enter(listener("org_2"), 0)
    operator = streams.enter(listener("org_9", "operator"), 0)
    streams.hear(1, told_of("ordering", "org_1"))
    assert (one.take(), other.take(), operator.take()) == (["ordering"], [], ["ordering"])
    assert not other.woken.is_set()


def test_what_was_not_told_yet_adds_up() -> None:
    streams = opened_at(0)
    stream = streams.enter(listener("org_1"), 0)
    streams.hear(1, told_of("ordering", "org_1") + told_of("settlement", "org_1", "org_2"))
    streams.hear(2, told_of("ordering", "org_1"))
    assert stream.woken.is_set()
    assert stream.take() == ["ordering", "settlement"]
    assert not stream.woken.is_set()


def test_a_page_is_told_what_happened_between_its_making_and_its_stream() -> None:
    streams = opened_at(10)
    streams.hear(20, told_of("ordering", "org_1"))
    streams.hear(30, told_of("settlement", "org_1") + told_of("parties", "org_2"))
    assert streams.enter(listener("org_1"), 20).take() == ["ordering", "settlement"]
    assert streams.enter(listener("org_1"), 21).take() == ["settlement"]
    assert streams.enter(listener("org_1"), 31).take() == []


def test_a_page_older_than_what_is_remembered_is_told_that_all_may_have_changed() -> None:
    assert Streams().enter(listener("org_1"), 99).take() == [ALL]
    assert opened_at(10).enter(listener("org_1"), 9).take() == [ALL]
    streams = opened_at(10)
    streams.hear(20, told_of("ordering", "org_1") * (KEPT + 1))
    assert streams.enter(listener("org_2"), 20).take() == [ALL]
    assert streams.enter(listener("org_2"), 21).take() == []


def test_a_closed_stream_leaves_nothing_behind() -> None:
    streams = opened_at(0)
    first, second = streams.enter(listener("org_1"), 0), streams.enter(listener("org_1"), 0)
    assert streams.of_person[1] == streams.count == 2
    streams.leave(first)
    assert streams.everybody() == [second]
    streams.leave(second)
    assert (streams.open, streams.count, streams.of_person) == ({}, 0, {})
