"""HTML of the coloured texts. Pure functions; everything that a person or a file wrote is escaped here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from assistant.check import Finding
from assistant.values import Sentence
from ui import labels

# Half-transparent colours read well on a light and on a dark page.
STYLE = """<style>
.hs-text {font-size: 1.08rem; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere; padding: .7rem .9rem;
  border: 1px solid rgba(128,128,128,.25); border-radius: .5rem}
.hs-standard {background: rgba(47,158,110,.17); border-bottom: 2px solid rgba(47,158,110,.55)}
.hs-adapted {background: rgba(214,158,46,.16); border-bottom: 2px solid rgba(214,158,46,.7)}
.hs-free {background: rgba(120,130,150,.14); border-bottom: 2px dashed rgba(120,130,150,.8)}
.hs-blank {font-weight: 600; border: 1px dashed rgba(214,120,30,.9); border-radius: .25rem; padding: 0 .15rem}
.hs-error {background: rgba(214,69,65,.2); border-bottom: 2px solid rgba(214,69,65,.85)}
.hs-warning {background: rgba(214,158,46,.2); border-bottom: 2px solid rgba(214,158,46,.85)}
.hs-info {background: rgba(70,120,200,.15); border-bottom: 2px solid rgba(70,120,200,.6)}
.hs-gap {font-size: .8rem; padding: .05rem .35rem; margin: 0 .15rem; border-radius: .25rem}
.hs-chip {display: inline-block; font-size: .82rem; line-height: 1.5; padding: 0 .5rem; margin: 0 .4rem .2rem 0;
  border-radius: .75rem; white-space: nowrap; border: 0}
.hs-plain {background: rgba(128,128,128,.14)}
.hs-row {padding: .45rem 0; border-top: 1px solid rgba(128,128,128,.18); line-height: 1.65; overflow-wrap: anywhere}
.hs-line {margin: .1rem 0 .35rem}
.hs-row:first-child {border-top: 0}
.hs-dim {opacity: .68; font-size: .88rem}
.hs-ref {opacity: .68; font-size: .85rem; display: inline-block; white-space: nowrap}
.hs-quote {font-weight: 600}
.hs-old {text-decoration: line-through; opacity: .7}
.hs-new {font-weight: 600}
[data-testid="stCode"] pre, [data-testid="stCode"] pre * {font-family: inherit !important; font-size: 1.02rem; line-height: 1.8}
[data-testid="stCode"] > div {opacity: 1 !important; visibility: visible !important}
[data-testid="stCode"] > div * {visibility: visible !important}
[data-testid="stCode"] pre {border: 1px solid rgba(128,128,128,.25); padding-right: 3.2rem}
[data-testid="InputInstructions"] {display: none}
.block-container {max-width: 1180px; padding-top: 4.2rem; padding-bottom: 3rem}
</style>"""

_BLANK = re.compile(labels.BLANK)
_WORST = ("error", "warning", "info")


def chip(text: str, style: str = "plain", hint: str = "") -> str:
    """Return a small label; `style` is the name after `hs-`."""
    return f'<span class="hs-chip hs-{style}" title="{escape(hint)}">{escape(text)}</span>'


def sentences(found: Sequence[Sentence]) -> str:
    """Return the reply, each sentence coloured by its kind, its source on hover."""
    parts = [f'<span class="hs-{s.kind}" title="{escape(source(s))}">{_blanks(s.text)}</span>' for s in found]
    return f'<div class="hs-text">{"".join(parts)}</div>'


def source(sentence: Sentence) -> str:
    """Return what a sentence rests on, in words."""
    parts = [f"{labels.PHRASE} {sentence.phrase}"] if sentence.phrase else []
    parts += [f"{labels.CLAUSE} {clause}" for clause in sentence.clauses if clause]
    return f"{labels.KINDS[sentence.kind]} · {' · '.join(parts) or labels.NO_SOURCE}"


def marked(text: str, findings: Sequence[Finding]) -> str:
    """Return a text with the quoted words of the findings marked, the worst colour on top."""
    edges = sorted({0, len(text), *(f.start for f in findings), *(f.end for f in findings)})
    parts = [_gaps(edges[0], findings)]
    for start, end in pairwise(edges):
        covering = [f for f in findings if f.start <= start and end <= f.end]
        parts.append(_mark(text[start:end], covering))
        parts.append(_gaps(end, findings))
    return f'<div class="hs-text">{"".join(parts)}</div>'


def row(*parts: str) -> str:
    """Return one line of a list; the parts are HTML already."""
    return f'<div class="hs-row">{" ".join(part for part in parts if part)}</div>'


def line(*parts: str) -> str:
    """Return chips on a line of their own."""
    return f'<div class="hs-line">{"".join(parts)}</div>'


def span(text: str, style: str) -> str:
    """Return escaped text in a style."""
    return f'<span class="hs-{style}">{escape(text)}</span>'


def _blanks(text: str) -> str:
    return _BLANK.sub(lambda match: f'<span class="hs-blank">{match[0]}</span>', escape(text))


def _mark(text: str, covering: Sequence[Finding]) -> str:
    if not covering:
        return escape(text)
    worst = min((f.severity for f in covering), key=_WORST.index)
    hint = "\n".join(f.message for f in covering)
    return f'<mark class="hs-{worst}" style="color: inherit" title="{escape(hint)}">{escape(text)}</mark>'


def _gaps(place: int, findings: Sequence[Finding]) -> str:
    missing = [f for f in findings if f.start == f.end == place]
    return "".join(
        f'<span class="hs-gap hs-{f.severity}" title="{escape(f.message)}">{escape(_missing(f))}</span>' for f in missing
    )


def _missing(finding: Finding) -> str:
    return labels.GAP.format(name=finding.title.removeprefix(labels.LACKING))
