"""Tell the line of a chat log on which somebody begins to speak from a line of what he says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.terms import Speaker

_WEEKDAY = r"(?:星期|周|週)[一二三四五六日天]"
_DATE = rf"(?:\d{{2,4}}[-/.年])?\d{{1,2}}[-/.月]\d{{1,2}}日?|今天|昨天|前天|{_WEEKDAY}"
_HOUR = r"\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,3})?)?|：\d{2}(?:：\d{2})?)(?!\d)"
_CLOCK = rf"(?:[上下中]午|凌晨|早上|晚上)?\s?{_HOUR}(?:\s?[AaPp][Mm]|Z|\+\d\d:?\d\d)?"
_TIME = rf"(?:(?:{_DATE})(?:T|\s{{0,3}})(?:{_WEEKDAY}\s?)?)?{_CLOCK}"
_SOME_TIME = re.compile(r"\d[:：]\d\d")
_ONLY_TIME = re.compile(rf"{_TIME}|\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?(?:\s?{_WEEKDAY})?")
_TO_THE_SECOND = re.compile(r".{0,12}\d[-/.年月].{0,12}\d[:：]\d{2}[:：]\d{2}")

# On Taobao the second name, after the shop's and a colon, is the representative's.
_NAME = r"(?:[^:：]{0,20}店[:：](?=[^:：\s您你亲好]{1,10}[\s:：(（]))?[^:：]"
_LED = re.compile(rf"(?:[\[(（【]({_TIME})[\])）】]\s{{0,8}}|({_TIME})(?:[\s,，|-]{{1,8}}|$))")
_TRAILED = re.compile(rf"({_NAME}{{1,40}}?)(?:\s{{1,8}}|\s{{0,8}}([\[(（【]))({_TIME})\s?[\])）】]?\s?([:：])?(\s{{0,8}})")
_NAMED = re.compile(rf"({_NAME}{{1,30}})[:：]")
_APART = re.compile(r"(\S{1,20})\s")
# After a space a role is followed by its bearer (客服 小李：), or else by what is said (客户 收件人：).
_BEARER = re.compile(r"[小阿老]\w{1,2}|\w{1,3}(?:女士|先生|[经經]理|老[师師])|[A-Z]?\d{1,6}[号號]?|[A-Z]")
_BRACKETED = re.compile(r"[\[【<]([^\]】>:：]{1,12})[\]】>]")
_BOLD = re.compile(r"\*\*([^*]{1,60})\*\*")
_BULLET = re.compile(r"(?:[-*•>]|\d{1,3}[.、)])\s{1,4}(?=\D)")
_ACCOUNT = re.compile(r"\s*(?:[(（]\d{4,12}[)）]|<[^<>]{1,60}>)$|\s*-{1,2}>.*$")
_RATIO = re.compile(r".*(?<!\d)\d{1,2}[:：]\d{2}(?!\d)")
_CLOCK_APART = re.compile(r".*\s\d{1,2}[:：]\d{2}(?!\d)")
_FRAME = " \t　-—–=─*~·.。[]【】()（）<>《》:：“”"

_OUR_WORDS = (
    r"客服|坐席|座席|商[家户戶]|[卖賣]家|店|官方|[专專][员員]|[顾顧][问問]|管家|助手|助理|工[号號]|小二|售[后後]|售前"
    r"|[机機]器人|系[统統]|客[户戶](?:服[务務]|[经經]理|代表)"
)
_THEIR_WORDS = (
    r"(?:客[户戶]|[顾顧]客|[买買]家|用[户戶]|[会會][员員]|[访訪]客|客人|消[费費]者)"
    rf"(?!{_OUR_WORDS}|服[务務]|[经經]理|代表|中心)"
)
_NUMBER = r"(?:[\s_-]\w{1,8}|\d{1,4})?$"
_OURS = re.compile(
    rf".*?(?:{_OUR_WORDS})|(?:assistant|agent|rep|bot|seller|support|customer[\s_-](?:service|support)){_NUMBER}",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    rf"{_THEIR_WORDS}|我$|.*@微信$|(?:tb|jd_|pdd)[a-z0-9_]+$"
    rf"|(?:user|customer(?![\s_-](?:service|support))|client|buyer|human|visitor){_NUMBER}",
    re.IGNORECASE,
)
_THEIRS_INSIDE = re.compile(rf".+?{_THEIR_WORDS}")

# What often stands before a colon or a time and is nobody's name: the labels of a form, words of a sentence.
_LABEL = re.compile(
    r"(?:[时時][间間]|日期|[订訂][单單]|[单單][号號]|[编編][号號]|[号號][码碼]|[电電][话話]|[热熱][线線]|手[机機]|地址|姓名|名[称稱]"
    r"|[户戶店]名|[账帳][号號户戶]|金[额額]|[价價]格|[数數]量|型[号號]|[颜顏]色|尺[码碼]|[备備]注|留言|[评評][价價]|[问問][题題]"
    r"|原因|要求|[诉訴]求|情[况況]|[态態]度|[协協][议議]|等[级級]|信息|[须須]知|[专專]享|[链鏈]接|商品|物流|快[递遞]|[员員][号號]"
    r"|[会會][员員]卡|客[户戶]端|付款|下[单單]|[发發][货貨]|[签簽]收|退款|退[货貨]|[赔賠][偿償]|回[复復]|收[货貨]人|^工[号號]"
    r"|(?:[揽攬]收|[运運][输輸]|派送|派件|到[达達]|[发發]出|中[转轉])中?"
    r"|https?|ftp|^system|^developer|^tool|^note|^ps)$",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"[，。！？；、,!?;“”\"…#{}=]|[的了吗呢吧我你您他她它们們不没沒是让讓叫说說讲講问問答给給被把很太都就还還也又才]"
    r"|什[么麼]|怎[么麼]|[今昨明]天|[现現]在|大[概约約]|已[经經]|[显顯]示"
)
_NOTICE = re.compile(
    r"以[上下](?:是|为|為).{0,12}(?:消息|内容|[记記][录錄])|.{0,20}撤回了?一[条條]消息"
    r"|(?:本次|[当當]前)?(?:[会會][话話]|[对對][话話]|聊天|服[务務])已?(?:[经經])?(?:[结結]束|[关關][闭閉]|超[时時])"
    r"|.{0,20}已?(?:接入|[进進]入|加入)了?(?:[会會][话話]|[对對][话話]|群聊)|(?:查看|[没沒]有)更多消息"
)


@dataclass(frozen=True)
class Mark:
    """Who begins to speak and what he says on the same line; `strong` when no sentence is likely to hold such a time."""

    name: str
    text: str = ""
    timed: bool = False
    strong: bool = False

    @property
    def header(self) -> bool:
        """True when name and time have a line of their own."""
        return self.timed and not self.text


def side_of(name: str) -> Speaker | None:
    """Tell by a name alone whose side a speaker is on."""
    if _THEIRS.match(name):
        return "customer"
    if _OURS.match(name):
        return "rep"
    return "customer" if _THEIRS_INSIDE.match(name) else None


def is_notice(line: str) -> bool:
    """Tell what the chat program wrote between the turns: 以上是历史消息, 对方撤回了一条消息, 会话已结束."""
    return len(line) <= 60 and bool(_NOTICE.fullmatch(line.strip(_FRAME)))


def is_time(line: str) -> bool:
    """Tell a line that is a time or a date and nothing else."""
    return len(line) <= 60 and bool(_ONLY_TIME.fullmatch(line.strip(_FRAME)))


def read_mark(line: str) -> Mark | None:
    """Read a stripped line as `name: text`, with a time on either side of the name, or as a name and a time alone."""
    line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    if bold := _BOLD.match(line):
        line = bold[1] + line[bold.end() :]
    if _SOME_TIME.search(line, 0, 120):
        if led := _LED.match(line):
            exact = bool(_TO_THE_SECOND.match(led[0]))
            return _after_time(line[led.end() :], exact, exact or bool(led[1]))
        if timed := _before_time(line):
            return timed
    return _bracketed(line) or _named(line)


def _after_time(rest: str, exact: bool, strong: bool) -> Mark | None:
    if named := _named(rest, timed=True, strong=strong):
        return named
    apart = _APART.match(rest)
    if apart and _speaks(name := _tidy(apart[1])):
        return Mark(name, rest[apart.end() :].strip(), timed=True, strong=strong)
    name = _tidy(rest[:60])
    if len(rest) <= 40 and (exact or side_of(name)) and _is_name(name, loose=exact and not set("【】，。") & set(name)):
        return Mark(name, timed=True, strong=strong)
    return None


def _before_time(line: str) -> Mark | None:
    match = _TRAILED.match(line)
    if not match:
        return None
    name, rest = _tidy(match[1]), line[match.end() :].strip()
    strong = bool(match[2] or _TO_THE_SECOND.match(match[3]))
    if (match[4] or not rest) and _is_name(name, loose=strong):
        return Mark(name, rest, timed=True, strong=strong)
    return Mark(name, rest, timed=True, strong=strong) if match[5] and _speaks(name) else None


def _bracketed(line: str) -> Mark | None:
    match = _BRACKETED.match(line)
    if not match or not _speaks(name := _tidy(match[1])):
        return None
    return Mark(name, line[match.end() :].lstrip(":： ").rstrip())


def _named(line: str, timed: bool = False, strong: bool = False) -> Mark | None:
    match = _NAMED.match(line)
    if not match or line.startswith("//", match.end()):
        return None
    name, known = _tidy(match[1]), side_of(_tidy(match[1]))
    if not _is_name(name, loose=strong and " " not in name) or not (known or len(name) <= 16):
        return None
    role, apart, bearer = name.partition(" ")
    if apart and _speaks(role) and not role.isascii() and not _BEARER.fullmatch(bearer.strip()):
        return None
    if (_CLOCK_APART if known else _RATIO).match(line[: match.end() + 3]):  # the colon of a time: 客户 3:20 到的
        return None
    return Mark(name, line[match.end() :].lstrip("*").strip(), timed=timed, strong=strong)


def _speaks(name: str) -> bool:
    """Tell whether a name needs no colon after it."""
    return name != "我" and side_of(name) is not None and _is_name(name)


def _is_name(name: str, loose: bool = False) -> bool:
    if name == "我":
        return True
    if not name or name.startswith("@") or _LABEL.search(name):
        return False
    return loose or (any(c.isalpha() for c in name) and not _PROSE.search(name))


def _tidy(name: str) -> str:
    return _ACCOUNT.sub("", name.strip()).strip(_FRAME)
