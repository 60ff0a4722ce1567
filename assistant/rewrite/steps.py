"""The steps of a rewrite by rules alone. Each changes a script in place and keeps every fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.check import Checker, CheckResult, Finding, FixEdit
from assistant.check.clauses import Clauses, sentences
from assistant.check.views import fold
from assistant.rewrite.blanks import blank_spans
from assistant.rewrite.contract import Contract
from assistant.rewrite.intent import counts, read_intent, refuses
from assistant.rewrite.reasons import reason
from assistant.rewrite.reword import leaves_a_scrap
from assistant.rewrite.script import Script, Span, Why

Check = Callable[[str], CheckResult]

# Fixes may bring up other findings; a text that is not done after so many rounds never will be.
_ROUNDS = 8
# The words that these rules offer may stand for a whole clause; what others offer fits only where it was found.
_TALKS = ("ignorance.", "shirk.", "attitude.", "colleague.")
# The same, where something grave must go.
_INSTEAD = ("privacy.", "offsite.")
_ADVERB, _ADVERBS = 4, ("promise.", "ad.")
_OFFERED = re.compile("我(?:来|这就)?(?:帮您|给您|为您)|我(?:来|会)?(?:核实|跟进|联系|说明)")
_POLITE = re.compile("抱歉|对不起|不好意思|遗憾|谅解|理解|见谅|歉意|恕")
_GREETED = re.compile("[您你]好|[早上中下午晚]{1,2}好|^亲|^[^㐀-鿿]*[】\\]}>][^㐀-鿿]*$")
# So many clauses may stand between an apology and what it is for.
_NEAR = 2
_SORRY = "抱歉，"
_GUARANTEE = re.compile(
    "(?:我|我们)?(?:向|跟|给)?(?:您|你)?(?:保证|担保|承诺)|一定(?!要)|绝对|肯定|百分之?百|100%|必须|必定|铁定|包准"
)
# Han characters that are an answer of their own.
_ENOUGH = 12
_BLANK_IN_FIX = re.compile(r"【[^】]*】")
_HAN = re.compile(r"[㐀-鿿]")
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile(r"(?<=[㐀-鿿”】」）])([,;:?!])(?=\s?(?:[㐀-鿿“【「（]|$))")
_PERIOD = re.compile(r"(?<=[㐀-鿿])\.(?=[㐀-鿿\s]|$)")
_MANY = re.compile(r"([，,。！!？?；;~～…])[，,。！!？?；;~～…]+|[~～]+|。\.+")
# A question mark whose question was taken out ends a statement.
_ASKS, _LOOK = re.compile("[吗呢么哪谁几]|什么|多少|怎|是否|是不是|能不能|可不可以|好不好|有没有|要不要|行不行|还是"), 25
_QUESTION = re.compile("[^，,。！!？?；;\n]+[？?]")
# A space parts clauses where neither side is a scrap such as 在 or 里面.
_CLAUSE_GAP = re.compile(
    "(?<=[㐀-鿿])(?<!在)(?<!到)(?<!从)(?<!是)(?<!和)(?<!选)(?<!点) +(?=[㐀-鿿])(?![里上中下内外的后前和][面边头的]?(?:[^㐀-鿿]|$))"
)
_HEAD = re.compile(r"^[\s，,。！!；;、]+")
_OPEN_END = re.compile(r"[㐀-鿿0-9A-Za-z%”】）)}\]〕]$")


def why_of(finding: Finding) -> Why:
    """Return the reason that a finding gives for a change."""
    return Why(finding.rule, finding.clause, finding.message)


def put_in_order(script: Script, check: Check, finder: Checker) -> None:
    """Move sentences that only greet or soothe to the front and those that only close to the end, where an order rule asks."""
    broken = [f for f in check(script.text).findings if f.kind == "order"]
    spans = sentences(script.text)
    whole = "".join(script.text[start:end] for start, end in spans) == script.text
    if not broken or len(spans) < 2 or not whole or "\n" in script.text:
        return
    ranked = sorted(spans, key=lambda span: _rank({a.act for a in finder.acts(script.text[slice(*span)])}))
    if ranked != spans and _ended(script.text, spans):
        script.order(ranked, why_of(broken[0]))


def _rank(acts: set[str]) -> int:
    for place, members in enumerate(({"greeting"}, {"greeting", "apology", "empathy"})):
        if acts and acts <= members:
            return place
    return 3 if acts and acts <= {"farewell", "thanks", "offer_more_help"} else 2


def _ended(text: str, spans: Sequence[Span]) -> bool:
    return all(text[end - 1] in "。！？!?" for _, end in spans[:-1]) and text[-1:] in "。！？!?"


def apply_safe(script: Script, check: Check, contract: Contract) -> None:
    """Apply every fix that may be applied unseen."""
    for _ in range(_ROUNDS):
        edits: list[tuple[FixEdit, Finding]] = []
        for finding in check(script.text).findings:
            fix = next((f for f in finding.fixes if f.safety == "safe" and finding.kind != "require"), None)
            if (
                fix
                and (fix.text or finding.kind != "replace")
                and all(fix.end <= other.start or other.end <= fix.start for other, _ in edits)
            ):
                edits.append((fix, finding))
        before = script.text
        for fix, finding in sorted(edits, key=lambda pair: -pair[0].start):
            _try(script, fix.start, fix.end, fix.text, why_of(finding), contract)
        if script.text == before:
            return


def _try(script: Script, start: int, end: int, new: str, why: Why, contract: Contract) -> bool:
    """Make a change unless it loses a fact or reaches into a blank."""
    before, after = script.text, script.text[:start] + new + script.text[end:]
    if set(contract.lost(after)) - set(contract.lost(before)):
        return False
    script.replace(start, end, new, why)
    return True


def mend(script: Script, check: Check, contract: Contract) -> None:
    """Take out what rules forbid: the rule's own words for it, else the clause.

    A clause that states a fact, a refusal or a condition keeps it: only the words that are forbidden are replaced.
    """
    given_up = set[tuple[str, str]]()
    for _ in range(_ROUNDS * 4):
        findings = [f for f in check(script.text).findings if _mendable(f) and (f.rule, f.quote) not in given_up]
        if not findings:
            break
        finding = findings[0]
        for span, new in _ways(script.text, finding, contract):
            after = script.text[: span[0]] + new + script.text[span[1] :]
            if _better(after, script.text, finding, check, contract):
                script.replace(*span, new, why_of(finding))
                break
        else:
            given_up.add((finding.rule, finding.quote))


def _mendable(finding: Finding) -> bool:
    if finding.kind == "replace" and not any(fix.text for fix in finding.fixes):
        return False  # what is right instead is known only where a fix says it
    return finding.kind in ("forbid", "replace", "entity") and finding.severity in ("error", "warning")


def _ways(text: str, finding: Finding, contract: Contract) -> Iterator[tuple[Span, str]]:
    """Yield what could take the place of what, the best first."""
    clauses = Clauses(fold(text))
    span = (finding.start, finding.end)
    words = [fix.text for fix in finding.fixes if fix.text and not _BLANK_IN_FIX.search(fix.text)]
    clause = clauses.clause(*span)
    spoken = (clause[0], clauses.spoken(clauses.number(max(clause[0], clause[1] - 1)))[1])
    bound = contract.binds(text[slice(*clause)]) or read_intent(text[slice(*clause)]).binds
    grave = finding.severity == "error"
    talks = finding.rule.startswith(_TALKS if not grave else (*_TALKS, *_INSTEAD))
    whole = clauses.text[slice(*span)].strip() == clauses.text[slice(*spoken)].strip()
    scrap = leaves_a_scrap(clauses, span)
    # A warning alone takes out words only where its rule says so, or where they are an adverb of a promise.
    spare = any(not fix.text for fix in finding.fixes) or finding.rule.startswith(_ADVERBS)
    if whole and not (grave or talks or bound):
        yield clause, ""  # a lone 亲爱的
    plain = _GUARANTEE.sub("", text[slice(*span)])
    if finding.rule.startswith(_ADVERBS) and plain != text[slice(*span)] and len(_HAN.findall(plain)) > 1:
        yield span, plain
    if finding.kind == "replace" or (whole and (grave or talks)):
        yield from ((span, word) for word in words)
    rest = len(_HAN.findall(text[: clause[0]] + text[clause[1] :]))
    if talks and not bound and grave and rest >= _ENOUGH:
        yield clause, ""  # what else is said is the answer
    if talks and not bound:
        yield from ((spoken, word) for word in words if not _OFFERED.search(text))
    if finding.end - finding.start <= _ADVERB and (grave or spare) and not (talks or scrap):
        yield span, ""
    if not bound and (grave or talks):
        yield clause, ""
    if whole or not talks:  # a sentence of its own fits into no half of another
        yield from ((span, word) for word in words)
    if (grave or spare) and not scrap and (whole or not talks):
        yield span, ""
    if grave and not bound:
        sentence = clauses.sentence(*span)
        yield from ((at, word + _mark(text, at)) for at in (clause, sentence) for word in words)


def _mark(text: str, span: Span) -> str:
    end = text[slice(*span)].rstrip(" ")[-1:]
    return end if end in "，,。！？!?；;\n" else ""


def _better(after: str, before: str, finding: Finding, check: Check, contract: Contract) -> bool:
    """Tell whether a change removes what was found, brings nothing new, and keeps facts and refusals."""
    if set(contract.lost(after)) - set(contract.lost(before)):
        return False
    old, new = (_counted(check(text)) for text in (before, after))
    gone = old.get((finding.rule, finding.quote), 0) > new.get((finding.rule, finding.quote), 0)
    fresh = [key for key, count in new.items() if count > old.get(key, 0)]
    return gone and not fresh and counts(after) >= counts(before) and (finding.severity == "error" or _speaks(after))


def _counted(result: CheckResult) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for finding in result.findings:
        if finding.severity != "info" and finding.kind not in ("require", "order"):
            key = (finding.rule, finding.quote)
            counts[key] = counts.get(key, 0) + 1
    return counts


def _speaks(text: str) -> bool:
    return len(_HAN.findall(text)) > 1


def part_clauses(script: Script, contract: Contract) -> None:
    """Put a comma where a space parts two clauses, so that each is looked at by itself."""
    spans = blank_spans(script.text)
    for match in reversed(list(_CLAUSE_GAP.finditer(script.text))):
        if not any(s < match.end() and match.start() < e for s, e in spans):
            _try(script, match.start(), match.end(), "，", reason("punctuation"), contract)


def soften(script: Script, contract: Contract) -> None:
    """Begin the first sentence that refuses with an apology where nothing makes it polite yet; conditions are no refusals."""
    if _POLITE.search(script.text):
        return
    clauses = Clauses(fold(script.text))
    bounds = clauses.clauses()
    for number, (start, end) in enumerate(bounds):
        first, last = clauses.sentence(start, end)
        if refuses(clauses.text[start:end]) and not read_intent(clauses.text[first:last]).conditions:
            before = [
                n for n in range(number) if first <= bounds[n][0] and not _GREETED.search(clauses.text[slice(*bounds[n])])
            ]
            near = bounds[before[0]][0] if 0 < len(before) <= _NEAR else start
            place = near + len(script.text[near:end]) - len(script.text[near:end].lstrip())
            if _try(script, place, place, _SORRY, reason("refusal"), contract):
                return


def punctuate(script: Script, contract: Contract) -> None:
    """Write marks the Chinese way and end the last sentence; blanks, links and tags are left alone."""
    why = reason("punctuation")
    for pattern, new in ((_MANY, _one), (_HALF, _full), (_PERIOD, _stop), (_CLAUSE_GAP, _comma), (_HEAD, _nothing)):
        spans = blank_spans(script.text)
        for match in reversed(list(pattern.finditer(script.text))):
            if not any(s < match.end() and match.start() < e for s, e in spans):
                _try(script, match.start(), match.end(), new(match), why, contract)
    for match in reversed(list(_QUESTION.finditer(script.text))):
        if (script.is_new(match.start(), match.end() - 1) or script.is_cut(match.end() - 1)) and not _ASKS.search(match[0]):
            _try(script, match.end() - 1, match.end(), "。", why, contract)
    text = script.text.rstrip()
    last_line = text.rsplit("\n", 1)[-1]
    if _OPEN_END.search(text) and _HAN.search(last_line) and not _ends_in_tag_or_link(text):
        script.replace(len(text), len(text), "。", why)
    elif text.endswith(("，", ",", "、", "；", "：")) and _HAN.search(text):
        script.replace(len(text) - 1, len(text), "。", why)


def _ends_in_tag_or_link(text: str) -> bool:
    spans = blank_spans(text)
    return bool(spans) and spans[-1][1] == len(text) and text[spans[-1][0]] in "<h&w\\"


def _one(match: re.Match[str]) -> str:
    marks = match[0]
    if "…" in marks and set(marks) <= {"…"}:
        return marks
    asks = _ASKS.search(match.string, max(0, match.start() - _LOOK), match.start())
    kept = next((m for m in marks if m in "？?" and asks), None) or next((m for m in marks if m in "。！!?？"), marks[0])
    kept = "。" if kept in "?？" and not asks else kept
    return {"~": "。", "～": "。", "…": "。", ",": "，", "!": "！", "?": "？", ";": "；"}.get(kept, kept)


def _full(match: re.Match[str]) -> str:
    return _FULL[match[1]]


def _stop(match: re.Match[str]) -> str:
    return "。"


def _comma(match: re.Match[str]) -> str:
    return "，"


def _nothing(match: re.Match[str]) -> str:
    return ""
