"""What is written down of every change of products and skus."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_pictures"), ("core", "0003_history")]

    operations = [
        keep_history(
            "catalog_product",
            kind="product",
            fields=["name", "description", "category_id", "is_listed"],
            refs={"category_id": "catalog_category"},
        ),
        keep_history(
            "catalog_sku",
            kind="sku",
            fields=["name", "moq", "quantity_step", "weight_g", "is_listed"],
            about=[("ref", ""), ("product_id", "catalog_product")],
        ),
    ]
