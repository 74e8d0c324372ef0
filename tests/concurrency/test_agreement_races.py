"""Two who sign for one company at once, and a version that is published while somebody signs: one signature, on it."""

import datetime as dt
from functools import partial

import pytest

from tests.concurrency.sessions import Session, all_at_once, one_after_the_other
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.time import business_day, now
from trivium.parties import commands, queries
from trivium.parties.errors import OtherText, SignedAlready
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = {"en": "Terms", "zh-hans": "条款"}


def published() -> tuple[Actor, str]:
    desk = make_actor(make_organization("Sanhui", "operator"), "operator")
    ref = commands.draft_agreement(desk, role="buyer", title=BOTH, text=BOTH)
    publish(desk, ref, 2)
    return desk, ref


def publish(desk: Actor, ref: str, days: int) -> int:
    seen = queries.get_agreement(desk, ref).draft_hash
    binds = business_day(now()) + dt.timedelta(days=days)
    return commands.publish_agreement(desk, ref, seen=seen, binds_on=binds, valid_days=days * 100)


def sign(actor: Actor, ref: str, mark: str) -> str:
    return commands.sign_agreement(actor, ref, number=1, language="en", text_hash=mark)


def signatures() -> int:
    return int(sql.rows("SELECT count(*) FROM parties_agreementsignature")[0][0])


def test_looking_first_and_then_signing_is_stopped_by_the_constraint(two: tuple[Session, Session]) -> None:
    """Without the lock both find none; the database lets one row through."""
    _desk, ref = published()
    company = make_organization("Yuelai", "buyer")
    signers = [make_actor(company, "buyer") for _ in range(2)]
    for session in two:
        session.begin()
        assert session.do(signatures) == 0
    statement = """INSERT INTO parties_agreementsignature (ref, version_id, organization_id, round, signed_by_id,
                   language, text_hash, hash_all, network, via, signed_at)
                   SELECT %s, v.id, %s, 1, %s, 'en', v.hash_en, v.hash_all, '', 'web', now()
                   FROM parties_agreementversion v ON CONFLICT DO NOTHING"""
    one, other = (partial(sql.execute, statement, [f"ags_{i}", company.pk, s.user_id]) for i, s in enumerate(signers))
    two[0].do(one)
    waiting = two[1].start(other)
    two[0].end()
    assert waiting.result(10) == 0
    two[1].end()
    assert signatures() == 1


def test_of_two_signers_one_signs_and_the_other_is_told_who_has() -> None:
    desk, ref = published()
    company = make_organization("Yuelai", "buyer")
    signers = [make_actor(company, "buyer") for _ in range(2)]
    mark = queries.get_agreement(desk, ref).version().hashes["en"]
    first, second = one_after_the_other(*(partial(sign, signer, ref, mark) for signer in signers))
    assert isinstance(second, SignedAlready) and signatures() == 1
    assert queries.signatures(signers[1], ref)[0].ref == first


def test_six_clicks_of_one_signer_are_one_signature() -> None:
    desk, ref = published()
    signer = make_actor(make_organization("Yuelai", "buyer"), "buyer")
    mark = queries.get_agreement(desk, ref).version().hashes["en"]
    assert len(set(all_at_once([partial(sign, signer, ref, mark)] * 6))) == 1
    assert signatures() == 1


def test_who_signs_while_a_newer_version_is_published_signs_nothing_old() -> None:
    desk, ref = published()
    signer = make_actor(make_organization("Yuelai", "buyer"), "buyer")
    view = queries.get_agreement(desk, ref)
    commands.change_draft(desk, ref, seen=view.draft_hash, title=BOTH, text={**BOTH, "en": "Other terms"})
    mark = view.version().hashes["en"]
    _number, refused = one_after_the_other(partial(publish, desk, ref, 8), partial(sign, signer, ref, mark))
    assert isinstance(refused, OtherText) and signatures() == 0
