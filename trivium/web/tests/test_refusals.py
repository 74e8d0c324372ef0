"""What a code stands for is said as people read it: goods, amounts, laws, and who could approve."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from trivium.catalog import queries as catalog
from trivium.ordering.errors import PriceChanged
from trivium.parties.errors import CertificateMissing
from trivium.web.shared.refusals import text_of
from trivium.web.shared.words import cited


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ("1234.50", "1300.00", ("¥1,234.50", "¥1,300.00")),
        (Decimal("95.000000"), Decimal("97.125"), ("¥95.00", "¥97.125")),
    ],
)
def test_an_amount_carries_its_sign(before, now, shown):
    refusal = PriceChanged(before=before, now=now, currency="CNY", field="expected_total")
    assert all(amount in text_of(refusal) for amount in shown)


@pytest.mark.django_db
def test_a_category_is_said_by_its_name(trade):
    category = catalog.categories()[0]
    said = text_of(CertificateMissing(paper="food_licence", category=category.path, field="papers"))
    assert category.name["en"] in said and f"“{category.path}”" not in said
    assert "“gone/away”" in text_of(CertificateMissing(paper="food_licence", category="gone/away"))


@pytest.mark.django_db
def test_the_checkout_says_when_too_few_could_approve(trade):
    trade.approve_over(1)
    buyer = trade.at(trade.buyer.actor)
    page = next(part for part in buyer.open("shelf/").split('href="/buyer/products/')[1:] if trade.lamp in part)
    buyer.open(f"products/{page.split('/')[0]}/")
    buyer.send(f"add-{trade.lamp}", quantity="10")
    assert "too few people" not in buyer.open("checkout/") and "waits for an approval" in buyer.text
    trade.approve_over(1, needed=2)
    assert "too few people beside you" in buyer.open("checkout/")


def test_a_law_is_cited_by_its_name_in_the_readers_language():
    with override("en"):
        assert cited("PIPL 19 · 《电子商务法》31") == "PIPL 19 · E-Commerce Law of China 31"
    with override("zh-hans"):
        assert cited("PIPL 13(1) · GDPR 6(1)(a)") == "《个人信息保护法》13(1) · GDPR 6(1)(a)"
