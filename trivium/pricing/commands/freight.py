"""Freight rates, and the volume a partner's bands go by."""

from collections.abc import Sequence

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.pricing import queries, rules
from trivium.pricing.errors import BadCountry, DuplicateRate, TooManyPrices
from trivium.pricing.events import FreightRatesSet
from trivium.pricing.models import FreightRate
from trivium.pricing.rules import NewFreightRate

SET_LIMIT = 5_000


@act
def set_freight_rates(actor: Actor, rates: Sequence[NewFreightRate], *, supplier_ref: str | None = None) -> int:
    """Replace all freight rates of a supplier; what is not named is no longer delivered to. Returns how many
    stand.

    Refuses: Denied("freight.edit"), NotFound (supplier), BadAmountOff, BadCurrency, BadCountry,
    DuplicateRate, TooManyPrices.
    """
    actor.require("freight.edit")
    if len(rates) > SET_LIMIT:
        raise TooManyPrices(field="rates", count=len(rates), limit=SET_LIMIT)
    supplier = queries.seller_for(actor, supplier_ref)
    clean = [_clean(supplier.supplier_id, rate) for rate in rates]
    seen = {_place(rate) for rate in clean}
    if len(seen) < len(clean):
        raise DuplicateRate(field="rates")
    list(FreightRate.objects.filter(supplier_id=supplier.supplier_id).locked())
    FreightRate.objects.filter(supplier_id=supplier.supplier_id).delete()
    FreightRate.objects.bulk_create(clean)
    event = FreightRatesSet(subject=supplier.supplier_ref, audience=(supplier.supplier_ref,), rates=len(clean))
    publish(event, actor=actor, at=now())
    return len(clean)


@act
def put_freight_rate(actor: Actor, rate: NewFreightRate, *, supplier_ref: str | None = None) -> None:
    """Set one rate of a supplier: a new one, or in place of the one for the same way, place and currency.

    Refuses: Denied("freight.edit"), NotFound (supplier), BadAmountOff, BadCurrency, BadCountry, TooManyPrices.
    """
    actor.require("freight.edit")
    supplier = queries.seller_for(actor, supplier_ref)
    clean = _clean(supplier.supplier_id, rate)
    there = _others(clean)
    if len(there) >= SET_LIMIT:
        raise TooManyPrices(field="rates", count=len(there) + 1, limit=SET_LIMIT)
    clean.save(force_insert=True)
    event = FreightRatesSet(subject=supplier.supplier_ref, audience=(supplier.supplier_ref,), rates=len(there) + 1)
    publish(event, actor=actor, at=now())


@act
def remove_freight_rate(actor: Actor, rate: NewFreightRate, *, supplier_ref: str | None = None) -> None:
    """Deliver no longer by this way to this place in this currency; the rate's amounts do not count.

    Refuses: Denied("freight.edit"), NotFound (supplier, rate).
    """
    actor.require("freight.edit")
    supplier = queries.seller_for(actor, supplier_ref)
    clean = _clean(supplier.supplier_id, rate)
    before = FreightRate.objects.filter(supplier_id=supplier.supplier_id).count()
    there = _others(clean)
    if len(there) == before:
        raise NotFound(what="rate", ref=rate.delivery_method)
    event = FreightRatesSet(subject=supplier.supplier_ref, audience=(supplier.supplier_ref,), rates=len(there))
    publish(event, actor=actor, at=now())


def _others(rate: FreightRate) -> list[FreightRate]:
    """All other rates of the supplier, locked; one in this one's place is deleted."""
    there = list(FreightRate.objects.filter(supplier_id=rate.supplier_id).locked())
    its = [each for each in there if _place(each) == _place(rate)]
    FreightRate.objects.filter(pk__in=[each.pk for each in its]).delete()
    return [each for each in there if each not in its]


def _place(rate: FreightRate) -> tuple[str, str, str, str]:
    return rate.delivery_method, rate.currency, rate.country, rate.region_prefix


def _clean(supplier_id: int, rate: NewFreightRate) -> FreightRate:
    country = clean_text(rate.country, limit=2, field="country", required=False)
    if country and not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise BadCountry(field="country", value=country)
    return FreightRate(
        supplier_id=supplier_id, country=country,
        delivery_method=clean_text(rate.delivery_method, limit=20, field="delivery_method"),
        region_prefix=clean_text(rate.region_prefix, limit=20, field="region_prefix", required=False),
        currency=rules.parse_currency(rate.currency), base=rules.parse_amount(rate.base, field="base"),
        per_kg=rules.parse_amount(rate.per_kg, field="per_kg"),
        free_from=None if rate.free_from is None else rules.parse_amount(rate.free_from, field="free_from"),
    )  # fmt: skip


_SPEND = """
INSERT INTO pricing_partnerstanding AS s (partner_id, currency, volume)
SELECT partner_id, currency, sum(amount)
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS t(partner_id, currency, amount)
GROUP BY partner_id, currency ORDER BY partner_id, currency
ON CONFLICT (partner_id, currency) DO UPDATE SET volume = s.volume + EXCLUDED.volume
"""


@act
def record_spends(spends: Sequence[tuple[int, str, int]]) -> None:
    """Add to the volumes partners stand on: (partner id, currency, minor units), negative when goods came
    back.

    The band of a later order goes by it; placed orders keep theirs. One statement for any number.
    """
    if spends:
        sql.execute(_SPEND, sql.columns([(partner, currency, amount) for partner, currency, amount in spends], 3))


@act
def record_spend(partner_id: int, amount: int, currency: str) -> None:
    """Add to the volume one partner stands on (see `record_spends`)."""
    record_spends([(partner_id, currency, amount)])
