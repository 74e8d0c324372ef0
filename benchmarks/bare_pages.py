"""The limits of HTML pages: the same rows by the same statements through a plain template, with nothing around it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

Rows = list[dict[str, Any]]

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="/static/trivium.css"></head><body><h1>{{ title }}</h1>"""
_FOOT = "</body></html>"

_ORDERS = """<p>{{ count }}</p>
<table><thead><tr><th>Order</th><th>Placed</th><th>State</th><th>Payment</th><th>Total</th></tr></thead>
<tbody>{% for order in rows %}<tr>
<td><a href="/buyer/orders/{{ order.ref }}/">{{ order.ref }}</a><small>{{ order.po_number }}</small></td>
<td>{{ order.placed_at|date:"Y-m-d H:i" }}</td>
<td>{% for part in order.parts %}<span>{{ part.status }} {{ part.supplier }}</span>{% endfor %}</td>
<td>{{ order.payment_method }}</td><td>{{ order.total }} {{ order.currency }}</td></tr>{% endfor %}</tbody></table>"""

_SHELF = """<p>{{ count }}</p><ul>{% for offer in rows %}<li><a href="/buyer/products/{{ offer.product_ref }}/">
<span>{{ offer.name }}</span><b>{{ offer.unit_price }} {{ offer.currency }}</b> <small>/ {{ offer.unit }}</small>
<span>from {{ offer.moq }} {{ offer.unit }}</span><span>{{ offer.available }} in stock</span>
<small>{{ offer.supplier_name }}</small></a></li>{% endfor %}</ul>"""


def _orders(results: Sequence[Rows]) -> Rows:
    """The rows of the statements as they come: orders, their parts, everybody's names."""
    orders, parts, names = results[-3:]
    name_of = {row["id"]: row["name"] for row in names}
    of_order: dict[int, Rows] = {}
    for part in parts:
        of_order.setdefault(part["order_id"], []).append({**part, "supplier": name_of[part["supplier_id"]]})
    return [{**order, "parts": of_order[order["id"]]} for order in orders]


def _shelf(results: Sequence[Rows]) -> Rows:
    return [{**row, "name": json.loads(row["names"])["en"]} for row in results[-1]]


PAGES: dict[str, tuple[str, Callable[[Sequence[Rows]], Rows]]] = {
    "orders": (_ORDERS, _orders),
    "shelf": (_SHELF, _shelf),
}


def bare_page_view(name: str, statements: Sequence[str]) -> Callable[[Any], Any]:
    """A Django view with nothing around it: a list's own statements, their rows in a plain template."""
    from django.db import connection
    from django.http import HttpResponse
    from django.template import Context, Engine

    text, compose = PAGES[name]
    template = Engine().from_string(_HEAD + text + _FOOT)

    def view(request: Any) -> HttpResponse:
        results: list[Rows] = []
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                columns = [column[0] for column in cursor.description]
                results.append([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()])
        rows = compose(results)
        return HttpResponse(template.render(Context({"title": name, "rows": rows, "count": len(rows)})))

    return view
