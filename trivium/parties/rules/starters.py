"""Agreements to begin with: our own words, one for each role, to be adapted and looked at by a lawyer before use."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Starter:
    """An agreement to start a draft from."""

    code: str
    role: str
    title: Mapping[str, str]
    text: Mapping[str, str]


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


STARTERS: tuple[Starter, ...] = (
    Starter(
        "supplier",
        "supplier",
        {"en": "Supplier agreement", "zh-hans": "供应商入驻协议"},
        {
            "en": _paragraphs(
                "1. What this is about\nThe operator runs this platform. The supplier offers its goods on it to buyers "
                "whom channel partners and the operator serve. Fees and shares are those of the share contract that "
                "both sides have signed.",
                "2. Goods and papers\nThe supplier may sell what it lists, and keeps its licences and certificates "
                "valid. Names, pictures, specifications, smallest quantities and delivery times describe what is "
                "shipped. What no longer holds is corrected or taken off sale at once.",
                "3. Orders\nAn order is confirmed or refused within the time the platform shows. A confirmed order is "
                "shipped by the day that was promised, with the documents that belong to it. Stock that is shown can "
                "be ordered.",
                "4. Returns and claims\nThe supplier answers for defects, short deliveries and wrong deliveries under "
                "the law and under the return rules that were shown with the order. Refunds follow the platform’s "
                "books.",
                "5. Money\nThe platform keeps the buyer’s payment until the goods were signed for, then pays out what "
                "the statement shows. The supplier checks each statement within the time given, and issues invoices as "
                "the tax law requires.",
                "6. Prices, data and secrets\nPrices and terms that one side learns of the other stay secret. Personal "
                "data serve delivery and answers, and are deleted when they are needed no more.",
                "7. Fair dealing\nNobody gives or takes money or favours for an order, a listing or a review. Buyers "
                "met on the platform are not led away from it to avoid its fees.",
                "8. Suspension and end\nWho breaks this agreement is told, and has time to put it right; where buyers "
                "are in danger the operator may suspend sales at once, and says why. Either side may end it with "
                "thirty days’ notice. Orders that were confirmed are carried out.",
                "9. Law and disputes\nThe law of the operator’s country holds. Both sides first try to agree; else the "
                "court at the operator’s seat decides.",
            ),
            "zh-hans": _paragraphs(
                "一、合作内容\n平台运营方经营本平台；供应商在平台上向渠道商和平台运营方服务的采购商供货。费用与分成以双方另行签署的分成合同为准。",
                "二、商品与资质\n供应商对所上架的商品享有合法的销售权，并保证证照和资质持续有效。"
                "商品名称、图片、规格、起批量和交期须与实际发货一致；内容有变的，应立即更正或下架。",
                "三、订单\n供应商应在平台显示的时限内确认或拒绝订单。已确认的订单按承诺日期发货，并随附应有的单证。展示的库存应当可以下单。",
                "四、退换与索赔\n商品存在质量问题、短少或错发的，供应商依法并按下单时展示的退换规则承担责任。退款以平台账目为准。",
                "五、货款结算\n采购商的货款由平台保管至签收，再按对账单结算。供应商应在规定时间内核对对账单，并依税法开具发票。",
                "六、价格、数据与保密\n一方对所知悉的另一方价格和条件负有保密义务。个人信息只用于交付和答复，不再需要时即行删除。",
                "七、廉洁与公平\n任何一方不得为订单、上架或评价收受或给予钱物及其他好处；不得将平台上结识的采购商引至平台之外交易以规避费用。",
                "八、暂停与终止\n一方违反本协议的，另一方应通知其限期改正；可能损害采购商的，平台运营方可以立即暂停销售并说明理由。"
                "任何一方提前三十日通知，可以终止本协议；已确认的订单应继续履行。",
                "九、法律适用与争议解决\n本协议适用平台运营方所在国法律。争议先行协商；协商不成的，由平台运营方住所地法院管辖。",
            ),
        },
    ),
    Starter(
        "partner",
        "partner",
        {"en": "Channel partner agreement", "zh-hans": "渠道商合作协议"},
        {
            "en": _paragraphs(
                "1. What this is about\nThe channel partner wins and looks after buyers on this platform. What "
                "it earns is laid down in the share contract that both sides have signed, and reckoned on the orders "
                "of the buyers that belong to it when they order.",
                "2. Service\nThe partner answers its buyers, confirms its margin within the time shown, and passes on "
                "complaints. It promises nothing in the name of the operator or of a supplier that these have not "
                "offered.",
                "3. Prices\nThe partner keeps within the price bands that were agreed. It does not tell one buyer what "
                "another one pays.",
                "4. Territory\nThe partner works in the regions it was admitted for. A buyer that moves to another "
                "partner belongs to that one from then on; earlier orders stay where they were.",
                "5. Money\nShares are paid out by statements. If goods go back, the share goes back in the same "
                "proportion. The partner issues the invoices the tax law requires and pays its own taxes.",
                "6. Data and secrets\nThe partner uses buyers’ data to serve them on this platform and for nothing "
                "else. What it learns of prices and terms stays secret, also after the end.",
                "7. Fair dealing\nNo hidden payments, no false orders, no orders of its own in a buyer’s name. Margins "
                "on own purchases are paid only where the share contract says so.",
                "8. Suspension and end\nWho breaks this agreement is told, and has time to put it right; the operator "
                "may suspend new business at once where others are in danger, and says why. Either side may end it "
                "with thirty days’ notice; shares earned by then are paid.",
                "9. Law and disputes\nThe law of the operator’s country holds. Both sides first try to agree; else the "
                "court at the operator’s seat decides.",
            ),
            "zh-hans": _paragraphs(
                "一、合作内容\n渠道商在本平台上开发并服务采购商。收益以双方另行签署的分成合同为准，按采购商下单时的归属计算。",
                "二、服务\n渠道商应及时答复采购商，在规定时限内确认收益，并转达投诉。平台运营方或供应商未作出的承诺，渠道商不得代为作出。",
                "三、价格\n渠道商应在约定的价格区间内定价，不得将某一采购商的价格告知其他采购商。",
                "四、区域\n渠道商在获准的区域内开展业务。采购商转由其他渠道商服务的，自转移之时起归属新的渠道商；此前的订单归属不变。",
                "五、结算\n收益按对账单支付；发生退货的，收益按比例退回。渠道商依税法开具发票，并自行承担应缴税款。",
                "六、数据与保密\n采购商的信息只用于在本平台上提供服务。对所知悉的价格和条件负有保密义务，合作结束后仍然有效。",
                "七、廉洁与公平\n不得暗中收付好处，不得虚构订单，不得以采购商名义为自己下单。自购是否计收益，以分成合同为准。",
                "八、暂停与终止\n一方违反本协议的，另一方应通知其限期改正；可能损害他人的，平台运营方可以立即暂停新业务并说明理由。"
                "任何一方提前三十日通知，可以终止本协议；此前已产生的收益照常支付。",
                "九、法律适用与争议解决\n本协议适用平台运营方所在国法律。争议先行协商；协商不成的，由平台运营方住所地法院管辖。",
            ),
        },
    ),
    Starter(
        "buyer",
        "buyer",
        {"en": "Buyer agreement", "zh-hans": "采购商服务协议"},
        {
            "en": _paragraphs(
                "1. What this is about\nThe buyer orders goods for its business on this platform. Seller of the goods "
                "is the supplier named on the order; the operator runs the platform, keeps the payment and settles it.",
                "2. People and keys\nThe buyer decides who may order, approve and pay for it. What these people and "
                "the keys they make do is done by the buyer. Lost access is reported at once.",
                "3. Orders and prices\nThe prices, freight and fees shown when an order is placed are those that are "
                "owed. An order binds when it was confirmed; until then it can be cancelled free of charge.",
                "4. Payment\nOrders are paid as chosen when they were placed. What is bought on account is paid by the "
                "day the statement names; the operator may stop further credit while something is overdue.",
                "5. Delivery\nThe buyer checks the goods when they arrive and signs for what it received. Damage and "
                "shortage that can be seen are reported within seven days, other defects as soon as they are found.",
                "6. Returns\nReturns and refunds follow the law and the rules shown with the order. Money goes back "
                "the way it came.",
                "7. Data and secrets\nThe buyer’s own prices and terms stay secret. Personal data serve orders, "
                "delivery and answers; the privacy rules of the platform say how long they are kept.",
                "8. Suspension and end\nWho breaks this agreement is told, and has time to put it right; the operator "
                "may stop new orders at once where others are in danger, and says why. Either side may end it with "
                "thirty days’ notice. Orders that were confirmed are carried out and paid.",
                "9. Law and disputes\nThe law of the operator’s country holds. Both sides first try to agree; else the "
                "court at the operator’s seat decides.",
            ),
            "zh-hans": _paragraphs(
                "一、服务内容\n采购商为自身经营在本平台采购商品。商品由订单所列供应商销售；平台运营方经营平台，负责货款的保管和结算。",
                "二、人员与密钥\n采购商自行决定由谁下单、审批和付款；上述人员及其创建的密钥所作的操作，视为采购商的行为。账号或密钥遗失的，应立即告知平台。",
                "三、订单与价格\n下单时展示的价格、运费和费用即为应付金额。订单经确认后生效；确认之前可以免费取消。",
                "四、付款\n订单按下单时选择的方式付款。赊购的款项应在对账单载明的日期前付清；有逾期款项的，平台运营方可以暂停授信。",
                "五、收货\n采购商应在到货时验收并如实签收。外观可见的破损和短少应在七日内提出，其他问题应在发现后及时提出。",
                "六、退换货\n退货和退款依法并按下单时展示的规则办理。退款原路退回。",
                "七、数据与保密\n采购商的价格和交易条件予以保密。个人信息只用于订单、交付和答复，保存期限见平台的个人信息保护规则。",
                "八、暂停与终止\n一方违反本协议的，另一方应通知其限期改正；可能损害他人的，平台运营方可以立即停止接受新订单并说明理由。"
                "任何一方提前三十日通知，可以终止本协议；已确认的订单应继续履行并付款。",
                "九、法律适用与争议解决\n本协议适用平台运营方所在国法律。争议先行协商；协商不成的，由平台运营方住所地法院管辖。",
            ),
        },
    ),
)


def starter_of(code: str) -> Starter | None:
    """The starter with this code, if there is one."""
    return next((each for each in STARTERS if each.code == code), None)
