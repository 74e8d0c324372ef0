"""A sku belongs to the supplier of its product: kept by the database, since `supplier` is copied to the sku."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNIQUE INDEX catalog_product_with_supplier ON catalog_product (id, supplier_id);
            ALTER TABLE catalog_sku ADD CONSTRAINT catalog_sku_supplier_is_products
                FOREIGN KEY (product_id, supplier_id) REFERENCES catalog_product (id, supplier_id)
                DEFERRABLE INITIALLY DEFERRED;
            """,
            """
            ALTER TABLE catalog_sku DROP CONSTRAINT catalog_sku_supplier_is_products;
            DROP INDEX catalog_product_with_supplier;
            """,
        ),
    ]
