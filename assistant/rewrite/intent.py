"""What an answer says no to, what it asks or lets the customer do, and on which condition: a rewrite must say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.check import fold

_NO = (
    "不能|不可以|不可|不行|不了|不到|不给|不予|不支持|不接受|不提供|不包括|不包含|不包|不含|不适用|不参加|不参与|不享受|不算|不属于|"
    "不退|不换|不补|不赔|不送|不减|不发|不做|不卖|不开|不收|不在|不是|不用|不需要|不会|不再|不|无法|没法|没办法|没有|没|未|无|非|"
    "谢绝|停产|下架|售罄|缺货|断货|已过|超过|过期|取消|除外|例外|只能|仅限|仅|恕"
)
_REFUSAL = re.compile(rf"(?<![差多])(?:{_NO})")
_STRONG = re.compile(
    r"(?P<no>不能|不可以|不给|不予|不支持|不接受|不提供|无法|没法|没办法)(?:再|给[您你]?|为[您你]|帮[您你]|直接|单独|办理|申请|进行|享受|使用)*"
    r"(?P<verb>[㐀-鿿]{1,2}|$|(?=[,。!?;]))|(?P<verb2>[㐀-鿿])不了|不(?P<verb3>[退换补赔送减发修改包开寄])"
)
_WEAK = re.compile(
    r"没有?(?!收到|问题|事|关系|拆|用过|货到|满|到期|写|看|人|想)[㐀-鿿]|已?(?:停产|下架|售罄|断货|缺货)|仅限|不(?:在|参加|参与|享受|适用|包|含|算)"
)
_DENIED = re.compile(
    r"没有?(?:现)?货|缺货|断货|售罄|停产|没有[㐀-鿿]{0,6}(?:优惠|活动|服务|发票|名额|空房|库存)|不(?:支持|参加|提供|接受|在保修)"
)
_IF = re.compile(
    r"如果|要是|若|假如|只要|只有|除非|的话|前提|凭|必须|才能|才可以|才行|才会|才给|才(?=[退换发送能可])|方可|需要先|须|未拆|没拆|没用过|以内|之内|以上才|满"
)
_CAN = "可以|能够|能|支持|会给|给[您你]|帮[您你]|为[您你]|同意"
_EXCUSED = re.compile(
    r"不知道|不清楚|不了解|不晓得|没办法|没求|没有?权限?|没空|不归|不管|没空|不好意思|不满意|不便|没问题|不客气|不急|不用担心|别急|不耽误|对不起"
)


@dataclass(frozen=True)
class Intent:
    """The refusals (as the verbs they deny) and whether there is any no or condition."""

    verbs: tuple[str, ...]
    says_no: bool
    conditions: int
    rough: str = ""

    def kept(self, text: str) -> bool:
        """Tell whether a text still says no where it was said, does not grant what was denied, and keeps a condition."""
        return not self.broken(text)

    def broken(self, text: str) -> str:
        """Return what of the intent a text no longer says: "no", "condition", a verb that it grants, or nothing."""
        said = fold(text)
        if self.says_no and not _REFUSAL.search(_EXCUSED.sub("", said)):
            return "no"
        for verb in self.verbs:
            granted = re.search(rf"(?:{_CAN})(?:直接|马上|立刻|全额|免费|办理|申请)*{re.escape(verb)}", said)
            if granted and granted[0] not in self.rough and not _denied(said, granted.start()):
                return verb
        if self.conditions and not _IF.search(said):
            return "condition"
        return ""

    @property
    def binds(self) -> bool:
        """True when a no or a condition was stated."""
        return self.says_no or self.conditions > 0


def read_intent(text: str) -> Intent:
    """Read the refusals and conditions of an answer; 不知道 and 不归我管 refuse nothing."""
    said = _EXCUSED.sub("", fold(text))
    verbs = [hit["verb"] or hit["verb2"] or hit["verb3"] for hit in _STRONG.finditer(said)]
    return Intent(tuple(dict.fromkeys(filter(None, verbs))), bool(_refusals(said)), len(_IF.findall(said)), said)


def counts(text: str) -> int:
    """Count the refusals of a text."""
    return len(_refusals(_EXCUSED.sub("", fold(text))))


def refuses(text: str) -> bool:
    """Tell whether a text denies something that a customer may have wished for."""
    said = _EXCUSED.sub("", fold(text))
    return bool(_STRONG.search(said) or _DENIED.search(said))


def _refusals(said: str) -> Sequence[str]:
    return [*(hit[0] for hit in _STRONG.finditer(said)), *_WEAK.findall(said)]


def _denied(said: str, at: int) -> bool:
    return bool(re.search(r"(?:不|无法|没法|没有|未|暂)[㐀-鿿]{0,3}$", said[max(0, at - 6) : at]))
