"""Hide facts and blanks from a model behind marks that say their kind: ⟦时间1⟧ for 三天内, and back, exactly."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assistant.check.facts import facts_in
from assistant.rewrite.blanks import blank_spans

_LABELS = {
    "number": "数字", "amount": "金额", "date": "时间", "duration": "时间", "id": "单号", "url": "链接", "phone": "电话",
    "email": "邮箱", "name": "姓名",
}  # fmt: skip
_BLANK, _BREAK = "空", "换行"
_LINE = re.compile(r"\r\n|[\n\r\t]")
_MARK = re.compile(r"⟦[^⟦⟧]{0,12}⟧?|⟧")


@dataclass(frozen=True)
class Sentinels:
    """A text with its facts hidden, and what each mark stands for."""

    hidden: str
    values: dict[str, str]

    @classmethod
    def of(cls, text: str) -> Sentinels:
        """Hide every blank, link, tag, line break and fact of a text; a mark of our own in it is hidden as well."""
        spans = [(start, end, _BLANK) for start, end in blank_spans(text)]
        spans += [(*m.span(), _BREAK) for m in _LINE.finditer(text)]
        spans += [(*m.span(), _BLANK) for m in _MARK.finditer(text)]
        spans += [(f.start, f.end, _LABELS[f.kind]) for f in facts_in(text)]
        values: dict[str, str] = {}
        counts: Counter[str] = Counter()
        out, at = [], 0
        for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1])):
            if start < at:
                continue
            counts[label] += 1
            mark = f"⟦{label}{counts[label]}⟧"
            values[mark] = text[start:end]
            out += [text[at:start], mark]
            at = end
        return cls("".join((*out, text[at:])), values)

    def hide_again(self, text: str) -> str:
        """Hide the same values in a text that was made from the first, the longest first; each mark is used once."""
        for mark, value in sorted(self.values.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(value, mark, 1)
        return text

    def problems(self, text: str) -> tuple[list[str], list[str]]:
        """Return the values whose marks a text lacks, and the marks that are unknown or stand twice."""
        found = Counter(_MARK.findall(text))
        missing = [value for mark, value in self.values.items() if not found[mark]]
        return missing, [mark for mark, count in found.items() if mark not in self.values or count > 1]

    def restore(self, text: str) -> str:
        """Put the values back."""
        return _MARK.sub(lambda match: self.values.get(match[0], match[0]), text)
