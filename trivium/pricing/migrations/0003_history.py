"""What is written down of every change of prices, discounts and freight."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history

COMPANY, SKU = "parties_organization", "catalog_sku"
OWNER = ("partner_id|supplier_id", COMPANY)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_promises"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "pricing_pricelist",
            kind="price_list",
            fields=["name", "currency", "buyer_level", "starts_at", "ends_at", "tax_rate", "tax_included"],
            about=[("ref", ""), OWNER],
            from_the_start=True,
            only_named=True,
        ),
        keep_history(
            "pricing_price",
            kind="price",
            fields=["from_quantity", "unit_price"],
            about=[("price_list_id", "pricing_pricelist"), ("sku_id", SKU)],
            from_the_start=True,
            only_named=True,
        ),
        keep_history(
            "pricing_contractprice",
            kind="contract_price",
            fields=["buyer_id", "sku_id", "from_quantity", "unit_price", "currency", "starts_at", "ends_at",
                    "tax_rate", "tax_included"],
            about=[("ref", ""), OWNER],
            refs={"buyer_id": COMPANY, "sku_id": SKU},
            from_the_start=True,
            only_named=True,
        ),
        keep_history(
            "pricing_promotion",
            kind="promotion",
            fields=["name", "kind", "lane", "percent", "amount_off", "threshold", "currency", "supplier_id",
                    "category_path", "sku_id", "partner_id", "funders", "recheck_on_return", "starts_at", "ends_at",
                    "is_active"],
            about=[("ref", ""), ("owner_id", COMPANY)],
            refs={"supplier_id": COMPANY, "partner_id": COMPANY, "sku_id": SKU},
            from_the_start=True,
            only_named=True,
        ),
        keep_history(
            "pricing_coupon",
            kind="coupon",
            fields=["code", "name", "percent", "amount_off", "min_spend", "currency", "per_buyer", "starts_at",
                    "ends_at", "is_active"],
            about=[("ref", ""), ("owner_id", COMPANY)],
            from_the_start=True,
            only_named=True,
        ),
        keep_history(
            "pricing_freightrate",
            kind="freight_rate",
            fields=["delivery_method", "country", "region_prefix", "currency", "base", "per_kg", "free_from"],
            about=[("supplier_id", COMPANY)],
            from_the_start=True,
            only_named=True,
        ),
    ]
