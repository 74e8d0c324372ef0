"""Agreements: written, published for good, and signed once by who may."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound
from trivium.core.models import EventRecord
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.errors import (
    AgreementOver,
    BadAgreementRole,
    BadPeriod,
    BindsTooSoon,
    DraftChanged,
    LacksWords,
    OldEndsTooSoon,
    OtherLanguage,
    OtherText,
    SameAsPublished,
    SignedAlready,
    SignerNeeded,
)
from trivium.parties.models import AgreementSignature, Membership
from trivium.parties.rules import Job, fingerprint, mask_address
from trivium.parties.tests.factories import make_actor, make_organization
from trivium.parties.tests.signing import BOTH, day, draft, publish, refused, sign, wanted

pytestmark = pytest.mark.django_db


# -- writing and publishing -------------------------------------------------------------------------------------------


def test_a_draft_is_nobodys_but_the_operators_and_binds_nobody(desk, signer, buyer, clock):
    ref = draft(desk)
    refused(NotFound, queries.get_agreement, signer, ref)
    assert queries.agreements_of(signer) == [] and wanted(buyer) == ""
    assert [(row.ref, row.number) for row in queries.agreements(desk)] == [(ref, 0)]


def test_a_draft_is_written_in_both_languages_for_a_role_that_signs(desk, signer):
    refused(LacksWords, commands.draft_agreement, desk, role="buyer", title=BOTH, text={"en": "One."})
    refused(BadAgreementRole, commands.draft_agreement, desk, role="operator", title=BOTH, text=BOTH)
    refused(Denied, commands.draft_agreement, signer, role="buyer", title=BOTH, text=BOTH)


def test_a_draft_a_colleague_has_changed_is_not_overwritten_nor_published(desk):
    ref = draft(desk)
    seen = queries.get_agreement(desk, ref).draft_hash
    commands.change_draft(desk, ref, seen=seen, title=BOTH, text={"en": "Two.", "zh-hans": "二。"})
    refused(DraftChanged, commands.change_draft, desk, ref, seen=seen, title=BOTH, text=BOTH)
    refused(DraftChanged, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(3))
    assert queries.get_agreement(desk, ref).text["en"] == "Two."


def test_those_it_binds_have_time_to_read(desk):
    ref = draft(desk)
    seen = queries.get_agreement(desk, ref).draft_hash
    for binds in (day(0), day(-3)):
        refused(BindsTooSoon, commands.publish_agreement, desk, ref, seen=seen, binds_on=binds)
    refused(BadPeriod, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(1), valid_days=0)
    refused(OldEndsTooSoon, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(3), old_until=day(2))
    assert publish(desk, ref) == 1
    refused(SameAsPublished, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(9))
    changed = {"en": "Two.", "zh-hans": "二。"}
    commands.change_draft(desk, ref, seen=seen, title=BOTH, text=changed)
    seen = queries.get_agreement(desk, ref).draft_hash
    refused(BindsTooSoon, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(6))
    assert commands.publish_agreement(desk, ref, seen=seen, binds_on=day(7)) == 2


def test_a_first_version_never_binds_within_an_hour_of_its_publication(desk, clock):
    ref = draft(desk)
    clock.at = dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.UTC)  # 23:30 where the business is
    seen = queries.get_agreement(desk, ref).draft_hash
    refused(BindsTooSoon, commands.publish_agreement, desk, ref, seen=seen, binds_on=day(1))
    assert commands.publish_agreement(desk, ref, seen=seen, binds_on=day(2)) == 1


def test_what_was_published_and_signed_is_not_changed_by_anybody(desk, signer):
    ref = draft(desk)
    publish(desk, ref)
    sign(signer, ref)
    for table in ("agreementversion", "agreementsignature"):
        for statement in (f"UPDATE parties_{table} SET hash_all = ''", f"DELETE FROM parties_{table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)


def test_the_fingerprint_is_that_of_the_text_as_anybody_can_reckon_it(desk, signer):
    ref = commands.draft_agreement(
        desk, role="buyer", title=BOTH, text={"en": "  One.  \r\nTwo.\r\n", "zh-hans": "一。\n二。"}
    )
    publish(desk, ref)
    version = queries.get_agreement(signer, ref).version()
    assert version.words("en") == "Terms\n\nOne.\nTwo."
    assert version.hashes["en"] == fingerprint("Terms\n\nOne.\nTwo.")
    assert version.hash_all == fingerprint(f"{version.hashes['en']}\n{version.hashes['zh-hans']}")
    given = queries.get_signature(signer, sign(signer, ref, "en"))
    assert given.is_intact and (given.text_hash, given.words) == (version.hashes["en"], version.words("en"))


# -- signing -----------------------------------------------------------------------------------------------------------


def test_who_may_sign_signs_what_they_have_read_once(desk, signer, buyer):
    ref = draft(desk)
    publish(desk, ref)
    first = sign(signer, ref, address="203.0.113.77")
    assert sign(signer, ref) == first
    (given,) = queries.signatures(signer, ref)
    assert (given.network, given.signed_by, given.language) == ("203.0.113.0/24", "Lin Yue", "zh-hans")
    refused(SignedAlready, sign, make_actor(buyer, "buyer"), ref)
    assert AgreementSignature.objects.count() == 1
    event = EventRecord.objects.get(name="AgreementSigned")
    assert event.data["signature_ref"] == first and buyer.ref in event.audience


def test_nobody_else_signs_and_nothing_else(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref)
    refused(Denied, sign, make_actor(buyer, "buyer", Job.STAFF), ref)
    refused(Denied, sign, desk, ref)
    refused(NotFound, sign, make_actor(make_organization("Yida", "supplier"), "supplier"), ref,
            number=1, text_hash="")  # fmt: skip
    program = Actor(None, "", signer.organization_id, buyer.ref, "buyer", signer.permissions, "api:key_1")
    refused(SignerNeeded, sign, program, ref)
    refused(OtherText, sign, signer, ref, text_hash=fingerprint("other"))
    refused(OtherText, sign, signer, ref, number=2)
    refused(OtherLanguage, commands.sign_agreement, signer, ref, number=1, language="fr", text_hash="")
    publish(desk, ref, text="Two.")
    old = queries.get_agreement(signer, ref).version(1)
    refused(OtherText, sign, signer, ref, number=1, text_hash=old.hashes["zh-hans"])
    commands.end_agreement(desk, ref)
    refused(AgreementOver, sign, signer, ref)
    assert not AgreementSignature.objects.exists()


def test_who_has_left_signs_no_more(desk, signer, buyer):
    ref = draft(desk)
    publish(desk, ref)
    Membership.objects.filter(user_id=signer.user_id).update(ends_at=now())
    refused(SignerNeeded, sign, signer, ref)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::/64", "2001:db8:1::/48"), ("unknown", ""), ("", "")],
)
def test_of_an_address_the_network_is_kept(given, kept):
    assert mask_address(given) == kept
