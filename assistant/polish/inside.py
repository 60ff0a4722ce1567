"""What a workbook holds that a copy of its values does not: formulas, pictures, comments, macros."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from assistant.polish import labels
from assistant.polish.messages import say

_CHUNK, _OVERLAP = 1 << 20, 256
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_ODS_FORMULA = re.compile(rb"table:formula=")
_MARKS = {
    "validations": re.compile(rb"<(?:\w+:)?dataValidation[ />]"),
    "hidden_rows": re.compile(rb"<(?:\w+:)?(?:row|col) [^>]{0,200}hidden=\"(?:1|true)\""),
}
_PARTS = {
    "drawings": re.compile(r"xl/(?:drawings|charts|media)/|Pictures/|Object "),
    "comments": re.compile(r"xl/(?:threadedComments/|comments)"),
    "macros": re.compile(r"xl/vbaProject\.bin|Basic/"),
}


def formula_sheets(source: Path) -> frozenset[str]:
    """Name the sheets with formulas; "" stands for a sheet that cannot be named."""
    try:
        with zipfile.ZipFile(source) as file:
            if "content.xml" in file.namelist():
                return frozenset({""} if _holds(file, "content.xml", _ODS_FORMULA) else ())
            return frozenset(name for name, part in _parts_of_sheets(file) if _holds(file, part, _FORMULA))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, NotImplementedError, OSError):
        return frozenset()  # an old .xls, whose formulas cannot be told, or one that calamine must judge


def left_behind(source: Path) -> tuple[str, ...]:
    """Say what is not copied."""
    try:
        with zipfile.ZipFile(source) as file:
            names = file.namelist()
            found = [say(part) for part, pattern in _PARTS.items() if any(map(pattern.match, names))]
            sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
            found += [say(mark) for mark, pattern in _MARKS.items() if any(_holds(file, name, pattern) for name in sheets)]
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return ()
    return (say("not_copied", parts=labels.LIST.join(found)),) if found else ()


def _parts_of_sheets(file: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Pair the name of each sheet with its part of the package."""
    targets = {}
    for relation in ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels")):
        targets[relation.get("Id")] = (relation.get("Target") or "").removeprefix("/xl/")
    for element in ElementTree.fromstring(file.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            relation_id = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            if relation_id in targets:
                yield element.get("name") or "", f"xl/{targets[relation_id]}"


def _holds(file: zipfile.ZipFile, part: str, pattern: re.Pattern[bytes]) -> bool:
    if part not in file.namelist():
        return False
    with file.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if pattern.search(tail + chunk):
                return True
            tail = chunk[-_OVERLAP:]
    return False
