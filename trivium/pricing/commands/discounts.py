"""Promotions and coupons: giving them, using them up, giving them back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError

from trivium.catalog import queries as catalog
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.pricing import rules
from trivium.pricing.errors import (
    BadCouponCode,
    BadKind,
    BadNumber,
    CouponCodeTaken,
    CouponRefused,
    FundedByOthers,
)
from trivium.pricing.events import CouponCreated, CouponEnded, PromotionEnded, PromotionLaunched
from trivium.pricing.models import Coupon, Promotion

Words = str | Mapping[str, str]
NAME_LIMIT = 120
MAX_LANE = 100
MAX_USES = 10**9


@act
def launch_promotion(
    actor: Actor,
    *,
    name: Words,
    kind: str = "order",
    lane: int = 0,
    percent: Decimal | int | str | None = None,
    amount_off: int | None = None,
    threshold: int = 0,
    currency: str = "",
    funders: Sequence[Mapping[str, object]] | None = None,
    supplier_ref: str | None = None,
    sku_ref: str | None = None,
    category_ref: str | None = None,
    partner_ref: str | None = None,
    recheck_on_return: bool = False,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
) -> str:
    """Lower prices for a time, on lines ("line") or on whole orders ("order"); returns the promotion's
    reference.

    Amounts are minor units of `currency`. The operator says who funds it. A supplier or partner gives away
    only what it pays for itself: a supplier on its own goods, a partner to its own buyers.

    Refuses: Denied("promotion.launch"), FundedByOthers, BadFunders, BadDiscount, BadPercent, BadAmountOff,
    BadCurrency, BadWindow, NotFound (supplier, sku, category, partner).
    """
    actor.require("promotion.launch")
    at = now()
    off, amount = rules.clean_discount(percent, amount_off)
    least = rules.parse_amount(threshold, field="threshold")
    payers = _payers(actor, funders)
    supplier_id, partner_id = _scope_of(actor, supplier_ref, partner_ref)
    promotion = Promotion(
        name=_words(name), kind=_kind(kind), lane=_whole(lane, MAX_LANE, "lane"), percent=off, amount_off=amount,
        threshold=least, currency=rules.parse_currency(currency) if amount or least or currency else "",
        supplier_id=supplier_id, partner_id=partner_id, sku_id=_sku(sku_ref, supplier_id),
        category_path=catalog.categories_by_ref([category_ref])[category_ref].path if category_ref else "",
        funders=[{"party": party, "weight": weight} for party, weight in payers],
        recheck_on_return=bool(recheck_on_return), starts_at=starts_at or at, ends_at=ends_at,
        owner_id=actor.organization_id, owner_role=actor.role, created_at=at,
    )  # fmt: skip
    rules.check_window(promotion.starts_at, ends_at)
    promotion.save(force_insert=True)
    publish(PromotionLaunched(subject=promotion.ref, audience=(actor.organization_ref,)), actor=actor, at=at)
    return promotion.ref


@act
def end_promotion(actor: Actor, promotion_ref: str) -> None:
    """End a promotion now. Orders placed before keep it.

    Refuses: Denied("promotion.launch"), NotFound.
    """
    actor.require("promotion.launch")
    mine = Promotion.objects.visible_to(actor).filter(ref=promotion_ref)
    if not mine.exists():
        raise NotFound(what="promotion", ref=promotion_ref)
    if mine.filter(is_active=True).update(is_active=False):
        publish(PromotionEnded(subject=promotion_ref, audience=(actor.organization_ref,)), actor=actor, at=now())


@act
def create_coupon(
    actor: Actor,
    *,
    code: str,
    name: Words = "",
    percent: Decimal | int | str | None = None,
    amount_off: int | None = None,
    min_spend: int = 0,
    currency: str = "",
    uses: int | None = None,
    per_buyer: int | None = 1,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
) -> str:
    """Make a coupon that whoever knows its code may use, `uses` times in all and `per_buyer` times each
    (None: no limit); returns its reference. Who makes it pays for it: the operator, a partner for its buyers,
    a supplier for its goods. Codes differ by more than case.

    Refuses: Denied("coupon.create"), CouponCodeTaken, BadDiscount, BadPercent, BadAmountOff, BadCurrency,
    BadWindow.
    """
    actor.require("coupon.create")
    at = now()
    off, amount = rules.clean_discount(percent, amount_off)
    least = rules.parse_amount(min_spend, field="min_spend")
    funder = actor.role if actor.is_role("partner", "supplier") else "operator"
    coupon = Coupon(
        code=_code(code), name=_words(name, required=False), percent=off, amount_off=amount, min_spend=least,
        currency=rules.parse_currency(currency) if amount or least or currency else "",
        funder=funder, funder_organization_id=None if funder == "operator" else actor.organization_id,
        uses_left=None if uses is None else _whole(uses, MAX_USES, "uses", least=1),
        per_buyer=None if per_buyer is None else _whole(per_buyer, MAX_USES, "per_buyer", least=1),
        starts_at=starts_at or at, ends_at=ends_at, owner_id=actor.organization_id, owner_role=actor.role,
        created_at=at,
    )  # fmt: skip
    rules.check_window(coupon.starts_at, ends_at)
    try:
        coupon.save(force_insert=True)
    except IntegrityError as error:
        raise CouponCodeTaken(field="code", coupon=coupon.code) from error
    publish(CouponCreated(subject=coupon.ref, audience=(actor.organization_ref,)), actor=actor, at=at)
    return coupon.ref


@act
def end_coupon(actor: Actor, coupon_ref: str) -> None:
    """Let a coupon be used no more. Orders placed before keep it.

    Refuses: Denied("coupon.create"), NotFound.
    """
    actor.require("coupon.create")
    mine = Coupon.objects.visible_to(actor).filter(ref=coupon_ref)
    if not mine.exists():
        raise NotFound(what="coupon", ref=coupon_ref)
    if mine.filter(is_active=True).update(is_active=False):
        publish(CouponEnded(subject=coupon_ref, audience=(actor.organization_ref,)), actor=actor, at=now())


# Check and take in one step. The coupons are locked in id order; a coupon without a limit in all is read, not
# locked. A cap that does not hold gives fewer rows than were asked for, and the act is undone.
_REDEEM = """
WITH wanted AS (
    SELECT id, per_buyer FROM pricing_coupon
    WHERE id = ANY(%(ids)s::bigint[]) AND uses_left IS NULL AND is_active
), locked AS (
    SELECT id FROM pricing_coupon WHERE id = ANY(%(ids)s::bigint[]) AND uses_left IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
), taken AS (
    UPDATE pricing_coupon c SET uses_left = c.uses_left - 1 FROM locked
    WHERE c.id = locked.id AND c.uses_left > 0 AND c.is_active RETURNING c.id, c.per_buyer
), usable AS (
    SELECT id, per_buyer FROM wanted UNION ALL SELECT id, per_buyer FROM taken
), allowed AS (
    INSERT INTO pricing_couponallowance AS a (coupon_id, buyer_id, used, allowed)
    SELECT id, %(buyer)s::bigint, 1, per_buyer FROM usable WHERE per_buyer IS NOT NULL ORDER BY id
    ON CONFLICT (coupon_id, buyer_id) DO UPDATE SET used = a.used + 1, allowed = EXCLUDED.allowed
    WHERE a.used < EXCLUDED.allowed RETURNING a.coupon_id AS id
), good AS (
    SELECT id FROM usable WHERE per_buyer IS NULL UNION ALL SELECT id FROM allowed
)
INSERT INTO pricing_couponuse (coupon_id, buyer_id, subject, status, at)
SELECT id, %(buyer)s::bigint, %(subject)s::text, 'held', %(at)s::timestamptz FROM good RETURNING coupon_id
"""


@act
def redeem_coupon(coupon_ids: Sequence[int], *, buyer_id: int, subject: str, at: dt.datetime) -> None:
    """Use up one use of each coupon for an order (`subject`), held until the order completes or gives it
    back.

    Both caps hold under any number of buyers at once: the use is taken and checked in one locked step, and
    the columns' constraints stand behind it. One statement for any number of coupons.

    Refuses: CouponRefused("used_up"), and then nothing is taken.
    """
    if not coupon_ids:
        return
    ids = sorted(set(coupon_ids))
    used = sql.rows(_REDEEM, {"ids": ids, "buyer": buyer_id, "subject": subject, "at": at})
    missing = set(ids) - {row[0] for row in used}
    if missing:
        code = Coupon.objects.filter(pk__in=missing).order_by("pk").values_list("code", flat=True).first()
        raise CouponRefused(coupon=code or "", reason="used_up")


# Coupons are locked before anything is written, allowances after them, as in `_REDEEM`: the count asks for that, since
# the order in which parts of a statement that write are carried out is nobody's promise.
_RELEASE = """
WITH locked AS (
    SELECT u.id, u.coupon_id FROM pricing_couponuse u
    WHERE u.subject = ANY(%(subjects)s::text[]) AND u.status IN ('held', 'redeemed') ORDER BY u.id FOR NO KEY UPDATE
), coupons AS (
    SELECT id, ends_at FROM pricing_coupon WHERE id IN (SELECT coupon_id FROM locked) AND uses_left IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
), freed AS (
    UPDATE pricing_couponuse u
    SET status = CASE WHEN c.ends_at IS NULL OR c.ends_at > %(at)s::timestamptz THEN 'returned' ELSE 'lapsed' END,
        resolved_at = %(at)s::timestamptz
    FROM locked, pricing_coupon c
    WHERE u.id = locked.id AND c.id = u.coupon_id AND (SELECT count(*) FROM coupons) >= 0
    RETURNING u.coupon_id, u.buyer_id, u.status
), back AS (
    UPDATE pricing_coupon c SET uses_left = c.uses_left + f.times
    FROM (SELECT coupon_id, count(*)::int AS times FROM freed WHERE status = 'returned' GROUP BY coupon_id) f, coupons
    WHERE c.id = f.coupon_id AND coupons.id = c.id RETURNING c.id
), again AS (
    UPDATE pricing_couponallowance a SET used = a.used - f.times
    FROM (SELECT coupon_id, buyer_id, count(*)::int AS times FROM freed WHERE status = 'returned'
          GROUP BY coupon_id, buyer_id) f
    WHERE a.coupon_id = f.coupon_id AND a.buyer_id = f.buyer_id RETURNING a.id
)
SELECT coupon_id FROM freed WHERE status = 'returned'
"""


@act
def release_coupons(subjects: Sequence[str], *, at: dt.datetime) -> int:
    """Give back the coupons of orders that were undone, or of which every line came back; returns how many.

    A coupon that has expired meanwhile lapses. A second call finds nothing to do. One statement for any
    number.
    """
    return len(sql.rows(_RELEASE, {"subjects": list(subjects), "at": at}))


@act
def release_coupon(subject: str, *, at: dt.datetime) -> int:
    """Give back the coupons of one order (see `release_coupons`)."""
    return release_coupons([subject], at=at)


@act
def spend_coupons(subjects: Sequence[str], *, at: dt.datetime) -> int:
    """Note that the orders that held these coupons are complete; returns how many became redeemed."""
    return sql.execute(
        "UPDATE pricing_couponuse SET status = 'redeemed', resolved_at = %s "
        "WHERE subject = ANY(%s::text[]) AND status = 'held'",
        [at, list(subjects)],
    )


def _payers(actor: Actor, funders: object) -> tuple[tuple[rules.Funder, int], ...]:
    if not actor.is_role("supplier", "partner"):
        return rules.clean_funders(funders if funders is not None else [{"party": "operator", "weight": 1}])
    own = [{"party": actor.role, "weight": 1}]
    payers = rules.clean_funders(funders if funders is not None else own)
    if {party for party, _weight in payers} != {actor.role}:
        raise FundedByOthers(permission="promotion.launch", field="funders")
    return payers


def _scope_of(actor: Actor, supplier_ref: str | None, partner_ref: str | None) -> tuple[int | None, int | None]:
    """(supplier, partner) a promotion is limited to: one's own for a supplier or partner, else the named
    ones.
    """
    refs = [ref for ref in (supplier_ref, partner_ref) if ref]
    found = parties.parties_by_ref(refs) if refs else {}
    for ref, field in ((supplier_ref, "supplier_ref"), (partner_ref, "partner_ref")):
        if ref and ref not in found:
            raise NotFound(what=field.removesuffix("_ref"), ref=ref, field=field)
    supplier_id = found[supplier_ref].id if supplier_ref else None
    partner_id = found[partner_ref].id if partner_ref else None
    if actor.is_role("supplier"):
        if supplier_id not in (None, actor.organization_id):
            raise NotFound(what="supplier", ref=supplier_ref, field="supplier_ref")
        supplier_id = actor.organization_id
    if actor.is_role("partner"):
        if partner_id not in (None, actor.organization_id):
            raise NotFound(what="partner", ref=partner_ref, field="partner_ref")
        partner_id = actor.organization_id
    return supplier_id, partner_id


def _sku(sku_ref: str | None, supplier_id: int | None) -> int | None:
    if not sku_ref:
        return None
    sku = catalog.tradable([sku_ref]).get(sku_ref)
    if sku is None or supplier_id not in (None, sku.supplier_id):
        raise NotFound(what="sku", ref=sku_ref, field="sku_ref")
    return sku.id


def _words(name: Words, *, required: bool = True) -> dict[str, str]:
    given = {"en": name} if isinstance(name, str) else dict(name)
    clean = {str(lang)[:12]: clean_text(text, limit=NAME_LIMIT, field="name", required=required)
             for lang, text in given.items()}  # fmt: skip
    return {lang: text for lang, text in clean.items() if text}


def _code(code: str) -> str:
    clean = clean_text(code, limit=40, field="code")
    if not clean.isprintable() or any(character.isspace() for character in clean):
        raise BadCouponCode(field="code")
    return clean


def _kind(kind: str) -> str:
    if kind not in ("line", "order"):
        raise BadKind(field="kind", value=str(kind)[:40])
    return kind


def _whole(value: object, most: int, field: str, *, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadNumber(field=field, min=least, max=most)
    return value
