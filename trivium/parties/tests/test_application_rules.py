"""What is asked of applicants, how numbers and names are compared, and what screening finds: pure."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from trivium.core.errors import Refusal, TooLong, WrongState
from trivium.parties import rules
from trivium.parties.errors import (
    BadCountry,
    BadIndustry,
    BadRegion,
    BadRole,
    BadRuleSetting,
    BadSize,
    TooManyNamed,
    UnknownFact,
)
from trivium.parties.rules import ApplicationStatus as S
from trivium.parties.rules import Case, Claim, Facts, Other, PaperFacts, ScreenRule, applications, screening
from trivium.parties.tests.applying import FACTS, GOOD_NUMBER, TODAY

FACTS_OBJECT = Facts(**{name: tuple(v) if isinstance(v, list) else v for name, v in FACTS.items()})
LICENCE = PaperFacts("business_licence", "L-1", TODAY + dt.timedelta(days=400))


def case(**changes: object) -> Case:
    facts = replace(FACTS_OBJECT, **changes.pop("facts", {}))
    return Case(**{"role": "supplier", "facts": facts, "papers": [LICENCE], "on": TODAY, **changes})


def said(of: Case, code: str, **settings: object) -> list[str]:
    """The codes of what one rule finds."""
    rule = rules.DELIVERED[code]
    outcome = rules.screen([replace(rule, settings={**rule.settings, **settings})], of)[0]
    assert outcome.is_met is not bool(outcome.findings)
    return [finding.code.removeprefix("parties.") for finding in outcome.findings]


# -- the way of an application -----------------------------------------------------------------------------------------


def test_every_state_is_reached_and_every_open_one_has_a_way_out() -> None:
    assert rules.APPLICATION.reachable() == set(S)
    assert all(rules.APPLICATION.exits(state) for state in rules.OPEN)


@given(st.lists(st.sampled_from(["submit", "ask", "answer", "approve", "reject", "withdraw", "save"]), max_size=12))
def test_nothing_leaves_a_final_state_and_nothing_is_decided_before_it_was_submitted(acts: list[str]) -> None:
    state, was_submitted = S.DRAFT, False
    for act in acts:
        try:
            after = rules.APPLICATION.next(state, act)
        except WrongState:
            continue
        assert state not in rules.APPLICATION.final
        was_submitted = was_submitted or act == "submit"
        assert after not in (S.APPROVED, S.REJECTED, S.ASKED) or was_submitted
        state = after


# -- what can be kept --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "refusal"),
    [
        ({"status": "approved"}, UnknownFact),
        ({"country": "China"}, BadCountry),
        ({"industry": "Z"}, BadIndustry),
        ({"industry": "AB"}, BadIndustry),
        ({"serves": "z"}, BadIndustry),
        ({"size": "huge"}, BadSize),
        ({"region": "4403"}, BadRegion),
        ({"region": "990000"}, BadRegion),
        ({"region": "４４０３００"}, BadRegion),
        ({"territory": ["440300", "00"]}, BadRegion),
        ({"territory": [f"44{n:04d}" for n in range(61)]}, TooManyNamed),
        ({"legal_name": "x" * 201}, TooLong),
    ],
)
def test_what_cannot_be_read_is_not_kept(given_: dict, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.clean_facts(Facts(), given_)


def test_a_draft_may_hold_next_to_nothing() -> None:
    assert rules.clean_facts(Facts(), {"name": " Haiwen "}).name == "Haiwen"
    assert rules.clean_facts(Facts(), {"number": "9144 0300-ma5"}).number == "91440300MA5"
    assert rules.clean_facts(Facts(), {"phone": "138 0013 8000"}).phone == "+8613800138000"
    assert rules.clean_facts(Facts(), {"phone": "1380"}).phone == "1380"
    assert rules.clean_facts(Facts(country="GB"), {"phone": "020 7946 0018"}).phone == "+442079460018"


def test_only_chinese_companies_have_regions_of_china() -> None:
    assert rules.clean_facts(Facts(country="GB"), {"region": "LND"}).region == "LND"


def test_nobody_applies_to_be_the_operator() -> None:
    with pytest.raises(BadRole):
        rules.check_applied_for("operator")


# -- numbers and names -------------------------------------------------------------------------------------------------

DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.integers(0, 10**6 - 1), st.text(DIGITS, min_size=9, max_size=9))
def test_a_credit_code_with_another_last_digit_is_wrong(region: int, body: str) -> None:
    stem = f"91{region:06d}{body}"
    right = uscc.calc_check_digit(stem)
    assert applications.is_real_number(stem + right, "CN") is True
    assert not any(applications.is_real_number(stem + digit, "CN") for digit in DIGITS if digit != right)


@given(st.integers(0, 16), st.sampled_from(DIGITS))
def test_one_wrong_digit_anywhere_is_noticed(place: int, digit: str) -> None:
    wrong = GOOD_NUMBER[:place] + digit + GOOD_NUMBER[place + 1 :]
    assert applications.is_real_number(wrong, "CN") is (wrong == GOOD_NUMBER)


@pytest.mark.parametrize(
    ("number", "country", "answer"),
    [("DE136695976", "DE", True), ("DE136695975", "DE", False), ("GB980780684", "GB", True), ("12-3456789", "US", None),
     ("", "CN", False), ("☃" * 18, "CN", False), ("X", "ZZ", None)],
)  # fmt: skip
def test_numbers_of_other_countries_follow_their_own_rules(number: str, country: str, answer: bool | None) -> None:
    assert applications.is_real_number(number, country) is answer


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_both_ways_and_between_0_and_100(one: str, other: str) -> None:
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert 0 <= rules.likeness(one, other) <= 100
    assert rules.likeness(one, one) == (100 if one else 0)


@given(st.text(max_size=300), st.sampled_from(["CN", "GB", "ZZ"]))
def test_whatever_is_typed_as_a_phone_or_number_is_an_answer_and_no_error(text: str, country: str) -> None:
    applications.is_phone(applications.as_international(text, country))
    applications.is_real_number(rules.compact_number(text), country)
    applications.is_mail(text)
    rules.plain_name(text)


def test_legal_forms_spaces_and_signs_make_no_other_name() -> None:
    same = ("深圳海文科技有限公司", "深圳海文科技 有限责任公司", "深圳海文科技（集团）股份有限公司")
    assert {rules.plain_name(name) for name in same} == {"深圳海文科技"}
    assert rules.plain_name("Haiwen Trading Co., Ltd.") == rules.plain_name("HAIWEN TRADING LIMITED")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [("440000", "440300", True), ("440300", "440305", True), ("440300", "440400", False), ("440000", "450000", False),
     ("", "330000", True), ("440305", "440305", True)],
)  # fmt: skip
def test_regions_share_ground_when_one_holds_the_other(one: str, other: str, meet: bool) -> None:
    assert applications.overlaps(one, other) is applications.overlaps(other, one) is meet


# -- screening ---------------------------------------------------------------------------------------------------------


def test_a_complete_application_meets_every_rule() -> None:
    assert [each.rule for each in rules.screen(rules.standing({}), case()) if not each.is_met] == []


@pytest.mark.parametrize("name", [*screening._COMMON, "categories", "bank_account"])
def test_a_fact_that_is_missing_is_named(name: str) -> None:
    empty = () if name == "categories" else ""
    outcome = rules.screen([rules.DELIVERED["completeness"]], case(facts={name: empty}))[0]
    assert [(f.code, f.field) for f in outcome.findings] == [("parties.fact_missing", name)]


def test_each_role_is_asked_what_it_needs() -> None:
    assert said(case(role="partner"), "completeness") == ["fact_missing", "fact_missing"]
    assert said(case(role="buyer", facts={"bank_account": "", "categories": ()}), "completeness") == []
    assert said(case(role="buyer", papers=[]), "completeness") == ["paper_missing"]
    assert said(case(facts={"country": "DE", "region": ""}), "completeness") == []


def test_a_wrong_check_digit_is_found_and_an_unknown_country_only_where_that_is_wanted() -> None:
    assert said(case(facts={"number": GOOD_NUMBER[:-1] + "0"}), "checksum") == ["wrong_number"]
    american = case(facts={"country": "US", "number": "12"})
    assert said(american, "checksum") == []
    assert said(american, "checksum", unknown_countries="flag") == ["number_unchecked"]


def test_phone_and_mail_must_be_possible() -> None:
    assert said(case(facts={"phone": "+861", "email": "nobody"}), "contact") == ["bad_phone", "bad_mail"]


@given(st.integers(-800, 800), st.integers(0, 60))
def test_a_paper_is_good_until_its_last_day_is_over(days: int, left: int) -> None:
    ends = replace(LICENCE, expires_on=TODAY + dt.timedelta(days=days))
    assert bool(said(case(papers=[ends]), "expiry", days_left=left)) is (days < left)


def test_a_paper_without_an_end_never_expires() -> None:
    assert said(case(papers=[replace(LICENCE, expires_on=None)]), "expiry") == []


def test_goods_that_need_a_certificate_are_not_taken_without_it() -> None:
    food = case(facts={"categories": ("household/paper", "fresh/fruit")})
    assert said(food, "certificates") == ["certificate_missing"]
    licence = PaperFacts("food_licence", "", None)
    assert said(replace(food, papers=[LICENCE, licence]), "certificates") == []
    assert said(case(facts={"categories": ("freshness",)}), "certificates") == []


def other(**changes: object) -> Other:
    return replace(Other("org_1", "海文", "深圳海文科技有限公司", "", "深圳市南山区科苑路1号"), **changes)


def test_the_same_number_is_one_company() -> None:
    assert said(case(others=[other(number=GOOD_NUMBER)]), "duplicate") == ["number_taken"]
    assert said(case(others=[other(number="")]), "duplicate") == []


def test_near_same_name_and_address_is_flagged_and_either_alone_is_not() -> None:
    ours = {"legal_name": "深圳市海文科技有限公司", "name": "海文科技", "address": "深圳市南山区科苑路 1 号"}
    assert said(case(facts=ours, others=[other()]), "namesake") == ["namesake"]
    assert said(case(facts=ours, others=[other(address="北京市海淀区中关村大街 27 号")]), "namesake") == []
    assert said(case(facts=ours, others=[other(name="晨光", legal_name="晨光灯具有限公司")]), "namesake") == []
    assert said(case(facts={**ours, "name": "海文"}, others=[other(address="")]), "namesake") == ["namesake"]


def test_the_same_bank_account_is_flagged() -> None:
    assert said(case(others=[other(has_same_account=True)]), "account") == ["same_account"]


@pytest.mark.parametrize(
    "entry", [("number", GOOD_NUMBER), ("name", rules.plain_name("Haiwen Ltd")), ("mail", "haiwen.example")]
)
def test_the_blocklist_is_met_by_number_name_or_mail(entry: tuple[str, str]) -> None:
    ours = {"legal_name": "HAIWEN Co., Ltd.", "email": "lin@Haiwen.example"}
    assert said(case(facts=ours, blocked=[entry]), "blocklist") == ["blocked"]
    assert said(case(facts=ours, blocked=[(entry[0], "else")]), "blocklist") == []


@pytest.mark.parametrize(
    ("claim", "alone", "conflicts"),
    [
        (Claim("Lianca", "440000", "", True), False, True),
        (Claim("Lianca", "440000", "", False), False, False),
        (Claim("Lianca", "440305", "", False), True, True),
        (Claim("Lianca", "450000", "", True), True, False),
        (Claim("Lianca", "440000", "H", True), False, False),
        (Claim("Lianca", "440000", "F", True), False, True),
    ],
)
def test_exclusive_territory_is_nobody_elses(claim: Claim, alone: bool, conflicts: bool) -> None:
    ours = {"territory": ("440300",), "serves": "F", "is_exclusive": alone}
    assert said(case(role="partner", facts=ours, claims=[claim]), "territory") == ["territory_taken"] * conflicts
    assert said(case(role="supplier", facts=ours, claims=[claim]), "territory") == []


def test_a_rule_that_is_off_says_nothing() -> None:
    rule = replace(rules.DELIVERED["checksum"], is_on=False)
    assert rules.screen([rule], case(facts={"number": "1"})) == []


def test_every_finding_is_a_refusal_with_words_and_every_rule_has_a_name() -> None:
    assert set(rules.DELIVERED) == set(screening.CHECKS) == set(rules.RULE_WORDS)
    for kind in screening._KINDS:
        assert rules.refusal_of(rules.Finding(kind, "name")).code == kind


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("expiry", {"days_left": -1}),
        ("expiry", {"days_left": True}),
        ("expiry", {"days_left": "7"}),
        ("expiry", {"weeks": 1}),
        ("checksum", {"unknown_countries": "maybe"}),
        ("completeness", {"facts": ["shoe_size"]}),
        ("completeness", {"papers_buyer": ["passport"]}),
        ("certificates", {"categories": {"passport": ["food"]}}),
        ("certificates", {"categories": {"food_licence": "food"}}),
    ],
)
def test_settings_no_rule_can_work_with_are_refused(code: str, settings: dict) -> None:
    with pytest.raises(BadRuleSetting):
        rules.check_settings(code, settings)


def test_settings_that_are_not_named_stay_as_delivered() -> None:
    assert rules.check_settings("namesake", {"name_percent": 90}) == {"name_percent": 90, "address_percent": 60}


def test_the_newest_version_holds_and_the_others_stay_as_delivered() -> None:
    newer = ScreenRule("expiry", 4, "flag", True, {"days_left": 30})
    held = {rule.code: rule for rule in rules.standing({"expiry": newer})}
    assert held["expiry"] is newer and held["checksum"] is rules.DELIVERED["checksum"]
