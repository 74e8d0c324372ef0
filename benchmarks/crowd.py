"""The pages of every role at a hundred thousand orders: statements, milliseconds, and whether they stay the same.

A process of its own on a database of its own, which is made once and kept: `python -m benchmarks.crowd`.
"""

import datetime as dt
import json
import os
import sys
import time
from typing import Any

from benchmarks import ground, pages, site
from benchmarks.results import ROWS, SIZE, fact

FEW, MANY = 100, 100_000
NAME = "trivium_bench_crowd"
DAYS = 200
OPEN = {"submitted": 0.02, "confirmed": 0.02, "released": 0.02, "shipped": 0.02}
MOST_MS = 5_000


class Crowd:
    """Two buyers of one partner order from two suppliers: most is over, some waits for each of them."""

    def __init__(self) -> None:
        from trivium.core.time import SettableClock, now, use_clock

        self.clock = SettableClock(now() - dt.timedelta(days=DAYS + 40))
        with use_clock(self.clock):
            self.goods = ground.Goods()
            self.other = self.goods.market.buyer("Haiwen Trading", self.goods.partner)

    def to(self, state: str, buyer: Any) -> None:
        """One order, brought to a state by the acts of the portals."""
        from trivium.core.jobs import drain
        from trivium.core.time import business_day
        from trivium.fulfilment import commands as fulfilment
        from trivium.ordering import commands as ordering
        from trivium.ordering import queries as standing
        from trivium.settlement import commands as settlement

        goods = self.goods
        placed = goods.market.order(buyer, [(goods.skus[0], 10), (goods.skus[2], 3)])
        drain()
        parts = list(zip(placed.supplier_order_refs, (goods.first, goods.second), strict=True))
        if state == "submitted":
            return
        for ref, supplier in parts:
            ordering.confirm_supply(supplier.actor, ref, ship_date=business_day(self.clock()))
            ordering.confirm_margin(goods.partner.actor, ref)
        drain()
        if state == "confirmed":
            return
        operator = goods.market.operator.actor
        due = sum(part.due or 0 for part in standing.parts_of_order(placed.ref))
        settlement.record_bank_transfer(operator, placed.ref, amount=due, reference=placed.ref)
        drain()
        if state == "released":
            return
        sent = [fulfilment.dispatch(supplier.actor, ref, carrier="Own delivery") for ref, supplier in parts]
        if state == "shipped":
            return
        self.clock.move(days=1)
        for shipment in sent:
            fulfilment.confirm_delivery(buyer.actor, shipment.ref)
        self.clock.move(days=20)
        for kind, ref in standing.due(self.clock(), 10):
            ordering.pass_deadline(kind, ref)
        drain()


def _fill(orders: int) -> None:
    """Templates, and their copies up to so many orders."""
    from benchmarks.copies import copy, template
    from trivium.core.events import ensure_partition
    from trivium.core.time import use_clock

    crowd = Crowd()
    start = crowd.clock()
    for days in range(0, DAYS + 60, 15):
        ensure_partition(start + dt.timedelta(days=days))
    made = []
    with use_clock(crowd.clock):
        for buyer in (crowd.goods.buyer, crowd.other):  # what orders share is there before the first is copied
            crowd.to("completed", buyer)
        for buyer, part in ((crowd.goods.buyer, 0.6), (crowd.other, 0.4 - sum(OPEN.values()))):
            crowd.clock.at = start
            with template() as found:
                crowd.to("completed", buyer)
            made.append((found, part, DAYS * 86_400))
        for state, part in OPEN.items():
            crowd.clock.at = start + dt.timedelta(days=DAYS + 40) - dt.timedelta(hours=10)
            with template() as found:
                crowd.to(state, crowd.goods.buyer)
            made.append((found, part, 9 * 3600))
    for found, part, spread in made:
        times = max(0, round(orders * part) - 1)
        copy(found, times, spread / max(1, times))


def open_market(orders: int) -> bool:
    """The kept database with so many orders, made if it is not there; returns whether it was made now."""
    was_made = ground.open_database(f"{NAME}_{orders}", keep=True)[1]
    from django.db import connection

    if was_made:
        began = time.perf_counter()
        _fill(orders)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        ground.mark_whole(f"{NAME}_{orders}")
        print(f"  a market of {orders:,} orders in {time.perf_counter() - began:.0f} s", flush=True)
    return was_made


def people() -> dict[str, Any]:
    """The oldest person at work in each role."""
    from trivium.core import sql
    from trivium.parties import queries as parties

    rows = sql.rows(
        "SELECT DISTINCT ON (m.role) m.role, m.user_id, o.ref FROM parties_membership m"
        " JOIN parties_organization o ON o.id = m.organization_id WHERE NOT o.is_house ORDER BY m.role, m.id"
    )
    return {role: parties.actor_of(user_id, ref, role) for role, user_id, ref in rows}


def paths_of(actor: Any) -> dict[str, str]:
    """The pages of a role that grow with the orders."""
    from trivium.core.lists import Wanted
    from trivium.ordering import queries as ordering

    newest = ordering.order_list(actor, Wanted(sort="placed", descending=True)).rows[0]
    found = {
        "home": "", "orders": "orders/", "orders, one state": "orders/?status=released",
        "orders, last page counted": "orders/?page=40", "orders, by company": "orders/?sort=buyer",
        "orders, search by company": "orders/?q=Haiwen", "orders, search by number": f"orders/?q={newest['number']}",
        "order": f"orders/{newest['ref']}/", "search box": "search/?q=Haiwen",
        "search box, number": f"search/?q={newest['number']}",
    }  # fmt: skip
    if actor.role != "supplier":
        found["orders, by total"] = "orders/?sort=-total"
    if actor.role in ("supplier", "partner"):
        found["worklist"] = "work/"
    return found


def counts() -> dict[str, int]:
    """Statements of each page, by "role page"."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from trivium.web.tests.hands import Hands

    found = {}
    for role, actor in people().items():
        hands = Hands(actor)
        for name, path in paths_of(actor).items():
            hands.open(path)
            with CaptureQueriesContext(connection) as seen:
                hands.open(path)
            found[f"{role} {name}"] = len(seen)
    return found


def main() -> None:
    """Fill, compare with a small market, and time every page through HTTP."""
    os.environ.setdefault("TRIVIUM_ALLOWED_HOSTS", "127.0.0.1,testserver")
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    open_market(orders)
    if orders == FEW:
        print(json.dumps(counts()))
        return
    few, many = _few(), counts()
    from trivium.core import sql

    total = sql.rows("SELECT count(*) FROM ordering_order")[0][0]
    began = time.perf_counter()
    from trivium.project import audit

    faults = list(audit.faults())
    fact(f"a market of {total:,} orders", audit_faults=len(faults), audit_seconds=round(time.perf_counter() - began, 1))
    for fault in faults[:10]:
        print(f"    {fault}", flush=True)
    port = site.free_port()
    with site.serving("trivium.project.wsgi:application", port) as server:
        for role, actor in people().items():
            headers = pages.cookie_of(actor)
            for name, path in paths_of(actor).items():
                url = f"http://127.0.0.1:{port}/{role}/{path}"
                seen = site.load(url, server, clients=1, count=max(10, int(30 * SIZE)), headers=headers, warm=3)
                page = f"{role} {name}"
                fact(f"at {total:,} orders: {page}", p50_ms=round(seen.p50_ms), p95_ms=round(seen.p95_ms),
                     statements=many[page], statements_at_100_orders=few[page], cpu_ms=round(seen.run.cpu_ms, 1),
                     statuses=seen.statuses)  # fmt: skip
    print("RESULT " + json.dumps(ROWS))


def _few() -> dict[str, int]:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd", str(FEW)], capture_output=True, text=True, cwd=ground.HERE,
        env={**os.environ, "DATABASE_URL": os.environ["BENCH_FIRST_ADDRESS"]},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
