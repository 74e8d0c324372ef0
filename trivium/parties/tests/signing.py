"""What tests of agreements do again and again."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.core.time import business_day, now
from trivium.parties import commands, queries

TITLE = {"en": "Buyer agreement", "zh-hans": "采购商服务协议"}
TEXT = {"en": "Orders are paid.", "zh-hans": "订单应付款。"}
BOTH = {"en": "Terms", "zh-hans": "条款"}


def day(days):
    return business_day(now()) + dt.timedelta(days=days)


def draft(desk, role="buyer", text="One."):
    return commands.draft_agreement(desk, role=role, title=BOTH, text={"en": text, "zh-hans": "一。"})


def publish(desk, ref, *, text="", binds_in=None, **given):
    view = queries.get_agreement(desk, ref)
    if text:
        commands.change_draft(desk, ref, seen=view.draft_hash, title=BOTH, text={"en": text, "zh-hans": text})
        view = queries.get_agreement(desk, ref)
    binds = day(binds_in or (7 if view.versions else 1))
    return commands.publish_agreement(desk, ref, seen=view.draft_hash, binds_on=binds, **given)


def sign(actor, ref, language="zh-hans", **given):
    version = queries.get_agreement(actor, ref).version()
    values = {"number": version.number, "language": language, "text_hash": version.hashes[language], **given}
    return commands.sign_agreement(actor, ref, **values)


def wanted(company, role="buyer"):
    return queries.wanted_agreement(company.pk, role, now())


def refused(error, act, *args, **given):
    with pytest.raises(error) as found, transaction.atomic():
        act(*args, **given)
    return found.value


def state(actor):
    (row,) = queries.agreements_of(actor)
    return row.state


def drafted(desk: Actor, role: str, text: dict[str, str] = TEXT) -> str:
    """A draft that nobody but the operator sees."""
    return commands.draft_agreement(desk, role=role, title=TITLE, text=text)


def published(desk: Actor, role: str, *, is_required: bool = True, **terms: Any) -> str:
    """An agreement whose first version binds from tomorrow on, or from the day after."""
    ref = drafted(desk, role)
    seen = queries.get_agreement(desk, ref).draft_hash
    binds = business_day(now()) + dt.timedelta(days=2)
    commands.publish_agreement(desk, ref, seen=seen, binds_on=binds, is_required=is_required, **terms)
    return ref


def signed(actor: Actor, ref: str) -> str:
    """A company's signature on the newest version."""
    version = queries.get_agreement(actor, ref).version()
    return commands.sign_agreement(actor, ref, number=version.number, language="en", text_hash=version.hashes["en"])
