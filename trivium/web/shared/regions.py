"""Provinces of China by their code (GB/T 2260), for addresses; countries by theirs."""

from collections.abc import Sequence
from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language, gettext

from trivium.web.shared.pinyin import spellings

# code, in Chinese, in English: names, so they are no messages to translate.
_PROVINCES = (
    ("110000", "北京市", "Beijing"),
    ("120000", "天津市", "Tianjin"),
    ("130000", "河北省", "Hebei"),
    ("140000", "山西省", "Shanxi"),
    ("150000", "内蒙古自治区", "Inner Mongolia"),
    ("210000", "辽宁省", "Liaoning"),
    ("220000", "吉林省", "Jilin"),
    ("230000", "黑龙江省", "Heilongjiang"),
    ("310000", "上海市", "Shanghai"),
    ("320000", "江苏省", "Jiangsu"),
    ("330000", "浙江省", "Zhejiang"),
    ("340000", "安徽省", "Anhui"),
    ("350000", "福建省", "Fujian"),
    ("360000", "江西省", "Jiangxi"),
    ("370000", "山东省", "Shandong"),
    ("410000", "河南省", "Henan"),
    ("420000", "湖北省", "Hubei"),
    ("430000", "湖南省", "Hunan"),
    ("440000", "广东省", "Guangdong"),
    ("450000", "广西壮族自治区", "Guangxi"),
    ("460000", "海南省", "Hainan"),
    ("500000", "重庆市", "Chongqing"),
    ("510000", "四川省", "Sichuan"),
    ("520000", "贵州省", "Guizhou"),
    ("530000", "云南省", "Yunnan"),
    ("540000", "西藏自治区", "Tibet"),
    ("610000", "陕西省", "Shaanxi"),
    ("620000", "甘肃省", "Gansu"),
    ("630000", "青海省", "Qinghai"),
    ("640000", "宁夏回族自治区", "Ningxia"),
    ("650000", "新疆维吾尔自治区", "Xinjiang"),
    ("710000", "台湾省", "Taiwan"),
    ("810000", "香港特别行政区", "Hong Kong"),
    ("820000", "澳门特别行政区", "Macao"),
)


# What Unicode's list of territories has beside countries: unions, zones and pseudo-locales.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def region_choices(country: str, chosen: str = "") -> list[tuple[str, str]]:
    """The regions one can choose from in a country, in the reader's language; none where we have no list.

    A finer code that was chosen elsewhere (a city's, a district's) stays a choice, under its province's name.
    """
    if country.upper() != "CN":
        return []
    chinese = (get_language() or "").startswith("zh")
    found = [(code, zh if chinese else en) for code, zh, en in _PROVINCES]
    if chosen and chosen not in dict(found):
        found.insert(0, (chosen, region_name(country, chosen)))
    return [("", gettext("Choose a province")), *found]


def region_name(country: str, code: str) -> str:
    """A region as people read it: its province's name, or the code itself."""
    if not code:
        return ""
    return dict(region_choices(country)).get(f"{code[:2]}0000", code)


def country_choices(chosen: str = "") -> list[tuple[str, str]]:
    """The countries one can choose from, in the reader's language: China first, the others by name.

    A code that is none's but was chosen elsewhere stays a choice.
    """
    found = _countries_by_name(get_language() or "en")
    known = chosen.upper() in dict(found)
    return [*found, *([] if known or not chosen else [(chosen.upper(), chosen.upper())])]


@lru_cache(maxsize=32)
def _countries_by_name(language: str) -> list[tuple[str, str]]:
    named = [(code, name) for code, name in _countries(language).items() if len(code) == 2 and code not in _NO_COUNTRY]
    return sorted(named, key=lambda each: (each[0] != "CN", spellings(each[1])[1]))


def currency_choices(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Currencies with their names in the reader's language, behind the code that stands on every paper."""
    named = Locale.parse(get_language() or "en", sep="-").currencies
    return [(code, f"{code} · {named.get(code, code)}") for code in codes]


def country_name(code: str) -> str:
    """A country as people read it, or its two letters where they are none's."""
    return _countries(get_language() or "en").get(code.upper(), code)


@lru_cache(maxsize=32)
def _countries(language: str) -> dict[str, str]:
    named = dict(Locale.parse(language, sep="-").territories)
    return {**named, "TW": "中国台湾"} if language.startswith("zh") else named
