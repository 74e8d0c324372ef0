"""Companies that apply, for tests: a stranger, good facts, a reviewer; and what a refusal leaves as it was."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.ids import new_ref
from trivium.core.models import EventRecord
from trivium.core.tests.handed_in import pdf
from trivium.parties import commands
from trivium.parties.models import (
    Application,
    ApplicationStep,
    Membership,
    Organization,
    OrganizationRole,
    Paper,
    Screening,
    ScreeningResult,
)
from trivium.parties.tests.factories import SYSTEM

TODAY = dt.date(2026, 3, 2)
GOOD_NUMBER = "91110000600037341L"
OTHER_NUMBER = "914403001922038216"
FACTS: dict[str, Any] = {
    "legal_name": "深圳市云启家居有限公司",
    "name": "云启家居",
    "country": "CN",
    "number": GOOD_NUMBER,
    "region": "440300",
    "address": "深圳市福田区深南大道 6008 号",
    "industry": "F",
    "size": "small",
    "contact_name": "林悦",
    "phone": "+8613800138000",
    "email": "lin@yunqi.example",
    "bank_account": "6222021234567890123",
    "categories": ["household/paper"],
}
SCOPES = ("household", "household/paper", "fresh")
PARTNER = {"territory": ["440000"], "expected_monthly": 50_000_000, "serves": "F"}


def stranger(name: str = "Lin Yue") -> Actor:
    """Somebody who has signed up and works nowhere."""
    mail = f"{new_ref('p')}@example.test"
    goods_there_are()
    user = commands.register_person(SYSTEM, email=mail, name=name, password="correct horse 9")
    return Actor(user.pk, user.ref, None, "", "person")


def goods_there_are() -> None:
    """The categories that FACTS and the tests name, as the catalog would have told them."""
    for path in SCOPES:
        commands.register_scope(path)


def apply(actor: Actor, role: str = "supplier", *, submit: bool = True, papers: bool = True, **facts: Any) -> str:
    """An application filled in, with a licence, and handed in; returns its reference."""
    goods_there_are()
    ref = commands.start_application(actor, role)
    extra = PARTNER if role == "partner" else {}
    commands.save_application(actor, ref, version=1, facts={**FACTS, **extra, **facts})
    if papers:
        add_licence(actor, ref)
    if submit:
        commands.submit_application(actor, ref)
    return ref


def add_licence(actor: Actor, ref: str, kind: str = "business_licence", **values: Any) -> str:
    """A licence of its own content."""
    return commands.add_paper(actor, ref, kind=kind, file=[pdf(text=new_ref("L"))], file_name="licence.pdf", **values)


TABLES = (Application, ApplicationStep, Paper, Screening, ScreeningResult, Organization, OrganizationRole, Membership,
          EventRecord)  # fmt: skip


@contextmanager
def refused(kind: type[Refusal], field: str | None = None) -> Iterator[None]:
    """The block is refused and nothing has changed."""
    before = [list(table.objects.order_by("pk").values_list("pk")) for table in TABLES]
    states = list(Application.objects.order_by("pk").values_list("status", "version"))
    with pytest.raises(kind) as caught, transaction.atomic():
        yield
    assert field is None or caught.value.field == field
    assert [list(table.objects.order_by("pk").values_list("pk")) for table in TABLES] == before
    assert list(Application.objects.order_by("pk").values_list("status", "version")) == states


def events_of(ref: str) -> list[tuple[str, list[str]]]:
    return list(EventRecord.objects.filter(subject=ref).order_by("id").values_list("name", "audience"))
