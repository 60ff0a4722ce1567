"""Personal data leaves the machine only as stable tokens: 〔手机号1〕 for a phone, and back.

Values are known by shape alone, without checksums: hiding too much costs nothing, since it is put back exactly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assistant.check import fold
from assistant.check.entities import URL
from assistant.errors import MaskError

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

LABELS = ("手机号", "证件号", "银行卡", "邮箱", "地址", "姓名", "车牌", "订单号", "号码")
PHONE, IDENTITY, CARD, EMAIL, ADDRESS, NAME, PLATE, ORDER, NUMBER = LABELS
# What no shape reads: a link or a blank, where values known from elsewhere are hidden all the same, and an amount or a date.
_OPEN, _SHUT = "", "-"
_BLANK = "\0"
_LONGEST = 100  # code points of a value that is looked for elsewhere too
_REACH = 40  # code points of an address before its house number

# Regex fragments over folded text. A class comes first, what stands before it is looked at afterwards: so the engine skips
# quickly what cannot match. Whatever repeats without a bound is possessive.
_HAN = r"\u3400-\u9fff〇\U00020000-\U0003ffff"
_D, _3_9 = r"[\d〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]", "[3-9三四五六七八九]"
_DIGITS = _D[1:-1]
_UNSEEN = r"\u00ad\u200b-\u200f\u2060\ufe0f\u20e3\ufeff"
_GAP = rf"[\s_.,·•/*()\-\u2010-\u2015\u2212{_UNSEEN}]"
_IS = r"(?:\s|是|为|:|=|#)*+"

_SPACE = rf"[\s{_UNSEEN}]{{0,3}}"
_LABEL = "|".join(LABELS)
_TOKEN = re.compile(
    rf"[〔【\[(<{{《〈「『〖]{_SPACE}(?P<label>{_LABEL}){_SPACE}(?P<number>[0-9]{{1,7}}){_SPACE}[〕】\])>}}》〉」』〗]"
    rf"|〔{_SPACE}(?:{_LABEL}|[{_HAN}]{{1,6}}{_SPACE}[0-9]{{1,7}}{_SPACE}〕)"
)

_START = "(?<![0-9a-z].)"  # the character just read begins its word
_EMAIL = (
    r"[a-z0-9._%+*-](?<![a-z0-9._%+*-].)[a-z0-9._%+*-]*+\s?(?:[@﹫]|[(\[]at[)\]]|艾特)\s?"
    r"[a-z0-9*-]++(?:\s?[.。点]\s?[a-z0-9-]++)*+"
)
_BLANKS = r"\{[a-z_]{1,30}[0-9]{0,2}\}|[\[【<][^\[\]【】<>\d\s]{1,10}[\]】>]"
_BIRTH = r"(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12][0-9]|3[01])"
_ID_CARD = (
    rf"[1-9]{_START}[0-9]{{5}}(?:[ -]?(?:19|20)[0-9]{{2}}[ -]?{_BIRTH}[ -]?[0-9]{{3}}[ -]?[0-9x]|[0-9]{{2}}{_BIRTH}[0-9]{{3}})"
    "(?![0-9a-z])"
)
_BANK_CARD = (
    rf"[0-9]{_START}(?:[0-9]{{3}}(?:[ -][0-9]{{4}}){{2,3}}(?:[ -][0-9]{{1,3}})?|(?<=6)2[0-9]{{4}}[ -]?[0-9]{{10,13}}"
    "|(?<=[45])[0-9]{15})(?![0-9a-z])"
)
_MOBILE = (
    rf"[1一幺壹(+08](?:(?<=[1一幺壹])(?<!{_D}.)|(?:(?<=\()(?:\+|00)?86\)|(?<=\+)86|(?<!{_D}.)(?:(?<=0)086|(?<=8)6)){_GAP}{{0,2}}[1一幺壹])"
    rf"(?:{_3_9}{_D}{_GAP}{{0,3}}{_D}{{4}}{_GAP}{{0,3}}{_D}{{4}}|{_GAP}{{1,3}}{_3_9}(?:{_GAP}{{1,3}}{_D}){{9}}"
    rf"|[ -]?{_3_9}(?:(?:[ -]|[{_UNSEEN}]{{1,3}})?{_D}){{9}})(?!{_D})"
)
_LANDLINE = (
    rf"[(048]{_START}(?:(?:(?<=\()0|(?<=0))(?:10|2[0-9]|[3-9][0-9]{{2}})\)?[ -]{{0,2}}[1-9][0-9]{{2,3}}[ -]?[0-9]{{4}}"
    r"|(?<=[48])00(?:[ -]?[0-9]){7})(?![0-9])(?:(?:[ -]{1,2}|转|分机)[0-9]{1,6}(?![0-9]))?"
)
_STARRED_MOBILE = rf"1{_START}[3-9][0-9]?[ -]?[*●•x]{{3,8}}[ -]?[0-9]{{2,4}}(?![0-9a-z])"
_STARRED = (
    r"[0-9*●•](?:(?<=[0-9])(?<![0-9].)(?:[0-9]++(?:[ -]?[*●•x]{2,}+){1,6}+[ -]?[0-9]{2,}+x?|[0-9]{2,}+[*●•]{3,}+)"
    r"|(?<=[*●•])(?<![*●•].)[*●•]{2,}+ ?[0-9]{3,}+)"
)
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][·•. -]?"
    r"(?=[a-z]{0,5}[0-9])[a-z0-9*]{4,5}[a-z0-9挂学警港澳领使](?![a-z0-9])"
)

# A label says what a short or odd value is; a year or an amount after it is none.
_UNIT = r"\s?(?:元|块|天|小时|分钟|次|个|件|台|月|年|日)"
_NOT_ID = rf"(?!(?:19|20)[0-9]{{2}}(?:[-/.][0-9]|年)|[0-9.]{{1,8}}{_UNIT})"
_ID = rf"{_NOT_ID}([a-z0-9][a-z0-9_-]{{3,40}}+)"
_GROUPS = rf"{_NOT_ID}([0-9a-z][0-9a-z-]{{3,20}}+(?: [0-9]{{3,8}}(?![0-9a-z]|{_UNIT}))*+)"
_NO = r"(?:编?号码?|码|id)?"
_ORDER = rf"(?:订单|单号|运单|流水|工单|面单|交易){_NO}{_IS}(?=[a-z_-]{{0,6}}[0-9-]{{4}}){_ID}"
_PAPERS = rf"(?:身份证|证件|护照|通行证|驾驶证|驾照|居住证|军官证|社保|医保)卡?{_NO}{_IS}(?=[a-z]{{0,6}}[0-9]{{4}}){_GROUPS}"
_CARD_NO = rf"(?:卡号|银行卡|储蓄卡|信用卡){_NO}{_IS}(?=[0-9]){_GROUPS}"
_NAMED = (
    r"(?:账号|帐号|账户|会员|户号|工号|学号|编号|编码|序列号|设备号|imei|保单|合同|发票|税号|验证码|取件码|提货码|核销码|券码|兑换码|"
    rf"密码|口令|短号){_NO}{_IS}(?=[a-z_-]{{0,20}}[0-9]){_ID}"
)
_CHAT = (
    r"[微薇威扣企加钉旺抖小支vwq](?:(?<=[微薇威])[信博]|(?<=扣)扣|(?<=企)鹅|(?<=加)[vq]|(?<=钉)钉|(?<=旺)旺|(?<=抖)音|(?<=小)红书|(?<=支)付宝"
    r"|(?<![a-z].)(?:(?<=v)[x信]|(?<=w)(?:x|echat|eixin)|(?<=q)q))"
    rf"(?:(?:号码?|账号|帐号|id|群号?){_IS}|[\s是为:=]++|)(?!pay|app|vip|web|mail|zone|music|android|iphone){_ID}"
)
_TAIL = (
    r"[尾后末](?:(?<=尾)[号数]|(?<=[后末])\s?[三四五六3-6]\s?位(?:数字|数|号码)?)(?:\s|是|为|:|的|=)*+"
    rf"([{_DIGITS}*]{{3,8}}+x?)"
)

# What the model needs as it is, where a number or a code could be read.
_SUM = r"(?:[0-9]{1,3}(?:,[0-9]{3})++|[0-9]{1,8})(?:\.[0-9]{1,4})?"
_MONEY = (
    rf"[0-9¥￥$rc](?<![0-9a-z.].)(?:(?:(?<=[¥￥$])|(?<=r)mb|(?<=c)ny)\s?{_SUM}(?![0-9])|(?<=[0-9])(?:"
    rf"(?:[0-9]{{0,2}}(?:,[0-9]{{3}})++|[0-9]{{0,7}})(?:\.[0-9]{{1,4}})?(?:\s?[-~到至]\s?{_SUM})?\s?"
    r"(?:元(?!旦)|块|万|美元|美金|港币|欧元|日元|rmb|cny|积分|金币|人次|公里|毫安|分之|%)"
    r"|[0-9]{0,7}\.[0-9]{1,2}(?![0-9.])|[0-9]{0,2}\.[0-9]{3,10}(?![0-9.])))"
)
_DATE = (
    rf"[12]{_START}(?<![0-9a-z][-_].)(?:(?<=1)9|(?<=2)0)[0-9]{{2}}(?:[-/.年][0-9]{{1,2}}(?:[-/.月][0-9]{{1,2}}[日号]?)?"
    r"|\s?[-~到至]\s?(?:19|20)[0-9]{2})(?![0-9]|[-_/.][0-9])"
)
_MEASURE = (
    rf"[0-9]{_START}[0-9]{{0,5}}(?:(?:x[0-9]{{1,5}}){{1,2}}[a-z]{{0,2}}|(?:\.[0-9]{{1,6}})?"
    "(?:mah|kwh|m?wh|[kmg]?hz|[kmgt]b|[mk]?[lgmw]|dpi|ppi|rpm|lm))(?![a-z0-9])"
)
_PRODUCT = (
    rf"[a-z]{_START}(?<=(?=iphone|ipad|ipod|imac|macbook|airpods|watch|galaxy|redmi|xiaomi|huawei|honor|mate|nova|pura|vivo|oppo|iqoo"
    "|oneplus|realme|reno|find|note|pixel|thinkpad|surface|windows|office|android|ios|harmonyos|rtx|gtx|switch|xbox|usb|wifi).)"
    "[a-z]{2,14}[0-9]{1,4}(?:pro|max|plus|ultra|mini|air|lite|super|se|ti|fe|[gt]b|[gskwex])*+(?![a-z0-9])"
)

_SURNAME = (
    "(?:[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜]"
    "|[范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍]"
    "|[韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童欧甄项曲阳游裴席卫查屈鲍覃霍翁隋甘景薄包司柏宁柯]"
    "|[阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖])"
)
_DOUBLE = "(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|夏侯|南宫|端木|独孤|轩辕|百里|呼延)"
_NAME_ENDS = rf"(?=$|[^{_HAN}]|[的是在我想要买你您请这那昨今前电手住收下单快麻帮怎还都就也已没不被把给]|地址|号码|联系|身份|有个|可以|先生|女士|小姐)"
_NO_NAME = (
    "(?![我你您他她它这那哪谁没不错填写改一个]|什么|快递|外卖|客服|人工|手机|电话|号码|地址|信息|会员|用户|客户|顾客|学生|先生|女士|常客|"
    "单独|任何|程序员|高中|高级|单位|金牌|黄金|白金|白银|安卓|华为|和[之我])"
)
_FAMILY = f"(?:{_DOUBLE}|{_SURNAME})"
_SHORT_NAME = rf"{_FAMILY}[{_HAN}]{{1,2}}"
_SURE_NAME = rf"{_SHORT_NAME}(?<![的了吗吧呢啊呀])(?![{_HAN}])|{_SHORT_NAME}?{_NAME_ENDS}|{_SURNAME}\*{{1,3}}[{_HAN}]?"
_FOREIGN = rf"[{_HAN}]{{1,10}}(?:[·•][{_HAN}]{{1,10}}){{1,3}}"
_ANY_NAME = (
    rf"{_NO_NAME}({_FOREIGN}|{_SURE_NAME}|[{_HAN}]{{2,4}}?{_NAME_ENDS}|[{_HAN}]\*{{1,3}}[{_HAN}]?|{_SURNAME}[{_HAN}]{{2}}"
    r"|[a-z][a-z.'-]{1,20}(?: [a-z][a-z.'-]{1,20}){0,3})"
)
_WHO = "姓名|收件人|收货人|寄件人|发件人|联系人|签收人|持卡人|户名|机主|户主|车主|乘客|旅客|患者|投保人|被保人"
_NAMES = (
    rf"(?:{_WHO}|名字|全名|真名)(?:\s|是|为|叫|:|改|成|写的){{1,5}}{_ANY_NAME}",
    rf"(?:我叫|本人叫|名叫|叫做)[\s:]?{_ANY_NAME}",
    rf"(?:我是|本人是?|这里是|我的名字|{_WHO})[\s:]?{_NO_NAME}({_FOREIGN}|{_SURE_NAME})",
    rf"姓(?:(?<![百老贵同].)|(?<=免贵.))({_FAMILY})",
    rf"姓(?<=我.)(?![名氏什啥甚不的吗啊呀])([{_HAN}])",
    rf"(?:客户|顾客|朋友|人|爸|妈|老公|老婆|他|她)叫({_FOREIGN}|{_SURE_NAME})",
    rf"({_FAMILY}[{_HAN}]{{0,2}}?)(?=先生|女士|小姐|太太)",
)
_NEAR_PHONE = (
    rf"(?<![{_HAN}])({_SHORT_NAME})(?<![号话式])[\s,、:;/|]{{0,3}}(?=\(?(?:\+?86)?[) -]{{0,2}}1[3-9][0-9])",
    rf"1[3-9][0-9][ -]?[0-9]{{4}}[ -]?[0-9]{{4}}[\s,、:;/|]{{1,3}}({_SHORT_NAME})(?<![号话式])(?![{_HAN}])",
)

_COUNT = r"(?:[0-9]{1,5}|[〇零一二三四五六七八九十百]{1,5}|[a-z][0-9]{0,3})"
_BEGUN = r"(?:(?<=[0-9])[0-9]{0,4}|(?<=[a-z])[0-9]{0,3}|(?<![0-9a-z])[〇零一二三四五六七八九十百]{0,4})"  # its first character is read
_ROOM = rf"{_COUNT}\s?(?:号楼|号院|号|弄|栋|幢|座|室|单元|楼|层|排|组|队|户)"
_BUILDING = r"(?:大厦|大楼|小区|花园|公寓|广场|中心|校区|宿舍|社区|苑|园|村|院|府|城)"
_MORE = (
    rf"(?:[ ,-]{{0,2}}{_ROOM}| ?[{_HAN}]{{1,10}}?{_BUILDING}(?=[ ,-]?(?:{_COUNT}|$|[^{_HAN}])))*+"
    r"(?:(?:[ #-]{1,2}[0-9]{1,5}){1,4}(?![0-9a-z])|[0-9]{3,4}(?![0-9a-z]))?"
)
_ROADS = "[路街巷弄道村镇乡区县市园苑庄厦场寓湾庭城院坊同]"[1:-1]
_HOUSE = re.compile(
    rf"[{_ROADS}0-9a-z〇零一二三四五六七八九十百](?:(?<=[{_ROADS}])(?<!知道|味道|渠道|频道|报道|通道|上市|超市|市场|现场|一路|同城)"
    rf"(?P<road>[ ,-]?(?:{_ROOM}|[0-9]{{1,4}}(?:[-#][0-9]{{1,5}}){{1,3}}))"
    rf"|(?<![{_ROADS}])(?<![0-9a-z].){_BEGUN}(?:\s?(?:号楼|栋|幢|座|单元|号院)[ ,-]?(?:{_ROOM}|[0-9]{{3,4}}(?![0-9]))"
    rf"|号{_COUNT}(?:栋|幢|单元|室|楼|座))){_MORE}"
)
_REGION = r"[省市区县州盟旗镇乡]"
_LEAD = re.compile(
    r".*(?:发到|发往|寄到|寄往|送到|送往|地址|住在|家住|位于|改成|改到|换成|换到|收货|[是在到我您你的去住给说请退要])(?=.{2}|$)",
    re.DOTALL,
)
_PIECE = rf"[^\s,。!?;、{_BLANK}]"
_CLAUSE = (
    rf"((?:(?!可以|能不能|能否|能送|行吗|行不行|好吗|吗|怎么|什么|谢谢|电话|手机|收件|收货|联系|姓名|麻烦|请|多久|几天|多少|运费)"
    rf"{_PIECE}|[,、 ](?=[{_HAN}]{{2,8}}{_REGION}|{_ROOM})| (?={_PIECE}{{1,8}}(?!{_PIECE}))){{2,80}})"
)
_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙|广西|西藏|宁夏|新疆|香港|澳门|广州|深圳|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|宁波|厦门|合肥|佛山|东莞|无锡|济南|大连|沈阳"
)
_PLACED = (
    rf"(?:地址|住址)(?:\s?(?:是|为|:|改成|改为|改到|换成|在)\s?){{1,3}}(?![哪什多怎错不无空没否]|对的|有误){_CLAUSE}",
    rf"(?:地址|住址|改到|发到|换到)\s?(?=[{_HAN}0-9a-z]{{0,12}}?(?:{_PROVINCES}|[路街巷弄镇村栋幢室厦庄]|小区|{_ROOM})){_CLAUSE}",
    r"(?:寄到|送到|寄往|送往|发往|住在|家住|我住|搬到)\s?(?:我们?(?:家|公司|单位|学校)?)?+(?![了的哪什多怎错不没就吗呢有能行你您这那时给人手里是都也还又前后之要吧啊院])"
    rf"(?!可以|门口|楼下|家|驿站|快递柜|丰巢|菜鸟|公司|单位|为止|货|今天|明天|昨天|最后){_CLAUSE}",
)

_NUMBER = re.compile(
    rf"{_D}(?<![{_DIGITS}a-z_-].)(?=[{_DIGITS} \-\u2010-\u2015{_UNSEEN}]{{5}}){_D}*+"
    rf"(?:(?:[ \-\u2010-\u2015]|[{_UNSEEN}]{{1,3}}){_D}++)*(?:x(?![a-z0-9])|(?![a-z0-9]))"
)
_CODE = re.compile(rf"[a-z0-9]{_START}(?=[a-z0-9_-]{{5}})[a-z0-9]*+(?:[-_][a-z0-9]++)*+")


# In order of precedence: what one shape has taken, the next ones do not see.
_FIRST = tuple(
    (label, re.compile(pattern))
    for label, patterns in (
        (EMAIL, (_EMAIL,)), (_OPEN, (rf"(?<![a-z0-9.@-]){URL}", _BLANKS)), (NUMBER, (_TAIL,)), (ORDER, (_ORDER,)),
        (IDENTITY, (_PAPERS,)), (CARD, (_CARD_NO,)), (NUMBER, (_NAMED,)), (NAME, _NEAR_PHONE), (IDENTITY, (_ID_CARD,)),
        (CARD, (_BANK_CARD,)), (PHONE, (_MOBILE,)), (NUMBER, (_CHAT,)), (PHONE, (_STARRED_MOBILE,)),
        (NUMBER, (_STARRED, _LANDLINE)), (PLATE, (_PLATE,)), (_SHUT, (_DATE, _MONEY, _MEASURE, _PRODUCT)), (NAME, _NAMES),
        (ADDRESS, _PLACED),
    )
    for pattern in patterns
)  # fmt: skip
_SHORT = re.compile("(?<![0-9a-z])[0-9a-z]{2,5}(?![0-9a-z])")


class _Span(NamedTuple):
    """Code points `start:end` of a text and the label of what stands there."""

    start: int
    end: int
    label: str


class Mask:
    """Stable tokens for the personal data of one request."""

    def __init__(self) -> None:
        self._token_of: dict[str, str] = {}
        self._value_of: dict[str, str] = {}
        self._last: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._read: dict[str, tuple[list[_Span], str]] = {}
        self._hidden: dict[str, tuple[int, str]] = {}  # as it was with so many tokens
        self._words: tuple[list[str], AhoCorasick] | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> Mask:
        """Read everything that will be sent, so that a value known from one text is hidden in all of them."""
        mask, texts = cls(), tuple(dict.fromkeys(texts))
        for text in texts:
            mask._learn(text)
        for text in texts:
            mask.hide(text)
        return mask

    @property
    def tokens(self) -> Mapping[str, str]:
        """Return token → value."""
        return MappingProxyType(self._value_of)

    def hide(self, text: str) -> str:
        """Return the text with a token for every known value and for whatever else looks like one."""
        if text in self._token_of:
            return self._token_of[text]
        spans, calm = self._learn(text)
        if self._hidden.get(text, (-1,))[0] != len(self._token_of):
            merged = _merged({*spans, *self._known_in(calm)})
            hidden = _swapped(text, ((start, end, self._token(text[start:end], label)) for start, end, label in merged))
            self._hidden[text] = len(self._token_of), hidden
        return self._hidden[text][1]

    def restore(self, text: str) -> str:
        """Return the text with every value back in its place; other brackets, inner spaces and wide digits are forgiven.

        Raises:
            MaskError: when a token stands for no value.
        """
        return _swapped(text, ((*match.span(), self._value(match)) for match in _TOKEN.finditer(fold(text))))

    def _value(self, match: re.Match[str]) -> str:
        token = f"〔{match['label']}{int(match['number'])}〕" if match["label"] else ""
        if token not in self._value_of:
            raise MaskError(f"the text holds {token or 'a piece of a token'}, which stands for nothing; write it anew")
        return self._value_of[token]

    def _token(self, value: str, label: str) -> str:
        """Return the token of a value; a new value is looked for in every text from now on."""
        if value not in self._token_of:
            self._last[label] += 1
            token = f"〔{label}{self._last[label]}〕"
            self._token_of[value], self._value_of[token] = token, value
            folded = fold(value)
            if 2 <= len(folded) <= _LONGEST and folded not in self._known:
                self._known[folded], self._words = label, None
        return self._token_of[value]

    def _learn(self, text: str) -> tuple[list[_Span], str]:
        """Give tokens to the values in a text."""
        if text not in self._read:
            self._read[text] = _shapes_in(fold(text))
            for start, end, label in self._read[text][0]:
                self._token(text[start:end], label)
        return self._read[text]

    def _known_in(self, calm: str) -> Iterator[_Span]:
        """Yield where known values stand; a short number or word only where it stands alone."""
        for match in _SHORT.finditer(calm):
            if label := self._known.get(match[0]):
                yield _Span(*match.span(), label)
        if self._words is None:
            from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

            words = [value for value in self._known if not _SHORT.fullmatch(value)]
            self._words = words, AhoCorasick(words, MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
        words, automaton = self._words
        for index, start, end in automaton.find_matches_as_indexes(calm):
            yield _Span(start, end, self._known[words[index]])


def _shapes_in(folded: str) -> tuple[list[_Span], str]:
    """Return what looks like personal data, and the text without the amounts and dates that must stay."""
    spans: list[_Span] = []
    rest = _without(folded, spans, (_Span(*m.span(), m["label"] or NUMBER) for m in _TOKEN.finditer(folded)))
    for label, pattern in _FIRST:
        rest = _without(rest, spans, _matches(rest, label, pattern))
    rest = _without(rest, spans, _addresses(rest))
    rest = _without(rest, spans, (span for span in _matches(rest, NUMBER, _NUMBER) if _is_number(rest[span.start : span.end])))
    _without(rest, spans, (span for span in _matches(rest, NUMBER, _CODE) if _is_code(rest[span.start : span.end])))
    calm = _without(folded, [], (span for span in sorted(spans) if span.label == _SHUT))
    return sorted(span for span in spans if span.label not in (_OPEN, _SHUT)), calm


def _matches(rest: str, label: str, pattern: re.Pattern[str]) -> Iterator[_Span]:
    """Yield group 1 where there is one, else the whole match, without white space behind it."""
    for match in pattern.finditer(rest):
        start, end = match.span(pattern.groups)
        yield _Span(start, start + len(rest[start:end].rstrip()), label)


def _is_number(text: str) -> bool:
    """Tell a number that may lead to somebody from sizes, scores and years."""
    lengths = [len(group) for group in re.split(r"[ \-\u2010-\u2015]", re.sub(f"[{_UNSEEN}]", "", text))]
    return max(lengths) >= 6 or (max(lengths) >= 4 and sum(lengths) >= 7)


def _is_code(text: str) -> bool:
    """Tell an order or serial number from words and short models."""
    digits = sum(map(str.isdigit, text))
    if not digits or len(text) < 6:
        return False
    mixed = any(len(part) >= 8 and not part.isalpha() and not part.isdigit() for part in re.split("[-_]", text))
    return mixed or re.search("[0-9]{6}", text) is not None or (len(text) >= 8 and digits >= 5)


def _addresses(rest: str) -> Iterator[_Span]:
    """Yield house numbers with the road, place and region before them."""
    floor = 0
    for match in _HOUSE.finditer(rest):
        place = match.start("road") if match["road"] else match.start()
        start = _address_start(rest, max(floor, place - _REACH), place)
        street = rest[start:place]
        floor = match.end()
        day = match[0].endswith("号") and match.end() == match.end("road")  # or so it may be: 上海市5号到货吗
        if day and (len(street) < 2 or (street[-1] in "区县市" and not re.search(_REGION, street[:-1]))):
            continue
        yield _Span(start, floor, ADDRESS)


def _address_start(rest: str, low: int, place: int) -> int:
    """Return where the words begin that lead to the house number at `place`."""
    start = place
    while start > low and (rest[start - 1].isalnum() or rest[start - 1] in " ·-"):
        start -= 1
    *before, street = re.split("(?<= )", rest[start:place].rstrip())
    while before and re.search(rf"{_REGION}\s*$", before[-1]):
        street = before.pop() + street
    lead = _LEAD.match(street)
    return start + sum(map(len, before)) + (lead.end() if lead else 0)


def _without(rest: str, spans: list[_Span], taken: Iterable[_Span]) -> str:
    """Add the taken spans, in text order, to `spans` and return the text with blanks in their place."""
    new = list(taken)
    spans += new
    return _swapped(rest, ((start, end, _BLANK * (end - start)) for start, end, _ in new)) if new else rest


def _swapped(text: str, swaps: Iterable[tuple[int, int, str]]) -> str:
    """Return the text with what stands at each `start:end`, in text order, swapped for something else."""
    parts: list[str] = []
    at = 0
    for start, end, new in swaps:
        parts += text[at:start], new
        at = end
    return "".join([*parts, text[at:]])


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return the spans in text order; overlapping ones become one, named after the first and, of those, the longest."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
        elif span.end > merged[-1].end:
            merged[-1] = merged[-1]._replace(end=span.end)
    return merged
