"""The ground of the market, laid through the commands: companies, contracts, goods, prices, stock, discounts."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from demo import words
from demo.assortment import PlannedSku, product_words
from demo.logins import PASSWORD, login
from demo.plan import Plan, PlannedCompany
from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewProduct, NewSku
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.time import now
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.rules import NOTICE
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewFreightRate, NewPrice
from trivium.settlement import commands as settlement

CNY = "CNY"
DAY = dt.timedelta(days=1)
OPERATOR = words.Word("Sanhui Trading Platform", "三汇贸易平台")
VAT = "13"  # percent, in the price
STEPS = ((1, Decimal(1)), (5, Decimal("0.96")), (20, Decimal("0.92")))  # of the smallest order
MARKUP = Decimal("1.12")
BAND = {"min_percent": "0", "max_percent": "40"}
RESERVE = 3  # how many times what is going to be sold lies in stock
FREE_FROM = 500_000
CREDIT = 40_000_000
APPROVED_FROM = 200_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Company:
    """A company at work: its reference, and the people who act for it."""

    ref: str
    name: str
    boss: Actor
    colleague: Actor


@dataclass(slots=True)
class Ground:
    """Who is there. Suppliers, partners, buyers and skus stand where the plan has them."""

    plan: Plan
    operator: Company = field(init=False)
    suppliers: list[Company] = field(default_factory=list)
    partners: list[Company] = field(default_factory=list)
    buyers: list[Company] = field(default_factory=list)
    sku_refs: list[str] = field(default_factory=list)
    approving: set[int] = field(default_factory=set)


def lay(plan: Plan, tell: Tell) -> Ground:
    """Build everything that is there before the first order."""
    ground = Ground(plan)
    tell("companies")
    _admit_everybody(ground)
    _sign_contracts(ground)
    _assign_buyers(ground)
    tell("goods")
    categories = _categories(ground)
    ground.sku_refs = [""] * len(plan.skus)
    for place, supplier in enumerate(ground.suppliers):
        _fill_shelves(ground, place, supplier, categories)
    tell("prices")
    _price_for_markup(ground)
    _agree_prices(ground)
    _discount(ground)
    _trust(ground)
    return ground


# -- companies ----------------------------------------------------------------------------------------------


def _admit_everybody(ground: Ground) -> None:
    plan = ground.plan
    ref = parties.found_operator(company=f"{OPERATOR.zh} {OPERATOR.en}", currency=CNY)
    first = parties.found_person(ref, name="周敏 Zhou Min", email=login("operator"), password=PASSWORD)
    founder = Actor.system("demo")
    ground.operator = Company(
        ref, OPERATOR.en, _at_work(first.pk, ref, "operator"),
        _employ(founder, ref, "operator", "finance@demo.example", words.Word("He Ping", "何平"), "finance"),
    )  # fmt: skip
    boss = ground.operator.boss
    for role, planned, made, main in (
        ("supplier", plan.suppliers, ground.suppliers, plan.main_supplier),
        ("partner", plan.partners, ground.partners, plan.main_partner),
        ("buyer", plan.buyers, ground.buyers, plan.main_buyer),
    ):
        for place, company in enumerate(planned):
            made.append(_admit(boss, company, role, place, is_main=place == main))


def _assign_buyers(ground: Ground) -> None:
    """Partners serve buyers from the day their contract is signed."""
    for planned, buyer in zip(ground.plan.buyers, ground.buyers, strict=True):
        partner = ground.partners[planned.partner]
        parties.assign_buyer(ground.operator.boss, buyer_ref=buyer.ref, partner_ref=partner.ref)


def _admit(boss: Actor, company: PlannedCompany, role: str, place: int, *, is_main: bool) -> Company:
    organization = parties.admit_organization(
        boss, name=company.name, legal_name=company.legal_name, roles=(role,), currency=CNY,
        region=company.city.code, external_id=company.code,
    )  # fmt: skip
    first = login(role) if is_main else f"{role}{place + 1}@demo.example"
    actors = [_employ(boss, organization.ref, role, first, company.people[0], "admin")]
    if len(company.people) > 1 and (is_main or place % 6 == 0):
        second = f"purchasing{place + 1}@demo.example"
        actors.append(_employ(boss, organization.ref, role, second, company.people[1], "requester"))
    return Company(organization.ref, company.name, actors[0], actors[-1])


def _employ(admitting: Actor, ref: str, role: str, mail: str, name: words.Word, job: str) -> Actor:
    user = parties.register_person(admitting, email=mail, name=f"{name.zh} {name.en}", password=PASSWORD)
    parties.grant_role(admitting, email=mail, organization_ref=ref, role=role, job=job)
    parties.agree_at_sign_up(user.pk, ["processing"], notice=NOTICE, via="sign-in:first")
    return _at_work(user.pk, ref, role)


def _at_work(user_id: int, ref: str, role: str) -> Actor:
    actor = people.actor_of(user_id, ref, role)
    if actor is None:
        raise NotFound(what="person", ref=ref)
    return actor


def _sign_contracts(ground: Ground) -> None:
    """What the operator has with each supplier and each partner, proposed by the one and signed by both."""
    fees = (("3", "8"), ("2.5", "9"), ("3", "7"))
    for place, supplier in enumerate(ground.suppliers):
        fee, share = fees[place % len(fees)]
        terms: dict[str, Any] = {"fee_percent": fee, "share_percent": share, "markup_band": BAND}
        if place % 4 == 3:
            terms["payable"] = "at_completion"
        _sign(ground.operator, supplier, "operator_supplier", terms)
    for place, partner in enumerate(ground.partners):
        mode = ground.plan.partners[place].mode
        _sign(ground.operator, partner, "operator_partner", partner_terms(mode))


def partner_terms(mode: str) -> dict[str, Any]:
    """What a partner earns: more beyond half a million on commission, a flat service fee, or its own markup."""
    clauses = {
        "commission": [
            {"bands": [{"from": 0, "percent": "5"}, {"from": 50_000_000, "percent": "6"}]},
            {"category": "fresh", "bands": [{"from": 0, "percent": "6"}]},
        ],
        "service_fee": [{"bands": [{"from": 0, "percent": "4"}]}],
        "markup": [],
    }
    return {"mode": mode, "currency": CNY, "clauses": clauses[mode]}


def _sign(operator: Company, party: Company, kind: str, terms: Mapping[str, Any]) -> None:
    ref = pricing.propose_share_contract(operator.boss, kind=kind, terms=terms, party_ref=party.ref)
    pricing.sign_share_contract(operator.boss, ref)
    pricing.sign_share_contract(party.boss, ref)


# -- goods and prices -----------------------------------------------------------------------------------------


def _categories(ground: Ground) -> dict[str, str]:
    refs: dict[str, str] = {}
    for each in words.ranges():
        refs[each.code] = catalog.create_category(
            ground.operator.boss, code=each.code, name=each.words.both, parent_ref=refs.get(each.parent)
        )
    return refs


def _fill_shelves(ground: Ground, place: int, supplier: Company, categories: Mapping[str, str]) -> None:
    """A supplier's products with their skus, its price list with steps, its freight rates and its stock."""
    plan = ground.plan
    own = [number for number, sku in enumerate(plan.skus) if sku.supplier == place]
    refs = _create(supplier.boss, plan, own, categories)
    for number in own:
        ground.sku_refs[number] = refs[plan.skus[number].code]
    pricing.publish_price_list(
        supplier.boss, name="经销价 Trade prices", currency=CNY, tax_rate=VAT,
        prices=[price for number in own for price in _steps(refs[plan.skus[number].code], plan.skus[number])],
    )  # fmt: skip
    pricing.set_freight_rates(supplier.boss, _freight(place))
    sold = Counter(dict.fromkeys(own, 0))
    for order in plan.orders:
        sold.update({sku: cartons for sku, cartons in order.lines if sku in sold})
    inventory.receive(
        supplier.boss, [Item(ground.sku_refs[n], _stock(plan.skus[n], count, n)) for n, count in sold.items()],
        key="opening",
    )  # fmt: skip


def _create(
    actor: Actor, plan: Plan, own: Iterable[int], categories: Mapping[str, str]
) -> dict[str, str]:
    """Products by brand and variety, their packs being the skus. Returns the skus' references by code."""
    grouped: dict[tuple[int, int, int], list[int]] = {}
    for number in own:
        sku = plan.skus[number]
        grouped.setdefault((sku.good, sku.brand, sku.variety), []).append(number)
    made = catalog.create_products(actor, [_product(plan, numbers, categories) for numbers in grouped.values()])
    return {code: ref for each in made for code, ref in each.sku_refs.items()}


def _product(plan: Plan, numbers: list[int], categories: Mapping[str, str]) -> NewProduct:
    first = plan.skus[numbers[0]]
    brand = plan.suppliers[first.supplier].brands[first.brand]
    skus = [
        NewSku(
            code=plan.skus[n].code, name=plan.sku_name(n).both, unit="carton", moq=plan.skus[n].moq,
            quantity_step=plan.skus[n].moq, weight_g=plan.skus[n].pack.grams,
        )
        for n in numbers
    ]  # fmt: skip
    return NewProduct(
        name=product_words(first, brand).both,
        category_ref=categories[words.goods()[first.good].range],
        skus=skus,
    )


def _steps(ref: str, sku: PlannedSku, factor: Decimal = Decimal(1)) -> list[NewPrice]:
    cent = Decimal("0.01")
    return [NewPrice(ref, sku.moq * times, (sku.price * factor * off).quantize(cent)) for times, off in STEPS]


def _freight(place: int) -> list[NewFreightRate]:
    """By weight; free from an order of a size; express where a supplier offers it."""
    base = 2000 + 500 * (place % 4)
    by_kg = 20 + 5 * (place % 3)
    rates = [
        NewFreightRate(delivery_method="standard", currency=CNY, base=base, per_kg=by_kg, free_from=FREE_FROM)
    ]
    if place % 2 == 0:
        rates.append(NewFreightRate(delivery_method="express", currency=CNY, base=base * 2, per_kg=60))
    return rates


def _stock(sku: PlannedSku, sold: int, number: int) -> int:
    """What is going to be sold and as much again; of one sku in twenty hardly more than that."""
    if number % 20 == 7:
        return sold + sku.moq
    return sold * RESERVE + sku.moq * (20 + number % 60)


def _price_for_markup(ground: Ground) -> None:
    """A partner that earns by markup lists its own prices of what every supplier sells."""
    plan = ground.plan
    for place, partner in enumerate(ground.partners):
        if plan.partners[place].mode != "markup":
            continue
        for whose, supplier in enumerate(ground.suppliers):
            prices = [
                price
                for number, sku in enumerate(plan.skus) if sku.supplier == whose
                for price in _steps(ground.sku_refs[number], sku, MARKUP)
            ]  # fmt: skip
            pricing.publish_price_list(
                partner.boss, name="渠道价 Channel prices", currency=CNY, supplier_ref=supplier.ref, prices=prices,
                tax_rate=VAT,
            )  # fmt: skip


def _agree_prices(ground: Ground) -> None:
    """Some buyers have prices of their own on what they buy most."""
    plan = ground.plan
    bought: dict[int, Counter[int]] = {}
    for order in plan.orders:
        bought.setdefault(order.buyer, Counter()).update(sku for sku, _cartons in order.lines)
    for buyer, skus in sorted(bought.items()):
        if buyer % 6 and buyer != plan.main_buyer:
            continue
        partner = plan.buyers[buyer].partner
        is_markup = plan.partners[partner].mode == "markup"
        for sku, _times in skus.most_common(3):
            planned = plan.skus[sku]
            seller = ground.partners[partner] if is_markup else ground.suppliers[planned.supplier]
            factor = MARKUP * Decimal("0.97") if is_markup else Decimal("0.93")
            pricing.agree_contract_price(
                seller.boss, buyer_ref=ground.buyers[buyer].ref, sku_ref=ground.sku_refs[sku], currency=CNY,
                unit_price=(planned.price * factor).quantize(Decimal("0.01")), tax_rate=VAT,
            )  # fmt: skip


# -- discounts and trust --------------------------------------------------------------------------------------


def _discount(ground: Ground) -> None:
    boss = ground.operator.boss
    shared = [{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}]
    pricing.launch_promotion(
        boss, name={"en": "¥200 off from ¥8,000", "zh-hans": "满 8000 减 200"}, amount_off=20_000, threshold=800_000,
        currency=CNY, funders=shared, recheck_on_return=True,
    )  # fmt: skip
    for place, supplier in enumerate(ground.suppliers):
        if place % 5 == 2:
            pricing.launch_promotion(
                supplier.boss, name={"en": "New customers’ season, 3% off", "zh-hans": "新客季 97 折"}, kind="line",
                percent="3",
            )  # fmt: skip
    name = {"en": "Welcome, ¥100 off", "zh-hans": "迎新立减 100 元"}
    pricing.create_coupon(boss, code=COUPON, name=name, amount_off=10_000, min_spend=200_000, currency=CNY,
                          per_buyer=3)  # fmt: skip
    for place, partner in enumerate(ground.partners):
        pricing.create_coupon(
            partner.boss, code=f"PARTNER{place + 1}", amount_off=5_000, min_spend=300_000, currency=CNY, per_buyer=2,
            name={"en": "Partner’s thanks, ¥50 off", "zh-hans": "渠道回馈 50 元"},
        )  # fmt: skip
        _partners_season(partner.boss, place)


def _partners_season(boss: Actor, place: int) -> None:
    """What a partner gives its buyers over the time of the market: one holds, one is over, one is still to come."""
    begins = now()
    pricing.launch_promotion(
        boss, name={"en": "Restocking, 1% off from ¥5,000", "zh-hans": "补货季满 5000 享 99 折"}, percent="1", lane=1,
        threshold=500_000, currency=CNY,
    )  # fmt: skip
    pricing.launch_promotion(
        boss, name={"en": "Year’s end, ¥120 off", "zh-hans": "年终立减 120 元"}, amount_off=12_000, lane=1,
        threshold=600_000, currency=CNY, starts_at=begins + 100 * DAY,
    )  # fmt: skip
    pricing.create_coupon(
        boss, code=f"OPENING{place + 1}", percent="2", uses=20, ends_at=begins + 30 * DAY,
        name={"en": "Opening, 2% off", "zh-hans": "开业 98 折"},
    )  # fmt: skip


COUPON = "HELLO100"


def _trust(ground: Ground) -> None:
    """Who may buy on account, and whose orders their own company approves."""
    boss = ground.operator.boss
    for place, buyer in enumerate(ground.buyers):
        settlement.set_credit_limit(boss, buyer.ref, CREDIT // (1 + place % 4), CNY)
        if buyer.colleague != buyer.boss:
            ground.approving.add(place)
            parties.set_approval_rule(
                buyer.boss, organization_ref=buyer.ref, threshold=APPROVED_FROM, currency=CNY
            )
