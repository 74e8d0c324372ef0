"""What happens to the range of goods. The subject is the product or the sku; names are in the catalog, not here."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductCreated(Event):
    """A supplier brought a product with so many skus."""

    sku_count: int


@dataclass(frozen=True, kw_only=True)
class ProductRevised(Event):
    """A product reads differently now; `changed` names the fields."""

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SkuRevised(Event):
    """A sku's terms of sale changed; `changed` names the fields."""

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SkuListed(Event):
    """A sku can be bought."""


@dataclass(frozen=True, kw_only=True)
class SkuDelisted(Event):
    """A sku can no longer be bought; what was ordered stays ordered."""


@dataclass(frozen=True, kw_only=True)
class ProductListed(Event):
    """A product is shown again, with those of its skus that are listed."""


@dataclass(frozen=True, kw_only=True)
class ProductDelisted(Event):
    """A product is no longer shown, whatever its skus say."""


@dataclass(frozen=True, kw_only=True)
class PicturesChanged(Event):
    """A product is shown with other pictures, or in another order; so many there are now."""

    count: int
