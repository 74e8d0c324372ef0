"""What a dump of the database tells: of phones, doors, accounts and papers that went through all of it, nothing."""

import base64
import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from tests.redteam.ground import People
from trivium.api.tests.scene import Scene, order_body
from trivium.core import rotation, sql, vault
from trivium.core.jobs import drain
from trivium.core.tests.handed_in import pdf
from trivium.ordering.models import Order
from trivium.parties import commands as parties
from trivium.parties.tests.applying import FACTS, stranger
from trivium.web.account.tests.conftest import Stranger

pytestmark = pytest.mark.django_db

OF_THE_ORDER, OF_THE_CONTACT = "+8613711112222", "+8613733334444"
OF_THE_APPLICANT, OF_THE_PERSON = "+8613755556666", "+8613777778888"
STREET, POSTCODE, RECEIVER = "9417 Marker Lane gate 3", "518417", "Marker Receiver 9417"
ACCOUNTS = {"of the applicant": "6222029417000011112", "of the company": "6222029417000033334"}
PAPER = "Licence text 9417"


def forms_of(text: str) -> list[str]:
    """A text as it stands, as bytes are printed, and without what may be written otherwise."""
    plain = text.removeprefix("+86")
    return [text, plain, text.encode().hex(), plain.encode().hex()]


def shown_by_a_dump(markers: dict[str, str]) -> list[tuple[str, str]]:
    """(table, what) for each marker that some row of some table shows; sessions and cache are unpacked first."""
    found = []
    for table in connection.introspection.table_names():
        for what, text in markers.items():
            for form in forms_of(text):
                ((count,),) = sql.rows(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [form])
                found += [(table, what)] * bool(count)
    packed = [value for (value,) in sql.rows("SELECT session_data FROM django_session")]
    packed += [value for (value,) in sql.rows("SELECT value FROM core_cache")]
    unpacked = "\n".join(base64.b64decode(value + "==", validate=False).decode("latin-1") for value in packed)
    return found + [("packed", what) for what, text in markers.items() if text.encode().decode("latin-1") in unpacked]


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    sent: list[tuple[str, str]] = []

    class Sender:
        name = "kept"

        def send(self, number: str, text: str) -> None:
            sent.append((number, text))

    monkeypatch.setattr("trivium.web.account.adapter.text_sender", lambda: Sender())
    return sent


@pytest.fixture
def markers(scene: Scene, texts: list[tuple[str, str]]) -> dict[str, str]:
    """Everything that may be personal goes once through API, pages, commands and jobs."""
    ship_to = {"name": RECEIVER, "phone": OF_THE_ORDER, "country": "CN", "region": "440305", "city": "Shenzhen",
               "street": STREET, "postcode": POSTCODE}  # fmt: skip
    buyer, supplier = scene.callers["buyer"], scene.callers["supplier"]
    placed = buyer.post("/orders", order_body(scene.mine.refs["sku"], ship_to=ship_to), key="marker-order")
    assert placed.status == 201, placed.data
    hands = People.of(scene, scene.mine).buyer
    assert STREET in hands.open(f"orders/{placed.data['ref']}/")
    assert OF_THE_ORDER in scene.callers["supplier"].get(f"/orders/{placed.data['ref']}").body.decode()
    contact = {"name": "Marker", "phone": OF_THE_CONTACT}
    assert supplier.post("/contacts", contact, key="marker-contact").status == 201
    account = {"seen": 10**9, "kind": "bank", "reason": "new", "holder": "A", "account": ACCOUNTS["of the company"]}
    assert supplier.post("/change-requests", account, key="marker-account").status == 201
    person = stranger("Marker")
    application = parties.start_application(person, "supplier")
    facts = {**FACTS, "phone": OF_THE_APPLICANT, "bank_account": ACCOUNTS["of the applicant"]}
    parties.save_application(person, application, version=1, facts=facts)
    parties.add_paper(person, application, kind="business_licence", file=[pdf(text=PAPER)], file_name="licence.pdf")
    parties.submit_application(person, application)
    signing_up = Stranger(texts)
    signing_up.open("/sign-up/phone/")
    signing_up.send("sign-up", name="Marker", phone=OF_THE_PERSON, agrees_processing="1")
    signing_up.send("code", code=signing_up.text_code())
    assert signing_up.is_in and get_user_model().objects.filter(pk=signing_up.client.session["_auth_user_id"]).exists()
    drain()
    return {
        "phone of the order": OF_THE_ORDER, "phone of the contact": OF_THE_CONTACT, "street": STREET,
        "receiver": RECEIVER, "phone of the applicant": OF_THE_APPLICANT, "phone of the person": OF_THE_PERSON,
        "paper": PAPER, **{f"account {whose}": number for whose, number in ACCOUNTS.items()},
    }  # fmt: skip


def test_a_dump_shows_none_of_it(markers: dict[str, str]) -> None:
    assert shown_by_a_dump(markers) == []
    for path in settings.MEDIA_ROOT.rglob("*") if settings.MEDIA_ROOT else ():
        content = b"" if path.is_dir() else path.read_bytes()
        assert not any(text.encode() in content for text in markers.values()), path


def test_the_search_would_have_found_them(markers: dict[str, str]) -> None:
    """The marker test can fail: one row in clear is found, whichever way it is written."""
    sql.execute("UPDATE parties_organization SET address = %s WHERE ref = %s", [STREET, _some_company()])
    row = Order.objects.order_by("-pk")[0]
    sql.execute("UPDATE ordering_order SET po_number = %s WHERE id = %s", [OF_THE_ORDER.encode().hex(), row.pk])
    tables = {table for table, _what in shown_by_a_dump(markers)}
    assert {"parties_organization", "ordering_order"} <= tables


def test_other_keys_read_all_of_it_after_a_rotation(markers: dict[str, str], settings: Any) -> None:
    old, new = vault.ring(), "the-new-key-of-this-test-is-long-enough-for-it"
    texts = settings.VAULT_KEYS if isinstance(settings.VAULT_KEYS, str) else settings.VAULT_KEYS.read_text()
    settings.VAULT_KEYS = " ".join([new, *texts.split()])
    behind = rotation.outdated()
    places = ("ordering_order.receiver", "core_idempotencyrecord.body", "django_session.session_data")
    assert all(behind[place] for place in places)
    outcome = rotation.rotate(lambda place, count: None)
    assert outcome.unreadable == [] and not any(rotation.outdated().values())
    settings.VAULT_KEYS = new
    assert old.current.id not in rotation.keys_in_use()
    receivers = [json.loads(each.receiver)["phone"] for each in Order.objects.all()]
    assert OF_THE_ORDER in receivers and shown_by_a_dump(markers) == []


def _some_company() -> str:
    ((ref,),) = sql.rows("SELECT ref FROM parties_organization ORDER BY id LIMIT 1")
    return str(ref)
