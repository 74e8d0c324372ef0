"""The market on paper: the same for the same seed, and one that could be."""

from collections import Counter

from demo.credit_code import is_valid
from demo.plan import MODES, Plan, Size, make
from tests.demo.invented import STORES, purchases

SMALL = Size(suppliers=3, partners=3, buyers=6, skus=60, orders=30)


def small(seed: int = 7) -> Plan:
    return make(purchases(), seed, SMALL)


def test_same_seed_same_market():
    assert list(small().listing()) == list(small().listing())
    assert small().fingerprint() == small().fingerprint()


def test_another_seed_is_another_market():
    assert small(7).fingerprint() != small(8).fingerprint()


def test_the_market_is_as_big_as_asked_for():
    plan = small()
    assert len(plan.suppliers) == SMALL.suppliers
    assert len(plan.partners) == SMALL.partners == len(STORES)
    assert len(plan.buyers) == SMALL.buyers
    assert len(plan.skus) == SMALL.skus
    assert len(plan.orders) >= SMALL.orders
    assert {partner.mode for partner in plan.partners} == set(MODES)


def test_every_company_has_a_valid_code_and_a_name_of_its_own():
    plan = small()
    companies = [*plan.suppliers, *plan.partners, *plan.buyers]
    assert all(is_valid(company.code) and company.code[2:8] == company.city.code for company in companies)
    for names in ([c.name for c in companies], [c.legal_name for c in companies], [c.code for c in companies]):
        assert len(set(names)) == len(companies)


def test_no_two_skus_are_called_the_same():
    plan = small()
    names = [plan.sku_name(place) for place in range(len(plan.skus))]
    assert len({name.en for name in names}) == len({name.zh for name in names}) == len(names)
    assert max(Counter(sku.code for sku in plan.skus).values()) == 1


def test_orders_ask_for_what_can_be_ordered():
    plan = small()
    for order in plan.orders:
        assert order.lines
        assert all(cartons >= plan.skus[sku].moq and cartons % plan.skus[sku].moq == 0 for sku, cartons in order.lines)
        assert [part.supplier for part in order.fate.parts] == sorted(
            {plan.skus[sku].supplier for sku, _cartons in order.lines}
        )


def test_every_buyer_orders():
    plan = small()
    assert {order.buyer for order in plan.orders} == set(range(len(plan.buyers)))


def test_private_labels_are_nobodys_goods():
    products = purchases().products.to_pylist()
    private = {each["product_id"] for each in products if each["brand"] == "Private"}
    from demo.assortment import choose

    lines, _skus = choose(purchases(), SMALL.suppliers, SMALL.skus)
    assert private and not private & {product for line in lines for product in line.sku_of}
