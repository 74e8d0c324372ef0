"""The catalog's categories as parties know them: a migration of the catalog fills them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0019_department_tree")]

    operations = [
        migrations.CreateModel(
            "Scope",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=200, unique=True)),
            ],
        ),
    ]
