"""What the kill tests do inside the database of the site under fire, each time in a process of its own.

python -m tests.kills.ground open    a small market; prints the workspaces' keys and the skus as JSON
python -m tests.kills.ground settle  runs what jobs are left, those of killed workers too; prints the orders by state
"""

import json
import os
import sys
import time
from collections.abc import Callable

PATIENCE_S = 150  # a killed worker's jobs are taken up after a minute


def open_market() -> dict[str, object]:
    """Two suppliers, a partner, and a buyer that orders on account."""
    from tests.journeys.market import Market
    from trivium.parties import commands as parties
    from trivium.parties.rules import SCOPES
    from trivium.settlement import commands as settlement

    market = Market()
    first, second = market.supplier("Lvyuan", freight=2000), market.supplier("Hengtai", freight=800)
    partner = market.partner("Nanfang")
    buyer = market.buyer("Haiwen", partner)
    settlement.set_credit_limit(market.operator.actor, buyer.ref, 10**12, "CNY")
    skus = [
        market.sku(first, "A", [(1, "100.00"), (10, "95.00")], stock=10**7),
        market.sku(first, "B", [(1, "50.00")], stock=10**7),
        market.sku(second, "C", [(1, "33.33")], stock=10**7),
    ]
    companies = {"buyer": buyer, "first": first, "second": second, "partner": partner}
    keys = {
        name: parties.create_api_key(company.actor, label="kills", scopes=SCOPES)[1]
        for name, company in companies.items()
    }
    return {"keys": keys, "skus": skus}


def settle() -> dict[str, object]:
    """Run what is left to run, and tell what came of the orders."""
    from trivium.core import sql
    from trivium.core.jobs import drain

    deadline = time.monotonic() + PATIENCE_S
    while True:
        drain()
        (left,) = sql.rows("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")[0]
        if not left:
            break
        assert time.monotonic() < deadline, f"{left} jobs never end"
        time.sleep(1)
    failed = sql.rows("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1")
    orders = sql.rows("SELECT ref FROM ordering_order ORDER BY id")
    (lines,) = sql.rows("SELECT count(*) FROM ordering_orderline")[0]
    parts = sql.rows("SELECT status, count(*) FROM ordering_supplierorder GROUP BY 1 ORDER BY 1")
    return {"orders": [ref for (ref,) in orders], "lines": lines, "parts": dict(parts), "failed": dict(failed)}


def main() -> None:
    """Do one of both in the database of this environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    from trivium.project import embedded

    embedded.use_database()
    import django

    django.setup()
    acts: dict[str, Callable[[], dict[str, object]]] = {"open": open_market, "settle": settle}
    sys.stdout.write(json.dumps(acts[sys.argv[1]]()) + "\n")


if __name__ == "__main__":
    main()
