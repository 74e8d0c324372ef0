"""Every state an order of two suppliers can reach: each has a way on, and each comes to an end with nothing held.

SAGA_DEPTH says how many events deep; SAGA_WIDEST how many states of a layer are followed, drawn by HYPOTHESIS_SEED.
Without them it is a sample; with SAGA_DEPTH=12 it is every state.
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from django.db import transaction

from tests.journeys.gateway import install
from tests.journeys.ground import Ground, months_ahead, sweep_the_floor
from tests.journeys.saga import Graph, Saga, enumerate_states
from tests.journeys.watch import Watch
from trivium.core import jobs
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock

DEPTH = int(os.environ.get("SAGA_DEPTH", "5"))
ALL = 1_000_000
WIDEST = int(os.environ.get("SAGA_WIDEST", ALL if "SAGA_DEPTH" in os.environ else 3))
WAYS = [("prepaid", False), ("bank_transfer", False), ("on_account", False), ("prepaid", True)]


@pytest.fixture
def saga(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Saga, Watch]]:
    sweep_the_floor()
    monkeypatch.setattr(jobs, "retry_stalled", lambda: 0)  # nobody is killed here, and it is looked for at each drain
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    with use_clock(clock):
        made = Saga(clock, install())
        drain()
        months_ahead(40)
        ground = Ground()
        try:
            yield made, Watch()
        finally:
            ground.drop()


@pytest.mark.parametrize(("method", "asks_approval"), WAYS)
def test_every_state_has_an_end(
    saga: tuple[Saga, Watch],
    method: str,
    asks_approval: bool,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    story, watch = saga
    seed = int(request.config.getoption("hypothesis_seed"))
    with transaction.atomic():
        story.place(method, asks_approval=asks_approval)
        graph = enumerate_states(story, watch, DEPTH, widest=WIDEST, dice=Random(seed))
        transaction.set_rollback(True)
    record_property("proof", told(graph, f"{method}{', with approval' if asks_approval else ''}", seed))
    assert not graph.faults, "\n".join(graph.faults[:20])


def told(graph: Graph, name: str, seed: int) -> str:
    """What was enumerated, in one line."""
    depths = Counter(node.depth for node in graph.nodes.values())
    extent = f"every state up to {DEPTH} events" if WIDEST >= ALL else f"a sample up to {DEPTH} events, seed {seed}"
    return (
        f"saga, {name}, {extent}: {len(graph.nodes)} states ({graph.closed} ends), {graph.transitions} transitions,"
        f" {graph.tried} events tried in {graph.seconds:.0f} s; by depth {[depths[d] for d in sorted(depths)]}"
    )
