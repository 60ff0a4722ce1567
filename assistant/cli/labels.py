"""Words that the terminal shows."""

EMOTIONS = {"calm": "平静", "anxious": "着急", "upset": "不满", "abusive": "辱骂"}
ORIGINS = {"model": "模型起草，已检查", "composed": "标准话术组合", "phrase": "标准话术"}
KINDS = {"standard": "标准", "adapted": "改编", "free": "自由"}
SCENARIO, EMOTION, REPLY, SOURCE, NOTE = "场景", "情绪", "回复", "依据", "提示"
CUSTOMER, VERIFIED, BLOCKED, READY, BLANKS = "客户", "已通过检查", "未通过检查", "可直接发送", "有空待填"
OK, WARN, BAD = "正常", "注意", "不可用"
BUILDING = "建立索引"
ORDER = ("error", "warning", "info")
SEVERITIES = {"error": "必须改", "warning": "建议改", "info": "提示"}
CLAUSE, ADVICE, PHRASES, PATTERNS, EXCEPTIONS = "条款", "怎么改", "词句", "句式", "例外"
UNLESS, FIX, BAD, GOOD = "不算", "修正", "反例", "正例"
GAPS = {
    "dead": "永远用不上的词",
    "shadowed": "被别的规则完全盖住",
    "contradiction": "互相矛盾",
    "clause": "无规则也无话术的条款",
}
REWRITE, UNCHANGED = "改写", "原话已合规"
REWRITTEN_BY = {"model": "模型润色，已检查", "composed": "按规则改写", "phrase": "标准话术"}
OPS = {"replace": "替换", "insert": "补上", "delete": "删去", "move": "移位"}
KEPT, MISSING, ADDED = "事实保留", "事实缺失", "多出的事实"
