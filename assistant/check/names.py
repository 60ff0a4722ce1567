"""Names of persons: with a title (张经理), introduced (我叫陈晓), as colleagues are called (客服小陈, 刘工)."""

from __future__ import annotations

import re

# Surnames that are hardly ever part of another word, and those that often are.
_PLAIN = "[王李张刘陈杨赵黄吴徐孙胡朱郭林何罗郑梁宋唐韩冯邓曹彭曾肖董袁潘蒋蔡魏薛叶阎杜戴夏汪姜范姚谭廖邹熊陆郝孔崔康邱秦顾侯邵孟雷钱汤尹黎贺赖龚]"
_OFTEN_WORDS = "[周高马谢于程沈许苏卢吕丁任方石余江史白毛段万龙易常武乔文贾傅钟田金安关成时单]"
SURNAMES = (_PLAIN + _OFTEN_WORDS).replace("][", "").strip("[]")
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容")
TITLES = (
    "经理", "女士", "先生", "主管", "主任", "师傅", "老师", "老板", "小姐", "组长", "店长", "站长", "队长",
    "总监", "专员", "律师", "医生", "警官",
)  # fmt: skip
# What may stand before a name without being part of a word with it.
_OPENERS = "[的是由请找叫给跟向让为与了您我系到过被把将问服员好及及和见位]".strip("[]")
_JOINED = {
    "李": "行", "张": "一两几每这那夸主开扩紧纸", "王": "国", "方": "对双各地官厂甲乙警三我", "于": "由关对至基属处终鉴等位",
    "周": "一两三四几本上下每这", "谢": "感多谢", "任": "责上现前主", "成": "完", "高": "最", "曾": "不", "何": "如为任",
    "文": "中英", "单": "订下运", "时": "及小准按当同", "万": "一千", "关": "有相", "金": "押现基", "安": "公平",
    "林": "森", "黄": "发", "田": "农", "白": "明", "程": "流工课", "江": "长", "余": "其", "许": "也允", "史": "历",
    "马": "立", "叶": "茶", "胡": "二", "康": "健", "顾": "光回", "汤": "喝", "雷": "地", "钱": "退付花", "龙": "水",
}  # fmt: skip
_NO_GIVEN = frozenset(
    "[的了是在我您你他她请和与及或这那各位级区部门店客户服务产品项目这个有没不为给向找叫让到会可就都也还再一两三几老上下前后总副先女主师经理管售班堂]"
)
_HAN = "[\u4e00-\u9fff]"
# Rare patterns are compiled when first needed.
_INTRO = (
    rf"(?:[欧司上诸夏皇尉公慕][阳马官葛徒侯甫迟孙容]|[{SURNAMES}]){_HAN}{{1,2}}?"
    r"(?=$|[^\u4e00-\u9fff]|为您|很|是|竭诚|负责|来自|工号|随时)"
)
_SMALL_AFTER = r"$|[^\u4e00-\u9fff]|为您|竭诚|很|来|[给帮]您|联系|正在|会|将|已|在|跟|负责|处理|核|工号|随时|回"
_CALLED = (
    "客服", "专员", "坐席", "顾问", "管家", "我是", "同事", "店员", "主管", "导购", "找", "由", "联系",
    "请", "师傅", "让",
)  # fmt: skip
_NO_TITLE_BEFORE = {"工": "[作单号程具资厂艺人序期商会本时]", "总": "[是共计部金数额经体会之监店公和结裁台务]"}


def name_at(folded: str, at: int) -> tuple[int, int] | None:
    """Return the span of the name whose cue (a title, 小, 我叫, 姓) starts at `at`."""
    char, title = folded[at], folded[at : at + 2]
    if title in TITLES:
        start = _holder(folded, at, title)
        if start is not None:
            return start, at + 2
    if char in _NO_TITLE_BEFORE:
        start = _surname_before(folded, at, strict=True)
        return None if start is None or folded[at + 1 : at + 2] in tuple(_NO_TITLE_BEFORE[char]) else (start, at + 1)
    if char == "小":
        return _small(folded, at)
    if char in "叫姓":
        return _introduced(folded, at)
    return None


def _holder(folded: str, at: int, title: str) -> int | None:
    start = _surname_before(folded, at, strict=False)
    if start is not None:
        return start
    for length in (3, 2):
        begin = at - length
        surnames = SURNAMES if title in ("先生", "女士", "小姐") else _PLAIN
        if begin < 0 or folded[begin] not in surnames or not _opens(folded, begin, strict=True):
            continue
        if not any(c in _NO_GIVEN or not "\u4e00" <= c <= "\u9fff" for c in folded[begin + 1 : at]):
            return begin
    return None


def _surname_before(folded: str, at: int, *, strict: bool) -> int | None:
    if folded[max(0, at - 2) : at] in _DOUBLE:
        return at - 2
    if not at or folded[at - 1] not in SURNAMES:
        return None
    return at - 1 if _opens(folded, at - 1, strict=strict or folded[at - 1] in _OFTEN_WORDS) else None


def _opens(folded: str, at: int, *, strict: bool) -> bool:
    """Tell whether a surname may begin a name here, after what stands before it."""
    if not at:
        return True
    before = folded[at - 1]
    if before in _JOINED.get(folded[at], ""):
        return False
    return not strict or not "\u4e00" <= before <= "\u9fff" or before in _OPENERS


def _small(folded: str, at: int) -> tuple[int, int] | None:
    if at + 1 >= len(folded) or folded[at + 1] not in SURNAMES or folded[at + 1] in "时于单":
        return None
    if not folded[max(0, at - 3) : at].endswith(_CALLED) and not folded.startswith("为您", at + 2):
        return None
    return (at, at + 2) if re.match(_SMALL_AFTER, folded[at + 2 : at + 4]) else None


def _introduced(folded: str, at: int) -> tuple[int, int] | None:
    before = folded[at - 1 : at] if at else ""
    if folded[at] == "姓":
        known = before in tuple("我免您他她") or folded[max(0, at - 2) : at] in ("免贵", "客户")
        return (at + 1, at + 2) if known and folded[at + 1 : at + 2] in tuple(SURNAMES) else None
    if before not in tuple("我名他她"):
        return None
    match = re.match(_INTRO, folded[at + 1 : at + 9])
    if match is None or any(c in _NO_GIVEN for c in match[0][1:]) or match[0][1:] in TITLES:
        return None
    return at + 1, at + 1 + match.end()
