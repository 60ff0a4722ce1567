"""Words that `huashu corpus impact` shows."""

CLAUSES, RULES, FAILING = "条款", "规则", "新增不合格"
ADDED, REMOVED, CHANGED = "新增", "删除", "修改"
BOUND_RULES, BOUND_PHRASES, BOUND_SCENARIOS, BOUND_COMMITMENTS = "规则", "话术", "场景", "承诺"
OUTDATED = "仍是旧说法"
POLISHED, NOTHING, MORE = "改成", "无", "等"
VERDICTS = {"pass": "合格", "advice": "建议再看", "fail": "仍不合格"}
FIELDS = {
    "title": "名称", "kind": "类型", "severity": "级别", "clause": "条款", "message": "提示", "phrases": "词句", "patterns": "句式",
    "swap": "替换", "exceptions": "例外", "before": "前文", "after": "后文", "unless": "不算", "views": "写法", "rescue": "缓和",
    "when": "适用", "fix": "修正", "acts": "言语行为", "facts": "事实", "near": "邻近词", "max": "上限",
}  # fmt: skip
