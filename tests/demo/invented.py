"""Purchases of nobody: tables of the shape the market is made from, small and by rule."""

from random import Random

import pyarrow as pa

from demo.purchases import Purchases

# What each manufacturer makes, in the words of the purchases.
MAKERS = {
    11: ["FLUID MILK PRODUCTS", "YOGURT", "CHEESE"],
    22: ["SOFT DRINKS", "CANNED JUICES"],
    33: ["BAG SNACKS", "COOKIES/CONES"],
    44: ["LAUNDRY DETERGENTS", "BATH TISSUES"],
}
PRODUCTS_EACH = 30
STORES = {1: 3, 2: 2, 3: 2}  # how many households are at home there
BASKETS = 14


def purchases(seed: int = 5) -> Purchases:
    """Four manufacturers, three stores, seven households."""
    random = Random(seed)
    products = [
        {
            "product_id": 1000 * maker + number,
            "manufacturer_id": maker,
            "brand": "National" if number % 10 else "Private",
            "product_category": random.choice(categories),
            "product_type": "ANY",
        }
        for maker, categories in MAKERS.items()
        for number in range(PRODUCTS_EACH)
    ]
    households = [(store * 10 + number, store) for store, count in STORES.items() for number in range(count)]
    bought = [
        {
            "household_id": household,
            "store_id": store,
            "basket_id": household * 100 + basket,
            "product_id": random.choice(products)["product_id"],
            "quantity": random.randint(1, 4),
            "sales_value": round(random.uniform(1, 9), 2),
        }
        for household, store in households
        for basket in range(BASKETS)
        for _line in range(6)
    ]
    return Purchases(pa.Table.from_pylist(products), pa.Table.from_pylist(bought))
