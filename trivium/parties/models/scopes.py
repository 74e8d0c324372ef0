"""What goods are, as far as parties know: the catalog's categories, by their paths."""

from django.db import models

from trivium.core.models import Model


class Scope(Model):
    """A place among the goods, "tools/hand-tools", that rules of approval and applications can name.

    The catalog registers its categories; what they are called, and what lies in them, is its own.
    """

    path = models.CharField(max_length=200, unique=True)
