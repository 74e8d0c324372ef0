"""How goods look: their pictures, or what a drawing of them is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage

from trivium.catalog.models import Product, ProductPicture
from trivium.catalog.queries.goods import words
from trivium.catalog.rules import PICTURE_SIZES
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound

FOLDER = "pictures"


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture by the name of its files, and its size in pixels."""

    ref: str
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Face:
    """How a sku looks: its product's main picture, if it has one, and all that a drawing shows.

    `category` is the category's place in the tree and its names in every language.
    """

    names: dict[str, str]
    category: str
    unit: str
    product_ref: str
    picture: PictureRow | None


_FACES = """
SELECT s.ref, CASE WHEN s.name = '{}'::jsonb THEN p.name ELSE s.name END, c.path, c.name, s.unit, p.ref,
       main.ref, main.name, main.width, main.height
FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id
JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN catalog_productpicture main ON main.product_id = p.id AND main.place = 0
WHERE s.ref = ANY (ARRAY(SELECT unnest(%s::text[])))
"""


def faces(sku_refs: Sequence[str]) -> dict[str, Face]:
    """How skus look, by reference. For skus the reader has been shown: it asks nobody's leave. One statement."""
    return {ref: face_of(*row) for ref, *row in sql.rows(_FACES, [list(dict.fromkeys(sku_refs))])}


def face_of(names: str, path: str, category_names: str, unit: str, product_ref: str, *picture: Any) -> Face:
    """How a sku looks, of what a list's own statement has read: words as jsonb, and its main picture's columns."""
    its = PictureRow(*picture) if picture[0] else None
    return Face(words(names), _category(path, category_names), unit, product_ref, its)


@lru_cache(maxsize=4096)
def _category(path: str, names: str) -> str:
    """A category's place in the tree, and what it is called in every language."""
    return f"{path}/{' '.join(text for _language, text in sorted(words(names).items()))}"


def pictures(actor: Actor, product_ref: str) -> list[PictureRow]:
    """The pictures of a product this workspace may see, the main one first. Two statements at most.

    Refuses: NotFound.
    """
    seen = Product.objects.visible_to(actor).filter(ref=product_ref)
    rows = ProductPicture.objects.filter(product__in=seen).order_by("place")
    found = [PictureRow(*row) for row in rows.values_list("ref", "name", "width", "height")]
    if not found and not seen.exists():
        raise NotFound(what="product", ref=product_ref)
    return found


def names_shown(names: Sequence[str]) -> set[str]:
    """Which of these pictures some product shows. One statement."""
    return set(ProductPicture.objects.filter(name__in=list(names)).values_list("name", flat=True))


def file_name(name: str, size: int) -> str:
    """Where a picture's file of a size lies in the store."""
    return f"{FOLDER}/{name[:2]}/{name}-{size}.webp"


def picture_file(name: str, size: int) -> bytes:
    """A picture's file of a size. Whoever knows the name, which is made of its content, may have it.

    Refuses: NotFound.
    """
    path = file_name(name, size)
    if size not in PICTURE_SIZES:
        raise NotFound(what="picture", ref=name)
    try:
        with default_storage.open(path) as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise NotFound(what="picture", ref=name) from error
