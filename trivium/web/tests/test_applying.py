"""Applying in the browser: a draft kept and gone on with, papers, what is missing, questions, the decision."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trivium.core.tests.handed_in import pdf, picture
from trivium.parties import commands, queries
from trivium.parties.tests.applying import FACTS, GOOD_NUMBER, apply, stranger
from trivium.web.tests.hands import Hands, Reader

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")


def begin(hands: Hands, role: str) -> str:
    """An application begun at the page; its address."""
    hands.open("/apply/")
    hands.send(f"start-{role}")
    return str(hands.page.request["PATH_INFO"])


def written(**changes: str) -> dict[str, str]:
    facts = {name: value for name, value in FACTS.items() if name != "categories"}
    return {**facts, **changes}


def add(hands: Hands, content: bytes, name: str = "licence.pdf", status: int = 303, **values: str) -> str:
    """Put a paper to the application on the page, with what is written there."""
    form = hands.form("facts")
    sent = {**form.values, "file": SimpleUploadedFile(name, content, "application/pdf"), **values}
    address = hands.page.request["PATH_INFO"].replace("/save/", "/").replace("/send/", "/").replace("/paper/", "/")
    hands.page = hands.client.post(f"{address}paper/", sent)
    assert hands.page.status_code == status, hands.text[:500]
    if status == 303:
        hands.page = hands.client.get(hands.page["Location"])
    return hands.text


def send(hands: Hands, status: int = 303, **values: str) -> str:
    form = hands.form("facts")
    form.url = form.url.replace("/save/", "/send/")
    return hands.post(form, status, **values)


def well_made(text: str, language: str) -> None:
    read = Reader(text)
    assert f'lang="{language}"' in text and read.styles == 0 and text.count("<h1") == 1
    assert read.inputs - {""} <= read.labels, read.inputs - read.labels
    assert "{{" not in text and "{%" not in text and "None" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["supplier", "partner", "buyer"])
def test_from_stranger_to_workspace(trade, role: str, language: str) -> None:
    lin = Hands(stranger(), language)
    lin.open("/", 302)
    well_made(lin.open("/apply/"), language)
    address = begin(lin, role)
    well_made(lin.text, language)
    extra = {"territory": "440000", "expected_monthly": "500,000", "serves": "F"} if role == "partner" else {}
    extra |= {"categories": "household/paper"} if role == "supplier" else {}
    lin.send("facts", **written(), **extra)
    add(lin, pdf(), kind="business_licence", paper_number="L-1", expires_on="2030-01-01")
    assert "licence" in lin.text.lower() or "营业执照" in lin.text
    send(lin, **extra)
    well_made(lin.text, language)
    assert ("Submitted" if language == "en" else "已提交") in lin.text

    boss = trade.at(trade.market.operator.actor, language)
    well_made(boss.open("applications/"), language)
    ref = address.split("/")[2]
    well_made(boss.open(f"applications/{ref}/"), language)
    assert GOOD_NUMBER in boss.text and FACTS["bank_account"] not in boss.text and "•••• 0123" in boss.text
    boss.send("ask", words="Which warehouse?")
    lin.open(address)
    assert "Which warehouse?" in lin.text
    send(lin, 422, words="", **extra)
    send(lin, words="Our own, in Futian.", **extra)
    boss.open(f"applications/{ref}/")
    assert "Our own, in Futian." in boss.text
    boss.send("approve", words="Welcome")
    well_made(boss.text, language)
    text = lin.open(address)
    well_made(text, language)
    assert "Welcome" in text and "Lin Yue" in text
    lin.page = lin.client.post("/workspace/", lin.form("/workspace/").values | {"workspace": _workspace(text)})
    assert lin.page["Location"] == f"/{role}/"
    lin.open(f"/{role}/")


def _workspace(text: str) -> str:
    return text.partition('name="workspace" value="')[2].partition('"')[0]


def test_a_draft_is_resumed_with_all_that_was_written(trade) -> None:
    lin = Hands(stranger())
    address = begin(lin, "supplier")
    lin.send("facts", name="云启", phone="138 0013 8000", categories="fresh")
    text = lin.open(address)
    assert 'value="云启"' in text and "+8613800138000" in text
    begin(lin, "supplier")
    assert lin.page.request["PATH_INFO"] == address
    assert address in lin.open("/apply/")


def test_what_was_typed_stays_when_it_is_refused_and_the_reason_stands_at_its_field(trade) -> None:
    lin = Hands(stranger())
    begin(lin, "buyer")
    text = send(lin, 422, **written(number="914403001922038210"))
    assert "its check digit is wrong" in text and 'value="914403001922038210"' in text and 'aria-invalid="true"' in text
    text = send(lin, 422, **written())
    assert "A paper is missing: Business licence" in text


def test_two_tabs_do_not_overwrite_each_other(trade) -> None:
    lin = Hands(stranger())
    address = begin(lin, "buyer")
    first = lin.form("facts")
    lin.open(address)
    lin.send("facts", name="Second tab")
    text = lin.post(first, 409, name="First tab")
    assert "changed in the meantime" in text and 'value="First tab"' in text
    again = lin.form("facts")
    lin.post(again, 409, name="First tab")
    assert 'value="Second tab"' in lin.open(address)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "licence.pdf", "0 bytes"),
        (b"MZ\x90" + bytes(3000), "licence.pdf", "This is no PDF, PNG or JPEG"),
        (pdf(password="x"), "licence.pdf", "protected by a password"),
        (picture(text=""), "licence.png", "of one colour"),
        (bytes(10_100_000), "licence.pdf", "larger than 10 MB"),
        (picture(), "../../x.svg", ""),
    ],
)
def test_a_file_that_is_no_paper_comes_back_with_the_reason(trade, content: bytes, name: str, said: str) -> None:
    lin = Hands(stranger())
    begin(lin, "buyer")
    text = add(lin, content, name, 422 if said else 303, kind="business_licence", legal_name="云启家居")
    assert said in text and 'value="云启家居"' in text


def test_a_paper_is_opened_by_its_applicant_and_the_operator_and_nobody_else(trade) -> None:
    actor = stranger()
    ref = apply(actor, "buyer")
    paper = queries.get_application(actor, ref).papers[0].ref
    lin = Hands(actor)
    lin.page = lin.client.get(f"/apply/papers/{paper}/")
    assert lin.page.status_code == 200 and lin.page.content.startswith(b"%PDF")
    assert lin.page["Content-Disposition"].startswith("attachment") and lin.page["X-Content-Type-Options"] == "nosniff"
    boss = trade.at(trade.market.operator.actor)
    assert boss.client.get(f"/operator/papers/{paper}/").status_code == 200
    for other in (Hands(stranger()), trade.at(trade.buyer.actor), trade.at(trade.s1.actor)):
        other.open(f"/apply/papers/{paper}/", 404)
        other.open(f"/apply/{ref}/", 404)
        for act in ("save", "send", "withdraw", "paper"):
            sent = {"on": "/apply/", "form": "x", "key": f"k{act}", "words": "mine", "version": "1"}
            assert other.client.post(f"/apply/{ref}/{act}/", sent).status_code in (404, 422)
    assert queries.get_application(actor, ref).row.status == "submitted"


def test_a_paper_is_taken_off_again(trade) -> None:
    actor = stranger()
    ref = apply(actor, "buyer", submit=False)
    paper = queries.get_application(actor, ref).papers[0].ref
    lin = Hands(actor)
    lin.open(f"/apply/{ref}/")
    lin.send("facts", remove=paper)
    assert "No paper yet." in lin.text


def test_an_administrator_applies_for_a_further_role_of_the_company(trade) -> None:
    hands = trade.at(trade.buyer.actor)
    text = hands.open("/apply/")
    assert "A further role for Yuelai Hotel" in text
    hands.send("start-supplier-here")
    assert 'value="Yuelai Hotel"' in hands.text
    ref = hands.page.request["PATH_INFO"].split("/")[2]
    assert queries.get_application(trade.buyer.colleague, ref).may_edit
    with pytest.raises(AssertionError):
        trade.at(trade.stranger.actor).open(f"/apply/{ref}/")


def test_a_partner_is_approved_with_its_contract_and_active_once_both_have_signed(trade, clock) -> None:
    actor = stranger()
    ref = apply(actor, "partner")
    boss = trade.at(trade.market.operator.actor)
    boss.open(f"applications/{ref}/")
    assert "Not done" in boss.send("approve", 422, words="ok", percent="800")
    boss.open(f"applications/{ref}/")
    boss.send("approve", words="ok", percent="8")
    boss.send("sign-contract")
    contract = boss.page.request["PATH_INFO"].split("/")[3]
    company = queries.get_application(actor, ref).organization_ref
    assert "approved, not yet active" in boss.open(f"companies/{company}/")
    lin = Hands(queries.actor_of(actor.user_id, company, "partner"))
    lin.open(f"contracts/{contract}/")
    lin.send("sign-contract")
    assert "approved, not yet active" not in boss.open(f"companies/{company}/")
    clock.move(days=1)
    commands.assign_buyer(boss.actor, buyer_ref=trade.stranger.ref, partner_ref=company, reason="new")


def test_an_application_is_withdrawn_and_stays_readable(trade) -> None:
    actor = stranger()
    ref = apply(actor, "buyer")
    lin = Hands(actor)
    lin.open(f"/apply/{ref}/")
    lin.send("withdraw", words="Not now")
    assert "You have withdrawn it." in lin.text and "Not now" in lin.text
    boss = trade.at(trade.market.operator.actor)
    assert 'id="approve"' not in boss.open(f"applications/{ref}/")


def test_a_reviewer_sees_what_rules_found_and_cannot_approve_what_is_stopped(trade) -> None:
    boss = trade.at(trade.market.operator.actor)
    boss.open("blocklist/")
    boss.send("block", kind="name", value="云启家居有限公司", reason="Fraud")
    assert "云启家居有限公司" in boss.text
    actor = stranger()
    ref = apply(actor, "buyer", name="云启家居", legal_name="云启家居")
    assert "blocklist" not in Hands(actor).open(f"/apply/{ref}/")
    boss.open(f"applications/{ref}/")
    assert "stands on the blocklist" in boss.text
    assert "It cannot be approved" in boss.send("approve", 409, words="ok")
    boss.open("blocklist/")
    boss.send("block-", reason="Mistaken")
    boss.open(f"applications/{ref}/")
    boss.send("approve", words="ok")
    assert "Approved" in boss.text


def test_a_rule_is_changed_as_a_new_version_and_past_decisions_keep_theirs(trade) -> None:
    boss = trade.at(trade.market.operator.actor)
    first = apply(stranger(), "buyer")
    boss.open("screening/")
    boss.open("screening/expiry/")
    boss.send("change-rule", 422, **{"settings.days_left": "soon", "reason": "Stricter"})
    boss.open("screening/expiry/")
    boss.send("change-rule", **{"settings.days_left": "30", "reason": "Stricter"})
    assert "Version 2" in boss.text and "Stricter" in boss.text
    for code in ("completeness", "certificates", "namesake", "checksum"):
        boss.open(f"screening/{code}/")
        boss.send("change-rule", reason="Same")
    second = apply(stranger(), "buyer", number="914403001922038216")
    seen = [queries.get_application(boss.actor, ref).outcomes for ref in (first, second)]
    versions = [{each.rule: each.version for each in outcomes} for outcomes in seen]
    assert (versions[0]["expiry"], versions[1]["expiry"]) == (1, 2)
    boss.open("screening/none/", 404)


def test_a_colleague_of_the_applicant_is_told_that_another_has_to_decide(trade) -> None:
    own = apply(trade.market.operator.actor, "buyer")
    boss = trade.at(trade.market.operator.actor)
    assert "a colleague decides" in boss.open(f"applications/{own}/")
    assert 'id="approve"' not in boss.text
    trade.at(trade.market.operator.colleague).open(f"applications/{own}/")


def test_whoever_may_not_review_finds_no_applications(trade) -> None:
    finance = trade.market.person(trade.market.operator.ref, "operator", "finance")
    hands = Hands(finance)
    assert "/operator/applications/" not in hands.open("")
    ref = apply(stranger(), "buyer")
    for path in ("applications/", f"applications/{ref}/", "screening/", "blocklist/"):
        assert hands.client.get(f"/operator/{path}").status_code == 404


def test_odd_words_break_nothing_and_what_cannot_be_read_comes_back(trade) -> None:
    lin = Hands(stranger())
    address = begin(lin, "partner")
    odd = "<script>alert(1)</script>" * 3
    lin.send("facts", legal_name=odd, address=odd, contact_name=odd)
    assert "<script>alert" not in lin.open(address)
    for values in ({"expected_monthly": "many"}, {"country": "China"}, {"territory": "zz"}, {"industry": "Z"}):
        lin.open(address)
        lin.send("facts", 422, **values)
    lin.open(address)
    lin.send("facts", 409, version="x")
