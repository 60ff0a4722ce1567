"""Personal data and outside contacts in a text: phones, cards, e-mail, links, messenger ids, addresses, plates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

EntityKind = Literal["mobile", "landline", "id_card", "bank_card", "email", "url", "wechat_qq", "address", "plate"]

# Regex fragments over folded text. Domains are known by their ending, so that 3.5 and v2.1 are none.
_ENDING = r"(?:com|cn|net|org|top|shop|xyz|vip|cc|io|me|co|info|biz|site|online|club|example|tv|app|store|link|ltd|tech|hk|tw)"
_DOMAIN = rf"(?:[a-z0-9](?:[a-z0-9-]{{0,62}})\.){{1,4}}{_ENDING}(?![a-z0-9@_])(?!\.[a-z0-9])"
_PATH = r"[a-z0-9._/?=&#%~+:@-]*+"
EMAIL = r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9-]{1,63}){1,4}"
URL = rf"(?:https?://[a-z0-9]{_PATH}|www\.[a-z0-9]{_PATH}|{_DOMAIN}(?:[:/?#]{_PATH})?)"
MOBILE = r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"
LANDLINE = r"\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[- ]?[0-9]{7,8}(?![0-9])"
HOTLINE = r"[48]00[- ]?[0-9]{3}[- ]?[0-9]{4}(?![0-9])"
_URL_TAIL = "./?:-&"


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of personal data or an outside contact; `text` is the folded view of `start:end`."""

    kind: EntityKind
    start: int
    end: int
    text: str


_PROVINCES = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]".strip("[]")
_ROADS = "路街道巷弄村里坊苑园厦庄"
_COUNT = r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,5})"
_HOUSE_UNIT = r"(?:号楼?|弄|栋|幢|座|室|单元)"
# Where an entity may start. A character class comes first: the regex engine then skips the rest of a text quickly.
_CUE = re.compile(
    rf"[0-9a-z微威薇企扣加{_PROVINCES}{_ROADS}](?:"
    r"(?<![a-z0-9][0-9a-z])(?:(?<=[0-9])(?=[0-9][0-9 ()+-]{4}|[0-9a-z._%+-]{0,64}+[@.][a-z0-9])|(?<=[a-z]))"
    r"|(?<=[微威薇])信|(?<=企)鹅|(?<=扣)扣|(?<=加)(?=[vqw])"
    rf"|(?<=[{_PROVINCES}])(?=[a-z])|(?<=[{_ROADS}])(?=\s?{_COUNT}\s?{_HOUSE_UNIT}))"
)
_WEB = re.compile(rf"(?P<email>{EMAIL})|(?P<url>{URL})")
_LATIN_RUN = re.compile(r"[a-z0-9._%+@-]*+")
_DIGIT_RUN = re.compile(r"[0-9]++(?:[ -][0-9]{2,}+)*+")
_PHONE = re.compile(rf"(?P<mobile>{MOBILE})(?![a-z*])|(?P<landline>{LANDLINE})(?![a-z*])")
_ID_CARD = re.compile(r"[1-9][0-9]{16}[0-9x](?![0-9a-z])|[1-8][0-9]{14}(?![0-9a-z -])")
_BANK_CARD = re.compile(r"(?:[0-9][ -]?){12,18}[0-9](?![0-9a-z*])")
_ISSUERS = re.compile(r"62|4|5[1-5]|2[2-7]|3[4-7]|6[05]|81|9[0-9]")
_PROVINCE_CODES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
_ORDER_BEFORE = re.compile(r"(?:订单|单号|运单|快递|物流|流水|工单|编号|编码|交易)(?:编?号)?码?[是为:尾 ]{0,3}$")
_CHAT = re.compile(
    r"(?:加?(?:微信|vx|v信|威信|薇信|wx|wechat|weixin|qq|扣扣|企鹅)|加[vq])(?P<named>号码?|账号|帐号|id|群)?\s?[:是为]{0,2}\s?"
    r"(?P<id>[a-z][a-z0-9_-]{5,19}(?![a-z0-9_@.-])|[0-9]{5,11}(?![0-9a-z@]))"
)
_PLATE = re.compile(
    rf"[{_PROVINCES}][a-hj-np-z][·•.\- ]?(?=[a-z]{{0,4}}[0-9][a-z]{{0,4}}[0-9])[a-hj-np-z0-9]{{5,6}}(?![a-z0-9])"
)
_HOUSE = re.compile(
    rf"\s?{_COUNT}\s?{_HOUSE_UNIT}(?P<more>(?:[ ,]?(?:{_COUNT}|[a-z])\s?(?:{_HOUSE_UNIT}|层|楼)){{0,4}}(?:[ ,]?[0-9]{{3,4}}(?![0-9]))?)"
)
# Rare patterns are compiled when first needed.
_REGION = r"[\u4e00-\u9fff]{1,8}?[省市区县州镇乡](?![码号域别])"
_LEAD = (
    r"[\u4e00-\u9fff]*(?:地址|送到|寄到|寄往|发到|收货|住在|位于|改成|改到|家住|送往|发往|[在是为您的])(?=[\u4e00-\u9fff]{2})"
)
_STREET = r"[\u4e00-\u9fff0-9]*\Z"
_REACH = 36

_Read = tuple[EntityKind | None, int, int]


def entities_in(folded: str) -> tuple[Entity, ...]:
    """List personal data and contacts of a folded text, in text order, never overlapping.

    Masked numbers (138****8000), service hotlines (400…, 95xxx) and order numbers are none. An 18-digit identity
    number must carry its check digit (GB 11643), a bank card its Luhn digit.
    """
    found: list[Entity] = []
    at = floor = 0
    while (cue := _CUE.search(folded, at)) is not None:
        start = cue.start()
        kind, begin, end = _read(folded, start, floor)
        at = max(end, start + 1)
        if kind is not None:
            found.append(Entity(kind, begin, end, folded[begin:end]))
            floor = end
    return tuple(found)


def _read(folded: str, start: int, floor: int) -> _Read:
    """Read what starts at a cue; without a kind, `end` is where to go on."""
    char = folded[start]
    if char.isdigit():
        return _read_web(folded, start) or _read_digits(folded, start, floor)
    if char in _ROADS:
        return _read_address(folded, start, floor)
    if char in _PROVINCES:
        plate = _PLATE.match(folded, start)
        return ("plate", start, plate.end()) if plate else (None, start, start + 1)
    chat = _CHAT.match(folded, start)
    if chat and (not chat["id"].isalpha() or chat["named"] or ":" in chat[0]):
        return "wechat_qq", start, chat.end()
    if not char.isascii():
        return None, start, start + 1
    run = _LATIN_RUN.match(folded, start)
    return _read_web(folded, start) or (None, start, run.end() if run else start + 1)


def _read_web(folded: str, start: int) -> _Read | None:
    match = _WEB.match(folded, start)
    if match is None:
        return None
    end = match.end()
    while folded[end - 1] in _URL_TAIL:
        end -= 1
    return "email" if match["email"] else "url", start, end


def _read_digits(folded: str, start: int, floor: int) -> _Read:
    run = _DIGIT_RUN.match(folded, start)
    end = run.end() if run else start + 1
    if (start and folded[start - 1] in "*-_.") or _ORDER_BEFORE.search(folded[max(floor, start - 12) : start]):
        return None, start, end
    card = _ID_CARD.match(folded, start)
    if card and _is_id_card(card[0]):
        return "id_card", start, card.end()
    begin = start - 1 if start > floor and folded[start - 1] in "(+" else start
    phone = _PHONE.match(folded, begin) or (_PHONE.match(folded, start) if begin < start else None)
    if phone:
        return "mobile" if phone["mobile"] else "landline", *phone.span()
    bank = _BANK_CARD.match(folded, start)
    return ("bank_card", start, bank.end()) if bank and _is_bank_card(bank[0]) else (None, start, end)


def _is_id_card(text: str) -> bool:
    """Verify region, birth date and, for 18 digits, the check digit. Fifteen digits carry none."""
    if text[:2] not in _PROVINCE_CODES:
        return False
    if len(text) == 15:
        return "01" <= text[8:10] <= "12" and "01" <= text[10:12] <= "31"
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    try:  # not `ric.validate`: its list of counties is loaded from a file and misses new ones
        ric.get_birth_date(text)
    except ValidationError:
        return False
    return text[-1] == ric.calc_check_digit(text).lower()


def _is_bank_card(text: str) -> bool:
    digits = text.replace(" ", "").replace("-", "")
    if not _ISSUERS.match(digits):
        return False
    from stdnum import luhn

    return bool(luhn.is_valid(digits))


def _read_address(folded: str, at: int, floor: int) -> _Read:
    """Read 路, 街 or 村 with a house number, back to the region it names; 三栋502室 makes up for a region."""
    house = _HOUSE.match(folded, at + 1)
    low = max(floor, at - _REACH)
    street = re.search(_STREET, folded[low:at])
    if house is None or street is None:
        return None, at, at + 1
    begin = low + street.start()
    lead = re.match(_LEAD, folded[begin:at])
    begin += lead.end() if lead else 0
    if at - begin < 2 or not (house["more"] or re.match(_REGION, folded[begin:at])):
        return None, at, house.end()
    return "address", begin, house.end()
