"""Policies and training papers to begin with, and what a new company does first: our own words, to be adapted.

Whoever publishes one of them can change every word before; what was published is what counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trivium.core.i18n import gettext_noop as _

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """A paper to start from."""

    code: str
    kind: str
    roles: tuple[str, ...]
    title: Words
    text: Words


TEMPLATES: tuple[Template, ...] = (
    Template(
        "fair_dealing",
        "policy",
        ("supplier", "partner", "buyer"),
        {"en": "Fair dealing", "zh-hans": "廉洁合作守则"},
        {
            "en": "Nobody on this platform gives or takes money, gifts or favours for an order, a listing, a price "
            "or a review.\n"
            "If somebody asks for one, refuse and open a ticket of the kind complaint. Whoever reports in "
            "good faith has no disadvantage from it.\n"
            "A company that breaks this rule is suspended until the matter is clear.",
            "zh-hans": "平台上任何人不得为订单、上架、价格或评价收受或给予钱物、礼品及其他好处。\n"
            "遇有索要，请拒绝并提交“投诉”类工单。善意举报者不会因此受到不利对待。\n"
            "违反本守则的公司，查清之前暂停交易。",
        },
    ),
    Template(
        "secrecy",
        "policy",
        ("supplier", "partner", "buyer"),
        {"en": "Prices and personal data", "zh-hans": "价格与个人信息保密"},
        {
            "en": "Your own prices, margins and costs are shown to you and to nobody who competes with you. Keep "
            "in the same way what you learn of others.\n"
            "Names, telephone numbers and addresses are there to deliver and to answer. Do not copy them "
            "into lists of your own, and do not keep exports longer than the work needs.\n"
            "Each person has a sign-in of their own. Tell us at once if one is lost.",
            "zh-hans": "贵公司的价格、毛利和成本只对贵公司可见，不会展示给同业。"
            "对在合作中得知的他方信息，请同样保密。\n"
            "姓名、电话和地址只用于交付和答复。请勿另行汇编成册，导出的文件用完即删。\n"
            "每人使用自己的账号。账号遗失或泄露，请立即告知平台。",
        },
    ),
    Template(
        "true_listings",
        "training",
        ("supplier",),
        {"en": "Listings that say what is true", "zh-hans": "如实上架"},
        {
            "en": "Name, pictures, specification, minimum quantity and lead time describe the goods that are "
            "shipped.\n"
            "Certificates are valid on the day of shipping. Take goods off sale when one lapses.\n"
            "Stock is counted, not guessed: what is shown can be ordered. If you close for a holiday, enter "
            "it before.",
            "zh-hans": "名称、图片、规格、起批量和交期须与实际发货的商品一致。\n"
            "资质证书在发货当日须有效；证书到期，相关商品应先下架。\n"
            "库存按盘点填写，不得估填：展示的数量即可下单的数量。放假停工，请提前登记。",
        },
    ),
    Template(
        "confirm_and_ship",
        "training",
        ("supplier",),
        {"en": "Confirming and shipping on time", "zh-hans": "按时确认与发货"},
        {
            "en": "Confirm a new order, or say what you cannot supply, before its deadline. A date you confirm is "
            "a promise to three parties.\n"
            "Ship released orders only, with the carrier’s number of every parcel.\n"
            "If you will be late, say so before the day, not after.",
            "zh-hans": "新订单请在期限前确认，不能供应的部分请如实注明。确认的发货日期是对三方的承诺。\n"
            "只发“可发货”的订单，每个包裹都要填写物流单号。\n"
            "预计延误的，请在到期之前说明，不要等到之后。",
        },
    ),
    Template(
        "partner_conduct",
        "training",
        ("partner",),
        {"en": "Serving your buyers", "zh-hans": "渠道服务规范"},
        {
            "en": "Look at each order of your buyers and confirm your margin, or object with a reason, in time.\n"
            "Promise what the product page says and nothing beyond.\n"
            "Do not take a buyer’s order off the platform: what is ordered elsewhere has no escrow, no "
            "record and no returns.",
            "zh-hans": "及时查看名下采购商的每一张订单，确认收益；有异议的，写明理由。\n"
            "对客户的承诺以商品页面为准，不作额外许诺。\n"
            "不得引导采购商绕开平台成交：场外交易没有托管、没有记录，也没有退换保障。",
        },
    ),
    Template(
        "receiving_goods",
        "training",
        ("buyer",),
        {"en": "Receiving goods", "zh-hans": "收货与验货"},
        {
            "en": "Count the parcels before you sign, and write damage on the carrier’s paper.\n"
            "Sign here only for what has arrived; the days in which you can complain begin then.\n"
            "Take pictures of what is wrong before you unpack more.",
            "zh-hans": "签收前清点件数，外包装破损的，在承运单上注明。\n"
            "只对实际到货的商品确认签收；售后期限自签收起算。\n"
            "发现问题先拍照，再继续拆箱。",
        },
    ),
)


def template_of(code: str) -> Template | None:
    """A paper to start from, by its code."""
    return next((each for each in TEMPLATES if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Step:
    """Something a new company does first: what, why, and the page where it is done (a name in its portal)."""

    code: str
    words: str
    why: str
    page: str


_READ = Step("papers", _("Read and acknowledge the papers"), _("They are the rules all parties work under."),
             "announcements")  # fmt: skip
_PEOPLE = Step("notices", _("Choose what comes by mail"), _("So that nothing that waits for you waits unseen."),
               "notices")  # fmt: skip
_KEYS = Step("keys", _("Connect your own system, if you have one"), _("A key for each program, with no more than it "
             "needs."), "keys")  # fmt: skip

CHECKLIST: Mapping[str, tuple[Step, ...]] = {
    "operator": (
        Step("papers", _("Publish the papers everybody acknowledges"), _("Templates to start from are at hand."),
             "announcements"),
        Step("contracts", _("Agree share contracts"), _("Without one nobody sells and nobody earns."), "contracts"),
        Step("languages", _("See which words are missing"), _("Buyers read goods in their own language."), "languages"),
    ),
    "supplier": (
        _READ,
        Step("contract", _("Sign the share contract"), _("Your goods are on the shelf only under one."), "contracts"),
        Step("goods", _("Enter goods, prices and stock"), _("One by one, or by a sheet."), "products"),
        _PEOPLE,
        _KEYS,
    ),
    "partner": (
        _READ,
        Step("contract", _("Sign the share contract"), _("It says what you earn of which goods."), "contracts"),
        _PEOPLE,
        _KEYS,
    ),
    "buyer": (
        _READ,
        Step("shelf", _("Look around on the shelf"), _("You see your own prices and delivery dates."), "shelf"),
        _PEOPLE,
        _KEYS,
    ),
}  # fmt: skip
