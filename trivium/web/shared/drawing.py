"""What a product without a picture looks like: the pack it comes in, the colour of its kind, and a glyph on the label.

The shapes are drawn in tools/packs.svg; here is only said which one. The words of a trader's name decide, in Chinese or
English, then its category, then its unit; what nothing is known of is a carton.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from trivium.core.fields import translate

HUES = ("red", "orange", "amber", "lime", "green", "teal", "sky", "blue", "violet", "pink", "brown", "grey")
CAPS = 6


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn pack: its shape, the glyph and the words on its label, its colour, and that of its brand's cap.

    `count` is how many are packed together.
    """

    shape: str
    glyph: str
    hue: str
    cap: int
    size: str
    count: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """What goods of a category look like: unless their names say more, where `names_say` they may."""

    glyph: str
    hue: str
    shape: str
    names_say: bool = False


def _finder(words: str) -> re.Pattern[str]:
    """Finds any of the words: English ones whole, in singular or plural, Chinese ones anywhere."""
    latin = [re.escape(word.replace("_", " ")) for word in words.split() if word.isascii()]
    others = [word for word in words.split() if not word.isascii()]
    parts = [rf"\b(?:{'|'.join(latin)})(?:s|es)?\b"] if latin else []
    return re.compile("|".join(parts + others))


_KINDS = tuple((_finder(words), kind) for words, kind in (
    ("ice_cream icecream sherbet 冰淇淋 雪糕", _Kind("ice", "pink", "tub")),
    ("frozenveg frozen_vegetable 速冻蔬菜", _Kind("snow", "green", "bag", names_say=True)),
    ("pizza 披萨", _Kind("pizza", "orange", "box")),
    ("ready_meal meal 菜肴", _Kind("bowl", "orange", "box")),
    ("infant baby nursery 母婴 婴儿", _Kind("babybottle", "sky", "tin", names_say=True)),
    ("pet dog cat 宠物 犬 猫", _Kind("bones", "orange", "sack", names_say=True)),
    ("jam 果酱", _Kind("honey", "violet", "jar", names_say=True)),
    ("cheese 奶酪 芝士", _Kind("cheese", "amber", "pack")),
    ("yogurt yoghurt pudding 酸奶 布丁", _Kind("cup", "pink", "cup")),
    ("butter margarine 黄油", _Kind("stack", "amber", "box")),
    ("egg 蛋类 鸡蛋", _Kind("egg", "amber", "box")),
    ("milk cream dairy 牛奶 奶油 乳", _Kind("milk", "blue", "brick")),
    ("beer ale lager 啤酒", _Kind("beer", "amber", "can")),
    ("wine spirit liquor 白酒 葡萄酒", _Kind("bottle", "violet", "bottle")),
    ("coffee 咖啡", _Kind("coffee", "brown", "bag", names_say=True)),
    ("tea 茶", _Kind("mug", "green", "box")),
    ("sports energy 运动 能量", _Kind("bolt", "lime", "bottle")),
    ("juice 果汁 汁", _Kind("juice", "orange", "bottle")),
    ("water 饮用水 矿泉水", _Kind("drop", "sky", "bottle")),
    ("soda soft_drink drink beverage cola 饮料 饮品 汽水", _Kind("bubble-tea", "red", "can")),
    ("chip crisp puff popcorn 薯片 膨化", _Kind("chips", "orange", "bag")),
    ("biscuit cracker cookie wafer 饼干", _Kind("cookie", "amber", "box")),
    ("candy chocolate sweet confectionery 糖果 巧克力", _Kind("candy", "violet", "bag")),
    ("breakfast_cereal cold_cereal 早餐谷物", _Kind("cereal", "amber", "box", names_say=True)),
    ("nut bar 坚果 谷物棒", _Kind("nut", "brown", "box")),
    ("pasta noodle rice 面条 米饭 大米", _Kind("bowl", "amber", "bag", names_say=True)),
    ("soup canned 汤 罐头", _Kind("soup", "red", "tin", names_say=True)),
    ("sauce dressing condiment oil spice 酱料 调味 食用油", _Kind("pepper", "red", "jar", names_say=True)),
    ("honey syrup 蜂蜜 糖浆", _Kind("honey", "violet", "jar", names_say=True)),
    ("baking flour sugar 烘焙原料 面粉", _Kind("wheat", "amber", "sack")),
    ("bread bun roll toast 面包", _Kind("bread", "amber", "bag")),
    ("cake pastry bakery 糕点 蛋糕 烘焙", _Kind("cake", "pink", "box")),
    ("poultry chicken 禽肉", _Kind("chicken", "orange", "tray")),
    ("seafood fish 水产 海鲜", _Kind("fish", "sky", "tray")),
    ("ham sausage 火腿 香肠", _Kind("sausage", "pink", "tray")),
    ("meat beef pork 肉", _Kind("meat", "red", "tray", names_say=True)),
    ("fruit 水果", _Kind("apple", "red", "crate", names_say=True)),
    ("vegetable produce 蔬菜 果蔬", _Kind("salad", "green", "crate", names_say=True)),
    ("paper tissue 纸品 纸", _Kind("tissue", "sky", "pack", names_say=True)),
    ("laundry cleaning detergent 洗涤 清洁 日化", _Kind("wash", "blue", "jug", names_say=True)),
    ("personal_care hair cosmetic 个人护理 个护 美妆", _Kind("soap", "teal", "pump", names_say=True)),
    ("lamp light lighting bulb 灯 照明", _Kind("bulb", "amber", "box", names_say=True)),
    ("bath bathroom sanitary_ware 卫浴 浴室", _Kind("bath", "sky", "box")),
    ("tool hardware 工具 五金", _Kind("tool", "grey", "box")),
    ("electric appliance 电器 电子", _Kind("plug", "grey", "box")),
    ("clothing textile apparel 服装 纺织", _Kind("shirt", "violet", "pack")),
    ("frozen 速冻 冷冻", _Kind("snow", "sky", "bag", names_say=True)),
    ("stationery office 文具 办公", _Kind("paper", "blue", "box")),
))  # fmt: skip
_UNKNOWN = _Kind("box", "", "carton", names_say=True)

# What a name says of the glyph, and what of the shape, where its category lets it.
_GLYPHS = tuple((_finder(words), glyph, shape) for words, glyph, shape in (
    ("coffee espresso roast 咖啡", "coffee", ""),
    ("toothpaste 牙膏", "dental", "tube"), ("toothbrush mouthwash 牙刷 漱口水", "dental", ""),
    ("hand_cream lotion cleanser mask 护手霜 身体乳 洁面乳 发膜", "heart", "tube"),
    ("bath_soap 香皂", "soap", "box"), ("deodorant foam 止汗露 泡沫", "spray", "can"),
    ("shampoo shower_gel conditioner 洗发水 沐浴露 护发素", "bath", "pump"),
    ("sanitary_pad pad liner 卫生巾 护垫 护理垫", "heart", "pack"),
    ("nappy nappies pants 纸尿裤 拉拉裤", "diaper", "pack"), ("wipe 湿巾", "drops", "pack"),
    ("formula shake 奶粉 奶昔粉", "babybottle", "tin"), ("rice_cereal 米粉", "wheat", "tin"),
    ("litter 猫砂", "cat", "sack"), ("cat kitten 猫", "cat", ""), ("dog puppy 犬 狗", "dog", ""),
    ("toilet_roll 卷纸 大盘纸", "tissue", "pack"), ("film foil baking_paper 保鲜膜 铝箔 油纸", "leaf", "roll"),
    ("bin_liner bag 垃圾袋 保鲜袋", "paper", "roll"),
    ("tissue towel napkin 抽纸 擦手纸 厨房纸 餐巾纸", "tissue", "pack"),
    ("washing_powder stain_remover capsule tablet 洗衣粉 彩漂粉 凝珠 洗碗块", "wash", "sack"),
    ("cleaner degreaser disinfectant freshener spray 清洁剂 油污净 消毒液 洁厕液 清新剂 喷雾", "spray", "pump"),
    ("washing-up 洗洁精", "drops", "pump"),
    ("laundry softener wool_wash rinse 洗衣液 柔顺剂 除菌液", "shirt", "jug"),
    ("oil 油", "drops", "jug"), ("soy_sauce vinaigrette 酱油 油醋汁 蚝油", "drops", "bottle"),
    ("ketchup tomato tomatoes 番茄", "apple", ""), ("pepper chilli paprika 椒 辣", "pepper", ""),
    ("taco tortilla 塔可 墨西哥薄饼", "burger", "bag"), ("salad caesar sandwich 沙拉 三明治", "salad", ""),
    ("herb coriander pak_choi spinach lettuce broccoli 香草 香菜 上海青 菠菜 生菜 西兰花", "leaf", ""),
    ("peanut hazelnut almond 花生 榛子 坚果", "nut", ""), ("honey maple 蜂蜜 枫糖", "honey", "bottle"),
    ("strawberry strawberries cherry cherries blueberry blueberries 草莓 车厘子 蓝莓", "cherry", ""),
    ("grape 葡萄 红提", "grape", ""), ("banana 香蕉", "banana", ""),
    ("lemon lime orange mandarin 柠檬 橙 橘", "lemon", ""),
    ("melon pineapple mango mangoes dragon_fruit 瓜 菠萝 芒果 火龙果", "melon", ""),
    ("apple pear peach 苹果 梨 桃", "apple", ""), ("mushroom 菇 口蘑", "mushroom", ""),
    ("carrot potato potatoes onion garlic fries wedge 萝卜 土豆 洋葱 蒜 薯", "carrot", ""),
    ("corn pea bean lentil chickpea 玉米 青豆 豆", "leaf", ""),
    ("tuna sardine mackerel seafood salmon cod shrimp 鱼 海鲜 虾", "fish", ""),
    ("pork ham 猪 火腿 午餐肉", "pig", ""), ("chicken 鸡", "chicken", ""), ("burger 汉堡", "burger", ""),
    ("beef steak 牛", "meat", ""), ("sausage 肠", "sausage", ""),
    ("rice 米 饭", "rice", ""), ("oat oatmeal 燕麦", "oat", "bag"), ("tea 茶", "mug", ""),
    ("cocoa hot_chocolate malt 可可 热巧克力 麦芽", "mug", ""), ("lamp light 灯", "lamp", ""),
))  # fmt: skip

# What a name says of the colour: taste before kind.
_TASTES = tuple((_finder(words), hue) for words, hue in (
    ("chocolate cocoa brownie coffee espresso hazelnut caramel cola soy_sauce rye walnut tiramisu malt", "brown"),
    ("peanut", "brown"),
    ("巧克力 可可 咖啡 榛 焦糖 可乐 酱油 黑啤 黑麦 核桃 花生 红豆", "brown"),
    ("strawberry strawberries peach lychee ham prawn shrimp salmon 草莓 桃 荔枝 火腿 虾 三文鱼", "pink"),
    ("blueberry blueberries grape plum onion taro 蓝莓 葡萄 酸梅 洋葱 紫", "violet"),
    ("tomato tomatoes ketchup chilli spicy beef cranberry pepperoni borscht kung_pao apple cherry cherries", "red"),
    ("番茄 辣 牛肉 蔓越莓 红 苹果 车厘子", "red"),
    ("orange mandarin carrot pumpkin mango mangoes barbecue curry 橙 橘 胡萝卜 南瓜 芒果 烧烤 咖喱", "orange"),
    ("lemon banana corn honey butter cheese vanilla pineapple durian mustard egg potato potatoes", "amber"),
    ("柠檬 香蕉 玉米 蜂蜜 黄油 芝士 香草 菠萝 榴莲 芥末 鸡蛋 葵花籽 土豆", "amber"),
    ("lime cucumber kiwi kiwifruit pear olive basil melon 青柠 黄瓜 猕猴桃 梨 橄榄 罗勒 瓜", "lime"),
    ("green matcha spinach broccoli pea lettuce pak_choi herb bamboo jasmine vegetable oolong scallion", "green"),
    ("绿 抹茶 菠菜 西兰花 青豆 生菜 香菜 竹 茉莉 蔬菜 乌龙 香葱", "green"),
    ("mint eucalyptus seaweed disinfectant 薄荷 海苔 消毒", "teal"), ("mushroom garlic 菇 口蘑 蒜", "grey"),
    ("soda sea sparkling salted baby infant 苏打 气泡 海盐 婴儿", "sky"), ("night 夜用 去屑", "violet"),
    ("day 日用 修护", "pink"),
))  # fmt: skip

# What it comes in, by the piece a Chinese name counts in or the unit it is sold in; what is in it shapes it further.
_PIECES = {"盒": "box", "瓶": "bottle", "罐": "can", "袋": "bag", "包": "pack", "杯": "cup", "卷": "roll", "提": "pack",
           "支": "tube", "桶": "jug", "箱": "carton"}  # fmt: skip
_UNITS = {"box": "box", "bottle": "bottle", "bag": "bag", "pack": "pack", "roll": "roll", "kg": "sack", "l": "jug"}
_SIZE = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s?(kg|g|mL|ml|L|cl|mm|cm|m|W|V|Ah|pcs|rolls|sheets|bags|[\u4e00-\u9fff])(?![A-Za-z])"
    r"(?:\s?[×x*]\s?(\d+)\s?([\u4e00-\u9fff]?))?"
)
_LIQUID = ("ml", "l", "cl")


def draw(names: Mapping[str, str], category: str, unit: str, language: str) -> Drawing:
    """How goods look that are called so, stand in a category (its path and names), and are sold by a unit."""
    return _draw(tuple(sorted(names.items())), category, unit, language)


@lru_cache(maxsize=4096)
def _draw(names: tuple[tuple[str, str], ...], category: str, unit: str, language: str) -> Drawing:
    said = " ".join(text for _language, text in names).lower()
    places = category.replace("-", " ").lower().split("/")
    kind = next((kind for place in reversed(places) for words, kind in _KINDS if words.search(place)), None)
    kind = kind or next((kind for words, kind in _KINDS if words.search(said)), _UNKNOWN)
    glyph, shape = kind.glyph, ""
    if kind.names_say:
        glyph, shape = next(((g, s) for words, g, s in _GLYPHS if words.search(said)), (glyph, ""))
    hue = next((hue for words, hue in _TASTES if words.search(said)), kind.hue)
    sizes = [_SIZE.search(text) for _language, text in names]
    own = _SIZE.search(translate(dict(names), language)) or next((size for size in sizes if size), None)
    piece = next((size[4] for size in sizes if size and size[4] in _PIECES), "")
    return Drawing(
        _shape(kind, shape, piece, unit, own),
        glyph,
        hue or HUES[crc32(said.encode()) % len(HUES)],
        crc32(said.partition(" ")[0].encode()) % CAPS,
        f"{own[1]} {own[2]}" if own else "",
        f"×{own[3]}" if own and own[3] else "",
    )


def _shape(kind: _Kind, said: str, piece: str, unit: str, size: re.Match[str] | None) -> str:
    """The shape by what is told of it: the piece, the unit, the kind; and by how much is in it."""
    amount, measure = (float(size[1]), size[2].lower()) if size else (0.0, "")
    is_large = (measure == "kg" and amount >= 3) or (measure == "l" and amount >= 3)
    packed = _PIECES.get(piece) or _UNITS.get(unit, "")
    if kind.shape in ("crate", "tray", "cup", "tub"):
        if kind.shape == "crate" and not is_large:
            return "tray" if packed == "box" else "bag"
        return "tub" if kind.shape == "cup" and is_large else kind.shape
    if said and not (packed == "bottle" and said in ("sack", "tin")):
        return said if said != "jug" or amount >= 1 or measure != "l" else "bottle"
    if packed == "box":
        return "brick" if measure in _LIQUID else "box"
    if packed == "bottle":
        if measure in _LIQUID:
            return "jug" if is_large else kind.shape if kind.shape in ("pump", "jug") else "bottle"
        return "jug" if is_large else kind.shape if kind.shape in ("jar", "pump", "jug") else "jar"
    if packed == "can":
        return "can" if measure in _LIQUID else "tin"
    if packed in ("bag", "sack"):
        return "sack" if is_large or packed == "sack" else "pack" if kind.shape == "pack" else "bag"
    return packed or kind.shape
