import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", trivium.core.fields.RefField(prefix="cat")),
                ("code", models.CharField(max_length=64)),
                ("name", trivium.core.fields.TranslatedField()),
                ("path", models.CharField(max_length=520, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", trivium.core.fields.RefField(prefix="prd")),
                ("name", trivium.core.fields.TranslatedField()),
                ("description", trivium.core.fields.TranslatedField()),
                ("is_listed", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.category"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sku",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", trivium.core.fields.RefField(prefix="sku")),
                ("code", models.CharField(max_length=64)),
                ("name", trivium.core.fields.TranslatedField()),
                ("unit", models.CharField(max_length=16)),
                ("moq", trivium.core.fields.QuantityField(decimal_places=3, max_digits=18)),
                ("quantity_step", trivium.core.fields.QuantityField(decimal_places=3, max_digits=18)),
                ("weight_g", models.PositiveIntegerField()),
                ("is_listed", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="skus", to="catalog.product"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organization",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("code",), name="catalog_category_code_once"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["supplier", "id"], name="catalog_product_by_supplier"),
        ),
        migrations.AddConstraint(
            model_name="sku",
            constraint=models.UniqueConstraint(fields=("supplier", "code"), name="catalog_sku_code_once"),
        ),
        migrations.AddConstraint(
            model_name="sku",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_step__gt", 0)), name="catalog_sku_step_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="sku",
            constraint=models.CheckConstraint(
                condition=models.Q(("moq__gte", models.F("quantity_step"))), name="catalog_sku_moq_one_step"
            ),
        ),
    ]
