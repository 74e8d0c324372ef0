"""Papers of admitted companies: renewed under review, told of before they lapse, asked for when goods are listed."""

import datetime as dt

import pytest
from django.db import transaction

from trivium.core.errors import Denied, Empty, NotFound, Refusal, WrongState
from trivium.core.ids import new_ref
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.core.papers import BlankPaper
from trivium.core.private_files import read
from trivium.core.tests.handed_in import pdf
from trivium.core.time import SettableClock, use_clock
from trivium.parties import commands, queries
from trivium.parties.errors import (
    BadPaperKind,
    CertificateLapsed,
    CertificateNeeded,
    LicenceLapsed,
    OwnPaper,
    PaperMoved,
    PaperOver,
    RenewalWaits,
    SamePaper,
)
from trivium.parties.jobs import warn_of_papers
from trivium.parties.models import Organization, Paper, User
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def clock():
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def company():
    return make_organization("Chenguang", "supplier")


@pytest.fixture
def admin(company):
    return make_actor(company, "supplier")


@pytest.fixture
def operator():
    return make_actor(make_organization("Platform", "operator"), "operator")


def hand_in(actor, kind="business_licence", **values):
    return commands.hand_in_paper(actor, kind=kind, file=[pdf(text=new_ref("L"))], file_name="licence.pdf", **values)


def in_force(actor, operator, days: int | None = None, **values) -> str:
    last = TODAY + dt.timedelta(days=days) if days is not None else None
    ref = hand_in(actor, expires_on=last, **values)
    commands.approve_paper(operator, ref)
    return ref


def refused(refusal: type[Refusal], act):
    def states():
        return list(Paper.objects.order_by("id").values_list("id", "status", "warned_days"))

    before = (states(), EventRecord.objects.count())
    with pytest.raises(refusal) as caught, transaction.atomic():
        act()
    assert (states(), EventRecord.objects.count()) == before
    return caught.value


def status(ref: str) -> str:
    return str(Paper.objects.values_list("status", flat=True).get(ref=ref))


def test_a_renewed_licence_is_in_force_once_it_is_approved_and_takes_the_place_of_the_old(company, admin, operator):
    old = in_force(admin, operator, 40, number="A-1")
    new = hand_in(admin, number="A-2", replaces=old, expires_on=TODAY + dt.timedelta(days=400), note="Renewed")
    assert (status(old), status(new)) == ("in_force", "filed")
    (row,) = queries.company_papers(operator, status="filed")
    assert (row.ref, row.replaces_ref, row.note, row.may_decide) == (new, old, "Renewed", True)
    assert queries.paper_file(operator, new).content == read(Paper.objects.get(ref=new).file)
    commands.approve_paper(operator, new, words="as the registry says")
    assert (status(old), status(new)) == ("replaced", "in_force")
    assert [row.status for row in queries.own_papers(admin)] == ["in_force", "replaced"]
    told = list(EventRecord.objects.filter(subject=new).order_by("id").values_list("name", "audience"))
    assert told[-2:] == [("PaperHandedIn", [company.ref, "operator"]), ("PaperDecided", [company.ref])]
    kept = [(r.change.field, r.change.old, r.change.new, r.change.actor)
            for r in queries.company_history(admin, company.ref).rows if r.change.kind == "paper"]  # fmt: skip
    assert ("status", "filed", "in_force", operator.ref) in kept
    assert ("status", "in_force", "replaced", operator.ref) in kept
    assert ("number", None, "A-2", admin.ref) in kept


def test_refused_with_words_and_the_old_paper_stays_in_force(admin, operator):
    old = in_force(admin, operator, 40)
    new = hand_in(admin, replaces=old)
    refused(Empty, lambda: commands.decline_paper(operator, new, words=" "))
    commands.decline_paper(operator, new, words="The seal cannot be read")
    assert (status(old), status(new)) == ("in_force", "declined")
    assert queries.own_papers(admin)[0].reason == "The seal cannot be read"
    refused(WrongState, lambda: commands.approve_paper(operator, new))
    hand_in(admin, replaces=old)


def test_two_renewals_do_not_overwrite_each_other(company, admin, operator):
    old, colleague = in_force(admin, operator, 40), make_actor(company, "supplier")
    first = hand_in(admin, replaces=old)
    refused(RenewalWaits, lambda: hand_in(colleague, replaces=old))
    commands.approve_paper(operator, first)
    assert refused(PaperMoved, lambda: hand_in(colleague, replaces=old)).field == "replaces"
    second = hand_in(colleague, replaces=first)
    Paper.objects.filter(ref=first).update(status="replaced")  # by an application approved meanwhile
    refused(PaperMoved, lambda: commands.approve_paper(operator, second))


def test_what_cannot_be_taken_is_refused(company, admin, operator):
    old = in_force(admin, operator, 40)
    refused(Denied, lambda: hand_in(make_actor(company, "supplier", "staff")))
    refused(BadPaperKind, lambda: hand_in(admin, kind="passport"))
    refused(BadPaperKind, lambda: hand_in(admin, kind="food_licence", replaces=old))
    refused(PaperOver, lambda: hand_in(admin, expires_on=TODAY - dt.timedelta(days=1)))
    refused(BlankPaper, lambda: commands.hand_in_paper(admin, kind="other", file=[pdf(text="")]))
    content = pdf(text="twice")
    commands.hand_in_paper(admin, kind="other", file=[content])
    refused(SamePaper, lambda: commands.hand_in_paper(admin, kind="other", file=[content]))
    stranger = make_actor(make_organization("Hengtai", "supplier"), "supplier")
    refused(NotFound, lambda: hand_in(stranger, replaces=old))
    refused(NotFound, lambda: queries.paper_file(stranger, old))
    assert queries.company_papers(stranger) == []
    assert queries.own_papers(make_actor(company, "supplier", "staff")) == []


def test_a_paper_is_taken_back_by_its_company_alone(admin, operator):
    ref = hand_in(admin)
    stranger = make_actor(make_organization("Hengtai", "supplier"), "supplier")
    refused(NotFound, lambda: commands.withdraw_paper(stranger, ref))
    commands.withdraw_paper(admin, ref)
    assert status(ref) == "withdrawn"
    refused(WrongState, lambda: commands.withdraw_paper(admin, ref))
    refused(WrongState, lambda: commands.approve_paper(operator, ref))


def test_a_paper_that_expires_while_it_waits_is_not_put_in_force(admin, operator, clock):
    ref = hand_in(admin, expires_on=TODAY + dt.timedelta(days=3))
    clock.move(days=4)
    refused(PaperOver, lambda: commands.approve_paper(operator, ref))


def test_nobody_decides_on_a_paper_of_a_company_they_work_in(company, admin, operator):
    ref = hand_in(admin)
    refused(Denied, lambda: commands.approve_paper(admin, ref))
    mail = "both@example.test"
    commands.register_person(operator, email=mail, name="Both", password="correct horse 9")
    for organization_ref, role in ((operator.organization_ref, "operator"), (company.ref, "supplier")):
        commands.grant_role(operator, email=mail, organization_ref=organization_ref, role=role, job="admin")
    both = User.objects.get(email=mail).pk
    reviewer = queries.actor_of(both, operator.organization_ref, "operator")
    assert [row.may_decide for row in queries.company_papers(reviewer)] == [False]
    refused(OwnPaper, lambda: commands.approve_paper(reviewer, ref))
    refused(OwnPaper, lambda: commands.decline_paper(reviewer, ref, words="no"))
    own = hand_in(reviewer)  # a paper of the operator's own company
    refused(OwnPaper, lambda: commands.approve_paper(reviewer, own))
    commands.approve_paper(operator, own)


def told_of(company) -> list[tuple[str, int | None]]:
    rows = EventRecord.objects.filter(
        data__organization_ref=company.ref, name__in=["PaperExpiring", "PaperLapsed"]
    ).order_by("id")
    return [(row.name, row.data.get("days")) for row in rows]


def test_each_step_before_a_last_day_is_told_once(company, admin, operator, clock):
    in_force(admin, operator, 61)
    in_force(admin, operator, None, kind="other")
    for _night in range(63):
        warn_of_papers()
        warn_of_papers()
        clock.move(days=1)
    steps = [("PaperExpiring", 60), ("PaperExpiring", 30), ("PaperExpiring", 7), ("PaperLapsed", None)]
    assert told_of(company) == steps
    audience = EventRecord.objects.filter(name="PaperLapsed").values_list("audience", flat=True).get()
    assert audience == [company.ref, "operator"]


def test_steps_that_no_sweep_saw_are_told_as_one_and_replaced_papers_are_not_told_of(company, admin, operator, clock):
    old = in_force(admin, operator, 61)
    clock.move(days=55)
    warn_of_papers()
    assert told_of(company) == [("PaperExpiring", 7)]
    commands.approve_paper(operator, hand_in(admin, replaces=old))
    clock.move(days=30)
    warn_of_papers()
    assert told_of(company) == [("PaperExpiring", 7)]


def test_a_lapsed_licence_stops_what_is_new_everywhere_and_a_renewed_one_lets_it_go_on(company, admin, operator, clock):
    queries.check_may_list(company.pk, ["food/snacks"])  # admitted without papers: none that could lapse
    old = in_force(admin, operator, 5)
    clock.move(days=5)
    queries.check_may_list(company.pk, ["tools"])  # its last day
    clock.move(days=1)
    refusal = refused(LicenceLapsed, lambda: queries.check_may_list(company.pk, ["tools"]))
    assert refusal.params == {"paper": "business_licence", "day": "2026-03-07"}
    renewed = hand_in(admin, replaces=old, expires_on=TODAY + dt.timedelta(days=400))
    refused(LicenceLapsed, lambda: queries.check_may_list(company.pk, ["tools"]))
    commands.approve_paper(operator, renewed)
    queries.check_may_list(company.pk, ["tools"])


def test_a_lapsed_certificate_stops_its_categories_and_what_lies_beneath_alone(company, admin, operator, clock):
    in_force(admin, operator)
    certificate = in_force(admin, operator, 5, kind="food_licence")
    clock.move(days=6)
    for path in ("food", "food/snacks", "drinks/tea"):
        refusal = refused(CertificateLapsed, lambda p=path: queries.check_may_list(company.pk, [p]))
        assert refusal.params["category"] == path
    for path in ("tools", "foodstuff", "tools/food"):
        queries.check_may_list(company.pk, [path])
    refused(CertificateLapsed, lambda: queries.check_may_list(company.pk, ["tools", "food"]))
    refused(CertificateLapsed, lambda: queries.check_may_list(company.pk, ["food"], before=["tools"]))
    queries.check_may_list(company.pk, ["food/snacks"], before=["food/tea"])  # it was food before
    in_force(admin, operator, 100, kind="food_licence")  # a second one of the kind is enough
    queries.check_may_list(company.pk, ["food"])
    assert status(certificate) == "in_force"


def test_who_has_papers_needs_the_ones_its_goods_need(company, admin, operator):
    in_force(admin, operator)
    queries.check_may_list(company.pk, ["tools"])
    refused(CertificateNeeded, lambda: queries.check_may_list(company.pk, ["food/snacks"]))
    commands.change_rule(operator, "certificates", strength="refuse", is_on=False, settings={}, reason="law changed")
    queries.check_may_list(company.pk, ["food/snacks"])


def test_the_operator_lists_what_waits_lapses_and_has_lapsed(company, admin, operator, clock):
    in_force(admin, operator, 40)
    in_force(admin, operator, 3, kind="quality_certificate")
    hand_in(admin, kind="other")
    clock.move(days=4)
    def refs(state):
        wanted = Wanted(filters={"state": state})
        return [row.kind for row in queries.paper_list(operator, wanted).rows]

    assert [refs(state) for state in ("waiting", "expiring", "lapsed")] == [
        ["other"], ["business_licence"], ["quality_certificate"]
    ]  # fmt: skip
    assert Organization.objects.get(pk=company.pk).suspended_at is None
