"""HTML pages: the lists opened most beside bare ones of the same rows; every role's pages at 100,000 orders."""

import json
from typing import Any

from benchmarks import ground, site
from benchmarks.ground import HERE
from benchmarks.results import SIZE, note

CLIENTS = 4


def cookie_of(actor: Any) -> dict[str, str]:
    """What a signed-in person's browser sends along."""
    from trivium.web.tests.hands import Hands

    jar = Hands(actor).client.cookies
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())}


def statements_of(read: Any) -> list[str]:
    """The statements a read sends, as they were sent."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        read()
    return [query["sql"] for query in seen.captured_queries]


def beside_bare_ones(goods: ground.Goods, base: str, server: list[Any]) -> None:
    """The buyer's shelf and order list as HTML, each beside a bare Django page that shows the rows of the same list."""
    from trivium.core.lists import Wanted
    from trivium.ordering import queries as ordering
    from trivium.shelf import queries as shelf
    from trivium.web.shared.lists import ROWS as A_PAGE

    actor = goods.buyer.actor
    wanted = Wanted(limit=A_PAGE)
    reads = {
        "orders": lambda: ordering.order_list(actor, Wanted(sort="placed", descending=True, limit=A_PAGE)),
        "shelf": lambda: shelf.offer_list(actor, wanted, language="en"),
    }
    for name, read in reads.items():
        (HERE / "build" / f"bench_{name}.json").write_text(json.dumps(statements_of(read)))
    count, headers = max(100, int(1200 * SIZE)), cookie_of(actor)
    port = site.free_port()
    for name in reads:
        with site.serving("benchmarks.bare_site:application", port) as its:
            bare, ours = site.in_turns(
                site.Asked(f"http://127.0.0.1:{port}/{name}/", its, {}),
                site.Asked(f"{base}/buyer/{name}/", server, headers),
                clients=CLIENTS, count=count,
            )  # fmt: skip
        note(f"{name}: bare Django page", bare.run, p95_ms=round(bare.p95_ms, 1), statuses=bare.statuses)
        note(f"{name}: HTML page", ours.run, limit=bare.run, of="bare Django page", p95_ms=round(ours.p95_ms, 1),
             statuses=ours.statuses)  # fmt: skip
