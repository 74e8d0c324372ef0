"""How often a coupon was used is counted without looking through all uses of all coupons."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_history")]

    operations = [
        migrations.AddIndex("couponuse", models.Index(fields=["coupon"], name="pricing_couponuse_of_coupon")),
    ]
