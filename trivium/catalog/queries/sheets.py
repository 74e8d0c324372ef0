"""A supplier's own range as one table, as it is exported and imported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog.queries.goods import words
from trivium.core import sql


@dataclass(frozen=True, slots=True)
class Entry:
    """A sku with what its product says. `lead_code` is the product's first sku, on whose row the product is written.

    `own_name` is empty where the sku is called like its product.
    """

    sku_id: int
    sku_ref: str
    code: str
    own_name: dict[str, str]
    unit: str
    moq: Decimal
    quantity_step: Decimal
    weight_g: int
    is_listed: bool
    product_ref: str
    product_name: dict[str, str]
    description: dict[str, str]
    category_ref: str
    category_code: str
    lead_code: str

    @property
    def name(self) -> dict[str, str]:
        """What it is called."""
        return self.own_name or self.product_name


_ENTRIES = """
SELECT s.id, s.ref, s.code, s.name, s.unit, s.moq, s.quantity_step, s.weight_g, s.is_listed AND p.is_listed,
       p.ref, p.name, p.description, c.ref, c.code,
       (SELECT f.code FROM catalog_sku f WHERE f.product_id = p.id ORDER BY f.id LIMIT 1)
FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id
JOIN catalog_category c ON c.id = p.category_id
WHERE s.supplier_id = %(supplier)s {these}
ORDER BY s.id LIMIT {limit:d}
"""


def _entry(row: sql.Row) -> Entry:
    found = list(row)
    for place in (3, 10, 11):
        found[place] = words(found[place])
    return Entry(*found)


def entries_by_code(supplier_id: int, codes: Sequence[str]) -> dict[str, Entry]:
    """A supplier's skus by its own codes; unknown ones are missing. One statement."""
    statement = _ENTRIES.format(these="AND s.code = ANY (%(codes)s::text[])", limit=len(codes) + 1)
    found = sql.rows(statement, {"supplier": supplier_id, "codes": list(codes)})
    return {entry.code: entry for entry in map(_entry, found)}


def entries(supplier_id: int, *, page: int = 500) -> Iterator[list[Entry]]:
    """All of a supplier's skus in the order they came, in pages. One statement each."""
    last = 0
    statement = _ENTRIES.format(these="AND s.id > %(after)s", limit=page)
    while True:
        found = [_entry(row) for row in sql.rows(statement, {"supplier": supplier_id, "after": last})]
        if found:
            yield found
        if len(found) < page:
            return
        last = found[-1].sku_id
