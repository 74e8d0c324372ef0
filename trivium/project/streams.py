"""The streams that are open: who listens, and what each is to be told. Knows neither HTTP nor the database."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

KEPT = 5_000
ALL = "all"


@dataclass(frozen=True, slots=True)
class Listener:
    """A person in a workspace, by the session they came with. `stamp` changes with their password."""

    session_key: str
    user_id: int
    stamp: str
    organization_id: int
    organization_ref: str
    role: str

    def may_hear(self, audience: Collection[str]) -> bool:
        """The operator hears of everything; a company of what is addressed to it."""
        return self.role == "operator" or self.organization_ref in audience


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. It is told which topics have changed, never what; what it was not told yet adds up."""

    listener: Listener
    topics: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def tell(self, topics: Iterable[str]) -> None:
        """Something changed."""
        self.topics.update(topics)
        if self.topics:
            self.woken.set()

    def end(self) -> None:
        """The session has ended, or the server stops."""
        self.is_over = True
        self.woken.set()

    def take(self) -> list[str]:
        """What there is to tell now."""
        topics, self.topics = sorted(self.topics), set()
        self.woken.clear()
        return topics


class Streams:
    """All open streams of this process, and what happened lately, for those that come back.

    `at` is the time, in ms, at which this process heard of an event: never before it was committed.
    """

    def __init__(self) -> None:
        self.open: dict[str, set[Stream]] = {}
        self.count = 0
        self.of_person: Counter[int] = Counter()
        self.lately: deque[tuple[int, Collection[str], str]] = deque(maxlen=KEPT)
        self.complete_since: int | None = None

    def enter(self, listener: Listener, since: int) -> Stream:
        """Open a stream; what happened since the page was made is told at once."""
        stream = Stream(listener)
        self.open.setdefault(self._place(listener), set()).add(stream)
        self.count += 1
        self.of_person[listener.user_id] += 1
        if self.complete_since is None or since < self.complete_since:
            stream.tell([ALL])
        else:
            missed = (topic for at, audience, topic in self.lately if at >= since and listener.may_hear(audience))
            stream.tell(missed)
        return stream

    def leave(self, stream: Stream) -> None:
        """Close a stream."""
        place = self._place(stream.listener)
        self.open[place].discard(stream)
        self.count -= 1
        self.of_person[stream.listener.user_id] -= 1
        if not self.of_person[stream.listener.user_id]:
            del self.of_person[stream.listener.user_id]
        if not self.open[place]:
            del self.open[place]

    def hear(self, at: int, events: Iterable[tuple[str, str]]) -> None:
        """Tell of events, each a topic with its audience as JSON, whoever may hear of them."""
        if self.complete_since is None:
            self.complete_since = at
        operators = self.open.get("", ())
        for topic, text in events:
            audience = frozenset(json.loads(text))
            if len(self.lately) == KEPT:
                self.complete_since = self.lately[0][0] + 1
            self.lately.append((at, audience, topic))
            for place in audience:
                for stream in self.open.get(place, ()):
                    stream.tell([topic])
            for stream in operators:
                stream.tell([topic])

    def everybody(self) -> list[Stream]:
        """Every open stream."""
        return [stream for streams in self.open.values() for stream in streams]

    @staticmethod
    def _place(listener: Listener) -> str:
        return "" if listener.role == "operator" else listener.organization_ref
