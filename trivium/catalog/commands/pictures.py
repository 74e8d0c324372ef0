"""The acts on a product's pictures: add, arrange, remove; and clearing out the files nobody shows any more."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from trivium.catalog import queries, rules
from trivium.catalog.errors import PictureThere
from trivium.catalog.events import PicturesChanged
from trivium.catalog.models import Product, ProductPicture
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import publish
from trivium.core.pictures import Picture, gather, read_picture
from trivium.core.time import now
from trivium.parties import queries as parties

UNUSED_FOR = dt.timedelta(days=1)


def add_pictures(actor: Actor, product_ref: str, files: Sequence[Iterable[bytes]]) -> list[str]:
    """Put pictures on a product, behind those it has: all or none. Returns their references.

    What a file is, its content says; it is written anew in the sizes pages use, and nothing else of it is kept.
    Refuses: Denied("product.edit"), NotFound, TooManyPictures, PictureThere, and what `core.pictures` refuses.
    """
    actor.require("product.edit")
    queries.own_product(actor, product_ref)
    rules.check_pictures(len(files))
    limits = settings.TRIVIUM
    found = [
        read_picture(
            gather(chunks, megabytes=limits["PICTURE_MEGABYTES"], field="pictures"),
            sizes=rules.PICTURE_SIZES, megapixels=limits["PICTURE_MEGAPIXELS"], least=rules.PICTURE_LEAST,
            field="pictures",
        )
        for chunks in files
    ]  # fmt: skip
    _keep(found)
    return _add(actor, product_ref, found) if found else []


@act
def _add(actor: Actor, product_ref: str, found: Sequence[Picture]) -> list[str]:
    product = queries.lock_product(actor, product_ref)
    there = list(product.pictures.order_by("place").values_list("name", flat=True))
    names = [picture.name for picture in found]
    if rules.twice([*there, *names]):
        raise PictureThere(field="pictures")
    rules.check_pictures(len(there) + len(found))
    at = now()
    rows = [
        ProductPicture(product=product, place=place, name=p.name, width=p.width, height=p.height, created_at=at)
        for place, p in enumerate(found, start=len(there))
    ]
    ProductPicture.objects.bulk_create(rows)
    _tell(actor, product, at)
    return [row.ref for row in rows]


def _keep(pictures: Sequence[Picture]) -> None:
    """Write the files that no product shows yet; before the act, so that nobody waits for a disk under a lock.

    They are named by what is in them. One that lies there unused is made to look new; those of an act that is refused
    are cleared out like all that nobody shows.
    """
    shown = queries.names_shown([picture.name for picture in pictures])
    for picture in pictures:
        if picture.name in shown:
            continue
        for size, content in picture.files.items():
            path = queries.file_name(picture.name, size)
            if default_storage.exists(path):
                default_storage.delete(path)
            default_storage.save(path, ContentFile(content))


def _tell(actor: Actor, product: Product, at: dt.datetime) -> None:
    product.changed_at = at
    product.save(update_fields=["changed_at"])
    audience = (parties.names_of([product.supplier_id])[product.supplier_id].ref,)
    event = PicturesChanged(subject=product.ref, audience=audience, count=product.pictures.count())
    publish(event, actor=actor, at=at)


@act
def arrange_pictures(actor: Actor, product_ref: str, picture_refs: Sequence[str]) -> None:
    """Show a product's pictures in this order; the first is the main one.

    Refuses: Denied("product.edit"), NotFound, OtherPictures (one is missing, or not the product's).
    """
    actor.require("product.edit")
    product = queries.lock_product(actor, product_ref)
    there = {row.ref: row for row in product.pictures.order_by("place")}
    rules.check_order(picture_refs, list(there))
    if list(picture_refs) == list(there):
        return
    for place, ref in enumerate(picture_refs):
        there[ref].place = place
    ProductPicture.objects.bulk_update(there.values(), ["place"])
    _tell(actor, product, now())


@act
def remove_picture(actor: Actor, product_ref: str, picture_ref: str) -> None:
    """Take a picture off a product; those behind it move up.

    Refuses: Denied("product.edit"), NotFound.
    """
    actor.require("product.edit")
    product = queries.lock_product(actor, product_ref)
    left = list(product.pictures.order_by("place"))
    gone = next((row for row in left if row.ref == picture_ref), None)
    if gone is None:
        raise NotFound(what="picture", ref=picture_ref)
    gone.delete()
    left = [row for row in left if row.ref != picture_ref]
    for place, row in enumerate(left):
        row.place = place
    ProductPicture.objects.bulk_update(left, ["place"])
    _tell(actor, product, now())


def clear_pictures() -> int:
    """Delete the files of pictures no product has shown for a day; returns how many.

    What a browser still shows or another act is about to keep is younger than that. It writes no row.
    """
    gone = 0
    for folder in _listed(queries.FOLDER)[0]:
        paths = {name: f"{queries.FOLDER}/{folder}/{name}" for name in _listed(f"{queries.FOLDER}/{folder}")[1]}
        shown = queries.names_shown([name.partition("-")[0] for name in paths])
        for name, path in paths.items():
            if name.partition("-")[0] not in shown and _age(path) > UNUSED_FOR:
                default_storage.delete(path)
                gone += 1
    return gone


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _age(path: str) -> dt.timedelta:
    return now() - default_storage.get_modified_time(path)
