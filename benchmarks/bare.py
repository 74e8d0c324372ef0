"""The limits: the same rows put there, or read, with as little between as can be."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from trivium.core.ids import new_ref

# What one placed order leaves behind, table by table, parents first.
TABLES = ("ordering_order", "ordering_supplierorder", "ordering_orderline", "ordering_pricestage")


class OwnRows:
    """A hand-made transaction that writes the very rows `place_order` wrote for a template order."""

    def __init__(self, address: str, order_ref: str) -> None:
        self.connection = psycopg.connect(address, prepare_threshold=1)
        read = psycopg.connect(address, row_factory=dict_row)
        one = read.execute
        self.order = one("SELECT * FROM ordering_order WHERE ref = %s", [order_ref]).fetchall()
        keys = [row["id"] for row in self.order]
        self.parts = one("SELECT * FROM ordering_supplierorder WHERE order_id = ANY(%s) ORDER BY id", [keys]).fetchall()
        part_keys = [row["id"] for row in self.parts]
        lines = "SELECT * FROM ordering_orderline WHERE supplier_order_id = ANY(%s) ORDER BY id"
        self.lines = one(lines, [part_keys]).fetchall()
        line_keys = [row["id"] for row in self.lines]
        self.stages = one(
            "SELECT * FROM ordering_pricestage WHERE line_id = ANY(%s) ORDER BY id", [line_keys]
        ).fetchall()
        refs = [row["ref"] for row in self.lines]
        self.holds = one("SELECT * FROM inventory_reservation WHERE subject = ANY(%s) ORDER BY id", [refs]).fetchall()
        subjects = [order_ref, *(row["ref"] for row in self.parts)]
        self.events = one("SELECT * FROM core_event WHERE subject = ANY(%s) ORDER BY id", [subjects]).fetchall()
        read.close()

    @property
    def rows(self) -> int:
        """How many rows are written or changed."""
        return sum(len(t) for t in (self.order, self.parts, self.lines, self.stages, self.holds, self.events)) + len(
            self.holds
        )

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> list[int]:
        names = [name for name in rows[0] if name != "id"]
        places = ", ".join(["(" + ", ".join(["%s"] * len(names)) + ")"] * len(rows))
        values = [Jsonb(v) if isinstance(v, dict | list) else v for row in rows for v in (row[n] for n in names)]
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES {places} RETURNING id"
        return [row[0] for row in self.connection.execute(statement, values).fetchall()]

    def __call__(self) -> None:
        """Write them once more, under new references, in one transaction of seven statements."""
        order = self._insert("ordering_order", [{**self.order[0], "ref": new_ref("ord")}])[0]
        old = [row["id"] for row in self.parts]
        parts = [{**row, "order_id": order, "ref": new_ref("sup")} for row in self.parts]
        part_of = dict(zip(old, self._insert("ordering_supplierorder", parts), strict=True))
        lines = [
            {**row, "supplier_order_id": part_of[row["supplier_order_id"]], "ref": new_ref("oln")} for row in self.lines
        ]
        keys = self._insert("ordering_orderline", lines)
        line_of = dict(zip([row["id"] for row in self.lines], keys, strict=True))
        self._insert("ordering_pricestage", [{**row, "line_id": line_of[row["line_id"]]} for row in self.stages])
        for hold in self.holds:
            self.connection.execute(
                "UPDATE inventory_stocklevel SET reserved = reserved + %s WHERE id = %s AND on_hand - reserved >= %s",
                [hold["quantity"], hold["stock_id"], hold["quantity"]],
            )
        self._insert("inventory_reservation", [{**row, "subject": new_ref("oln")} for row in self.holds])
        self._insert("core_event", self.events)
        self.connection.commit()


class SmallestOrder:
    """The smallest order transaction: an order, 3 lines, 3 conditional stock updates, one posting."""

    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address, prepare_threshold=1)
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS bench_order (id bigserial PRIMARY KEY, buyer bigint, total bigint);"
            "CREATE TABLE IF NOT EXISTS bench_line"
            " (id bigserial PRIMARY KEY, o bigint, sku bigint, q int, amount bigint);"
            "CREATE TABLE IF NOT EXISTS bench_stock (sku bigint PRIMARY KEY, free bigint);"
            "CREATE TABLE IF NOT EXISTS bench_posting (id bigserial PRIMARY KEY, s text, d text, amount bigint);"
            "INSERT INTO bench_stock SELECT n, 1000000000 FROM generate_series(1, 3) n ON CONFLICT DO NOTHING;"
        )
        self.connection.commit()

    def __call__(self) -> None:
        run = self.connection.execute
        order = run("INSERT INTO bench_order (buyer, total) VALUES (%s, %s) RETURNING id", [1, 1000]).fetchone()
        assert order
        values = [v for sku in (1, 2, 3) for v in (order[0], sku, 2, 300)]
        run(
            "INSERT INTO bench_line (o, sku, q, amount) VALUES (%s, %s, %s, %s), (%s, %s, %s, %s), (%s, %s, %s, %s)",
            values,
        )
        for sku in (1, 2, 3):
            run("UPDATE bench_stock SET free = free - %s WHERE sku = %s AND free >= %s", [2, sku, 2])
        run("INSERT INTO bench_posting (s, d, amount) VALUES (%s, %s, %s)", ["bank", "escrow", 1000])
        self.connection.commit()


class ConditionalUpdate:
    """The bare conditional UPDATE of one hot row."""

    def __init__(self, address: str, stock_id: int) -> None:
        self.connection = psycopg.connect(address, prepare_threshold=1, autocommit=True)
        self.stock_id = stock_id

    def __call__(self) -> None:
        self.connection.execute(
            "UPDATE inventory_stocklevel SET reserved = reserved + 1 WHERE id = %s AND on_hand - reserved >= 1",
            [self.stock_id],
        )


def bare_list_view(statement: str, params: dict[str, Any]) -> Callable[[Any], Any]:
    """A Django view with nothing around it: the list's own statement, its rows as JSON."""
    import msgspec
    from django.db import connection
    from django.http import HttpResponse

    encode = msgspec.json.Encoder(decimal_format="number").encode

    def view(request: Any) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return HttpResponse(encode({"items": rows}), content_type="application/json")

    return view
