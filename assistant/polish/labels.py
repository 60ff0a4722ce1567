"""Words that a polished file and the terminal show."""

POLISHED, BEFORE, AFTER, CHANGES, FACTS, PERSON, FOUND = (
    "润色后",
    "检查前",
    "检查后",
    "改动与理由",
    "事实核对",
    "需人工",
    "检出",
)
VERDICTS = {"pass": "通过", "advice": "建议改", "fail": "必须改"}
YES, SAME, MISSING, ADDED, LIST, PARTS = "是", "一致", "缺：", "多：", "、", "；"
CHANGE = {
    "replace": "“{before}”→“{after}”",
    "insert": "加上“{after}”",
    "delete": "删去“{before}”",
    "move": "“{before}”移到“{to}”之前",
    "end": "“{before}”移到最后",
}
REASON, SOURCE, QUOTE = " {reason}", "（{source}）", "“{quote}” "
CUT = "…"

# The headers that name a column, the best first.
_CHINESE = ("话术", "话术内容", "模板", "模板内容", "标准话术", "回复", "回复内容", "答案", "内容", "文本")
TEXT = (*_CHINESE, "text", "template", "reply", "answer", "rough")
MESSAGE = ("客户问题", "客户", "问题", "message", "customer", "question")
SCENARIO = ("场景", "scenario")
VALID_TO = ("失效日期", "有效期至", "valid_to", "expires")

SUMMARY = "汇总"
ROWS, CHANGED, UNCHANGED, SKIPPED, PEOPLE = "话术条数", "有改动", "无改动", "未处理", "需人工"
COUNT, RULE, TITLE, TIMES_BEFORE, TIMES_FIXED = "数量", "规则", "名称", "润色前次数", "改好次数"
FILE_NOTES, LIBRARY_NOTES, KIND, PLACES, NOTE = "文件说明", "话术库检查", "类型", "位置", "说明"
KINDS = {
    "near_duplicate": "内容相近",
    "contradiction": "互相矛盾",
    "placeholder": "占位符",
    "expired": "已过期",
    "newly_failing": "新规则下不合格",
}
PROGRESS, WRITTEN, ON_LINE = "润色", "已写入", "第 {number} 行"
SECTION, SECTION_CHECK = "润色说明", "检查说明"
MORE = "等 {count} 处"
AT_LINE, BECOMES, ITEM = "{place}：“{text}”", "→“{text}”", "{name}：{text}"
