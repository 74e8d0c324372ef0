"""Three strangers come to the platform: they sign up, apply, are admitted, and trade with each other.

The sample of `make test` has each language and each width once; `make prove` has all of them.
"""

import re
import shutil
from dataclasses import dataclass

import pytest
from django.core import mail
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.people import PASSWORD, SHOTS, Person
from tests.browser.scene import Scene
from trivium.core.tests.handed_in import pdf
from trivium.parties import queries as parties
from trivium.pricing import commands as pricing

pytestmark = pytest.mark.django_db(transaction=True)

STORIES = [(language, screen) for language in ("en", "zh-hans") for screen in ("desktop", "phone")]
SAMPLE = {("en", "desktop"), ("zh-hans", "phone")}
CALLED = {  # person, company, legal name; numbers with good check digits
    "en": {"supplier": ("Gu Yun", "Yunqi Home", "Yunqi Home Co., Ltd."),
           "partner": ("Tan Li", "Harbour Trading", "Harbour Trading Co., Ltd."),
           "buyer": ("Su Wen", "Lotus Hotel", "Lotus Hotel Co., Ltd.")},
    "zh-hans": {"supplier": ("顾云", "云启家居", "深圳市云启家居有限公司"),
                "partner": ("谭力", "海港贸易", "广州市海港贸易有限公司"),
                "buyer": ("苏雯", "莲花酒店", "珠海市莲花酒店有限公司")},
}  # fmt: skip
NUMBERS = {"supplier": "91110000600037341L", "partner": "914403001922038216", "buyer": "91440300708461136T"}
ASKED = {"supplier": {"categories": ""}, "partner": {"expected_monthly": "500000", "serves": "F"}, "buyer": {}}
WRITTEN = {"en": ("1 Keyuan Road, Shenzhen", "Welcome", "Wall light 9 W"),
           "zh-hans": ("深圳市南山区科苑路 1 号", "欢迎加入", "壁灯 9 W")}  # fmt: skip


@dataclass
class Arrival:
    """Three people nobody knows, an operator, and the goods of somebody else."""

    browser: Browser
    site: Site
    language: str
    screen: str

    def __post_init__(self) -> None:
        self.folder = f"journeys/strangers-{self.language}-{self.screen}"
        shutil.rmtree(SHOTS / self.folder, ignore_errors=True)
        self.scene = Scene(self.language)
        self.address, self.welcome, self.goods = WRITTEN[self.language]
        self.people: dict[str, Person] = {}
        self.operator = self.somebody(self.scene.operator.actor.user_id or 0)
        self.operator.sign_in()
        self._pictures = 0

    def somebody(self, who: int | str) -> Person:
        """At a browser, not signed in."""
        called = {name for names in CALLED[self.language].values() for name in names}
        mails = {f"{role}@newcomers.example" for role in NUMBERS}
        names = self.scene.names | called | mails | {self.address, self.welcome, self.goods}
        return Person(self.browser, self.site.url, who, language=self.language, screen=self.screen, names=names)

    def look(self, person: Person, name: str) -> None:
        """Keep a picture, numbered in the order of the story."""
        self._pictures += 1
        self.site.clock.move(minutes=3)
        person.look(f"{self._pictures:02d}-{name}", self.folder)

    def sign_up(self, role: str) -> None:
        """With a mail address, confirmed by the code that comes to it."""
        new = self.people[role] = self.somebody(f"{role}@newcomers.example")
        new.open("/sign-up/")
        new.speak()
        new.fill("sign-up", name=CALLED[self.language][role][0], email=new.email, password1=PASSWORD,
                 agrees_processing="1")  # fmt: skip
        self.look(new, f"{role}-signs-up")
        new.press("sign-up")
        letter = mail.outbox[-1]
        assert letter.to == [new.email]
        code = re.search(r"\b(\d{6})\b", letter.body)
        assert code is not None
        new.send("code", code=code[1])
        assert new.page.url.endswith("/welcome/")
        self.look(new, f"{role}-is-welcome")

    def apply(self, role: str) -> None:
        """Fill in the application, put the licence to it, send it."""
        new, (person, name, legal) = self.people[role], CALLED[self.language][role]
        new.open("/apply/")
        new.press(f"start-{role}")
        self.look(new, f"{role}-begins")
        facts = {"legal_name": legal, "name": name, "number": NUMBERS[role], "address": self.address,
                 "region": "440000", "industry": "F", "size": "small", "contact_name": person, "phone": "13800138000",
                 "email": new.email}
        if role != "buyer":
            facts["bank_account"] = f"622202123456789{len(role)}"
        new.fill("facts", facts | {key: value for key, value in ASKED[role].items() if value})
        for ticked in ("categories", "territory"):
            boxes = new.page.locator(f"#facts input[name='{ticked}']")
            if boxes.count():
                boxes.first.check()
        file = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": pdf(text=legal)}
        new.page.set_input_files("#facts input[name='file']", files=[file])
        self._press(new, "paper")
        self.look(new, f"{role}-application")
        self._press(new, "send")
        new.wait_for_state({"en": "Submitted", "zh-hans": "已提交"}[self.language])
        self.look(new, f"{role}-has-applied")

    def _press(self, person: Person, act: str) -> None:
        with person.page.expect_navigation():
            person.page.click(f"#facts button[formaction$='/{act}/']")

    def admit(self, role: str) -> None:
        """The operator reads it and admits the company; a buyer to the new partner."""
        boss = self.operator
        boss.open("/operator/applications/")
        with boss.page.expect_navigation():
            boss.page.click("tbody a[href*='/applications/']")
        self.look(boss, f"application-of-the-{role}")
        values = {"words": self.welcome}
        if role == "buyer":
            values["partner_ref"] = self.company("partner")
        boss.send("approve", values)
        self.look(boss, f"{role}-is-admitted")

    def company(self, role: str) -> str:
        """The reference of the company as the books know it."""
        name = CALLED[self.language][role][1]
        found = parties.organizations(self.scene.operator.actor, role=role, limit=50)
        return next(row.ref for row in found if row.name == name)

    def sign(self, role: str, terms: dict[str, object]) -> None:
        """The contract the operator has signed is signed by the newcomer."""
        boss, new = self.scene.operator.actor, self.people[role]
        kind = f"operator_{role}"
        ref = pricing.propose_share_contract(boss, kind=kind, terms=terms, party_ref=self.company(role))
        pricing.sign_share_contract(boss, ref)
        new.open(f"/{role}/contracts/{ref}/")
        self.look(new, f"{role}-contract")
        new.press("sign-contract")

    def offer(self) -> None:
        """The supplier's first product: words, price, stock, and where it is delivered to."""
        new = self.people["supplier"]
        new.open("/supplier/")
        self.look(new, "supplier-home")
        new.open("/supplier/products/")
        choices = new.form("create-product").locator("[name='category_ref'] option")
        category = choices.last.get_attribute("value") or ""
        new.send("create-product", name=self.goods, name_en=self.goods, category_ref=category, code="WL-9")
        new.send("price-", unit_price="48.00")
        new.send("count-", quantity="100")
        self.look(new, "first-product")
        new.open("/supplier/delivery/")
        new.send("put-freight", base="12.00")
        self.look(new, "delivery")

    def trade(self) -> None:
        """The first order among the three."""
        supplier, partner, buyer = (self.people[role] for role in NUMBERS)
        buyer.open("/buyer/shelf/?q=WL-9")
        self.look(buyer, "shelf")
        with buyer.page.expect_navigation():
            buyer.page.click(".goods-cards a")
        buyer.send("add-", quantity="5")
        buyer.open("/buyer/checkout/")
        buyer.send("checkout", self.scene.address, payment_method="prepaid")
        buyer.sees("¥252.00")
        order = buyer.page.url.rstrip("/").rpartition("/")[2]
        for person, role in ((supplier, "supplier"), (partner, "partner")):
            person.open(f"/{role}/orders/{order}/")
            self.look(person, f"order-of-the-{role}")
            person.press("confirm-")
        buyer.open(f"/buyer/orders/{order}/")
        buyer.wait_for("pay-")
        buyer.press("pay-")
        supplier.open(f"/supplier/orders/{order}/")
        supplier.wait_for("ship-")
        supplier.send("ship-", carrier=self.scene.carrier, tracking_numbers="SF1401")
        buyer.open(f"/buyer/orders/{order}/")
        buyer.wait_for("sign-")
        buyer.press("sign-")
        buyer.sees({"en": "Signed", "zh-hans": "已签收"}[self.language])
        self.look(buyer, "first-trade")


@pytest.mark.parametrize(
    "story",
    [pytest.param(each, marks=() if each in SAMPLE else pytest.mark.slow, id="-".join(each)) for each in STORIES],
)
def test_three_strangers_are_admitted_and_trade(browser: Browser, site: Site, story: tuple[str, str]) -> None:
    arrival = Arrival(browser, site, *story)
    for role in NUMBERS:
        arrival.sign_up(role)
        arrival.apply(role)
        arrival.admit(role)
        if role == "supplier":
            arrival.sign(role, {"fee_percent": "3", "share_percent": "8"})
        elif role == "partner":
            clauses = [{"bands": [{"from": 0, "percent": "8"}]}]
            arrival.sign(role, {"mode": "commission", "clauses": clauses})
    arrival.offer()
    arrival.trade()
