"""What was changed about a product and its skus, or about a category, and by whom."""

from dataclasses import replace

from trivium.catalog.models import Category, Sku
from trivium.catalog.queries.goods import own_product
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.core.history import Change, changes_of
from trivium.parties import queries as parties
from trivium.parties.queries import History

KINDS = ("product", "sku")


def product_history(
    actor: Actor, ref: str, *, language: str = "en", before_id: int | None = None, limit: int = 50
) -> History:
    """What was changed about a product and its skus, newest first, for its supplier and the operator.

    `names` has the skus' codes and the categories' words.
    Refuses: NotFound.
    """
    own_product(actor, ref)
    changes = changes_of([ref], kinds=KINDS, before_id=before_id, limit=limit)
    found = parties.told(actor, changes)
    codes = dict(Sku.objects.filter(product__ref=ref).values_list("ref", "code"))
    return replace(found, names={**found.names, **codes, **_categories(changes, language)})


def category_history(
    actor: Actor, ref: str, *, language: str = "en", before_id: int | None = None, limit: int = 50
) -> History:
    """What was changed about a category, newest first, for whoever reads it: everybody at work.

    Refuses: NotFound.
    """
    if not (actor.is_system or actor.organization_id) or not Category.objects.filter(ref=ref).exists():
        raise NotFound(what="category", ref=ref)
    changes = changes_of([ref], kinds=["category"], before_id=before_id, limit=limit)
    found = parties.told(actor, changes)
    return replace(found, names={**found.names, **_categories(changes, language)})


def _categories(changes: list[Change], language: str) -> dict[str, str]:
    fields = ("category_id", "parent_id")
    refs = {value for change in changes if change.field in fields for value in (change.old, change.new)}
    rows = Category.objects.filter(ref__in=[ref for ref in refs if ref]).values_list("ref", "name") if refs else ()
    return {ref: translate(name, language) for ref, name in rows}
