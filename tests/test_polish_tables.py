import csv
import io
import json
import re
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from assistant.check import Finding
from assistant.errors import UsageError
from assistant.polish.blocks import blocks_of
from assistant.polish.cells import change_line, headers, new_cells, runs
from assistant.polish.decode import detect
from assistant.polish.job import Tools, Watch, polish_file
from assistant.polish.paths import check_paths
from assistant.polish.sheetcells import fitting, too_long
from assistant.polish.tables import Asked, Outcome, open_book
from assistant.polish.values import Polished
from assistant.rewrite.values import Change

NEW = ["润色后", "检查前", "检查后", "改动与理由", "事实核对", "需人工"]
ROUGH, BETTER = "这个我不知道", "这个我帮您查"
FINDING = Finding("shirk.x", "推脱", "forbid", "error", "不要推", 3, 6, "不知道", "plain", "tone-1.2")


def polish(template):
    """Replace one word, and leave formulas what they are."""
    at = template.text.find("不知道")
    if at < 0:
        return Polished(template.text, "pass", "pass", (), (), (), (), ())
    change = Change("replace", at, at + 3, "不知道", "帮您查", "shirk.x", "tone-1.2", "不要推")
    return Polished(template.text.replace("不知道", "帮您查", 1), "fail", "pass", (change,), (), ("3天",), (), ())


def check(template):
    found = (FINDING,) if "不知道" in template.text else ()
    return Polished(template.text, "fail" if found else "pass", "pass", (), found, (), (), ())


def run(source, out, polisher=polish, **asked):
    asked = Asked(**asked)
    one = check if asked.check_only else polisher
    return polish_file(check_paths(source, out, False), asked, 2, lambda: Tools(one), Watch())


def workbook(path, **sheets):
    """Write a workbook; a value of a sheet is its rows."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for index, row in enumerate(rows):
            sheet.write_row(index, 0, row)
    book.close()
    return path


def read(path, sheet=None):
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    return [list(row) for row in rows]


def part(path, name):
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


def polished_text(tmp_path, name, data, **asked):
    source, out = tmp_path / name, tmp_path / f"out.{name.rpartition('.')[2]}"
    source.write_bytes(data if isinstance(data, bytes) else data.encode())
    summary = run(source, out, **asked)
    assert source.read_bytes() == (data if isinstance(data, bytes) else data.encode())
    return out.read_bytes(), summary


def csv_rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# Workbooks


def test_every_column_comes_back_and_the_new_ones_follow(tmp_path):
    rows = [["序号", "话术", "备注"], [1, ROUGH, "甲"], [2, "您好", ""], [3, "", "没有话术"]]
    summary = run(workbook(tmp_path / "a.xlsx", 售后=rows), tmp_path / "b.xlsx")
    found = read(tmp_path / "b.xlsx")
    assert [row[:3] for row in found] == [["序号", "话术", "备注"], [1, ROUGH, "甲"], [2, "您好", ""], [3, "", "没有话术"]]
    assert found[0][3:] == NEW
    assert found[1][3:] == [BETTER, "必须改", "通过", "“不知道”→“帮您查” 不要推（tone-1.2）", "一致", ""]
    assert found[2][3:] == ["您好", "通过", "通过", "", "一致", ""]
    assert found[3][3:] == [""] * 6
    assert (summary.rows, summary.polished, summary.unchanged, summary.exit_code) == (2, 1, 1, 0)


def test_numbers_and_dates_stay_numbers_and_dates(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    values = [5, 2.5, True, datetime(2024, 1, 2, 3, 4, 5), date(2024, 1, 2), time(3, 4), timedelta(hours=30)]
    sheet.write_row(0, 0, ["话术"])
    sheet.write(1, 0, ROUGH)
    for column, value in enumerate(values, 1):
        if isinstance(value, bool | int | float):
            sheet.write(1, column, value)
        else:
            number = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm", timedelta: "[h]:mm"}[type(value)]
            sheet.write_datetime(1, column, value, book.add_format({"num_format": number}))
    book.close()
    run(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx")[1][1:8] == values
    assert "<v>5</v>" in part(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml")


def test_a_cell_that_looks_like_a_formula_comes_back_as_text(tmp_path):
    evil = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "http://x.example"]
    rows = [["话术", "=HYPERLINK(1)"], *([text, text] for text in evil)]
    run(workbook(tmp_path / "a.xlsx", 表=rows), tmp_path / "b.xlsx", lambda t: Polished(t.text, "pass", "pass", *[()] * 5))
    found = read(tmp_path / "b.xlsx")
    assert found[0][:2] == rows[0]
    assert [row[:3] for row in found[1:]] == [[text] * 3 for text in evil]
    assert 'quotePrefix="1"' in part(tmp_path / "b.xlsx", "xl/styles.xml")
    for name in ("sheet1", "sheet2"):
        assert not re.search("<f[ >]|hyperlink", part(tmp_path / "b.xlsx", f"xl/worksheets/{name}.xml"))


def test_a_cell_that_looks_like_mark_up_comes_back_as_text(tmp_path):
    text = "<r><t>x & y</t></r>"
    for thrifty in (True, False):
        book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
        sheet = book.add_worksheet()
        sheet.write(0, 0, "话术")
        sheet.write_rich_string(1, 0, text[:1], book.add_format(), text[1:])
        if not thrifty:
            sheet.merge_range(3, 0, 4, 0, "合并")
        book.close()
        out = tmp_path / f"{thrifty}.xlsx"
        run(tmp_path / "a.xlsx", out)
        assert read(out)[1][:2] == [text, text]


def test_changed_words_are_coloured(tmp_path):
    run(workbook(tmp_path / "a.xlsx", 表=[["话术"], [ROUGH]]), tmp_path / "b.xlsx")
    xml = part(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml")
    assert re.search(r'<r><rPr>[^/]*<b/>.{0,200}?rgb="FFC00000".{0,200}?<t>帮您查</t></r>', xml)
    assert "<t>这个我</t>" in xml


def test_hidden_sheets_are_copied_hidden_and_not_polished(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("旧", "新"):
        sheet = book.add_worksheet(name)
        sheet.write_column(0, 0, ["话术", ROUGH])
    book.get_worksheet_by_name("旧").hide()
    book.get_worksheet_by_name("新").activate()
    book.get_worksheet_by_name("新").set_first_sheet()
    book.close()
    summary = run(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    found = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx"))
    assert [meta.visible == SheetVisibleEnum.Hidden for meta in found.sheets_metadata] == [True, False, False]
    assert read(tmp_path / "b.xlsx", "旧") == [["话术"], [ROUGH]]
    assert summary.rows == 1
    assert any("旧" in note and "--sheet" in note for note in summary.notes)
    summary = run(tmp_path / "a.xlsx", tmp_path / "c.xlsx", sheets=("旧",))
    assert read(tmp_path / "c.xlsx", "旧")[1][1] == BETTER
    assert read(tmp_path / "c.xlsx", "新") == [["话术"], [ROUGH]]


def test_merged_cells_stay_merged_and_no_row_is_lost(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "客服话术库")
    sheet.write_row(1, 0, ["分类", "话术", "备注"])
    sheet.merge_range(2, 0, 4, 0, "退款")
    for row in range(2, 5):
        sheet.write_row(row, 1, [f"{ROUGH}{row}", f"注{row}"])
    book.close()
    run(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    found = read(tmp_path / "b.xlsx")
    assert found[0][0] == "客服话术库"
    assert found[1] == ["分类", "话术", "备注", *NEW]
    assert [row[:4] for row in found[2:]] == [
        ["退款" if row == 2 else "", f"{ROUGH}{row}", f"注{row}", f"{BETTER}{row}"] for row in range(2, 5)
    ]
    ranges = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx")).get_sheet_by_index(0).merged_cell_ranges
    assert sorted(ranges) == [((0, 0), (0, 2)), ((2, 0), (4, 0))]


def test_the_value_of_a_formula_is_polished_and_said_so(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, plain = book.add_worksheet("算"), book.add_worksheet("平")
    sheet.write(0, 0, "话术")
    sheet.write_formula(1, 0, '="这个我"&"不知道"', None, ROUGH)
    plain.write_column(0, 0, ["话术", "您好"])
    book.close()
    summary = run(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx")[1][:2] == [ROUGH, BETTER]
    assert [note for note in summary.notes if "公式" in note] == ["表“算”有公式；输出的是公式算出的值，润色的也是这个值"]


def test_a_cell_of_fifty_thousand_characters_is_named_and_kept(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text(f"序号,话术\n1,{'退' * 50_000}\n2,{ROUGH}\n", encoding="utf-8")
    summary = run(source, tmp_path / "b.csv")
    rows = csv_rows((tmp_path / "b.csv").read_bytes())
    assert rows[1][1] == "退" * 50_000
    assert rows[1][2] == ""
    assert rows[1][-1].startswith("是：有 50,000 个字符")
    assert rows[2][2] == BETTER
    assert summary.notes == ("第 2 行：有 50,000 个字符，超过 8,000 个，没有润色，请人工处理",)
    assert (summary.skipped, summary.people, summary.exit_code) == (1, 1, 1)


def test_a_long_cell_of_a_workbook_is_named_by_sheet_and_cell(tmp_path):
    rows = [["序号", "话术"], [1, "退" * 8_001], [2, "退" * 8_000]]
    summary = run(workbook(tmp_path / "a.xlsx", 表一=rows), tmp_path / "b.xlsx")
    assert summary.notes[0].startswith("表“表一”的 B2：有 8,001 个字符")
    assert summary.skipped == 1
    assert read(tmp_path / "b.xlsx")[1][1] == "退" * 8_001


def test_a_text_longer_than_a_cell_is_cut_between_characters():
    assert not too_long("退" * 32_767)
    assert fitting("退" * 32_768) == "退" * 32_766 + "…"
    assert fitting("😀" * 20_000) == "😀" * 16_383 + "…"


def test_rows_that_need_a_person_are_filled(tmp_path):
    def worried(template):
        return Polished(template.text, "fail", "fail", (), (), (), (), (), "事实对不上")

    summary = run(workbook(tmp_path / "a.xlsx", 表=[["话术"], [ROUGH]]), tmp_path / "b.xlsx", worried)
    assert read(tmp_path / "b.xlsx")[1][-1] == "是：事实对不上"
    assert "FFFFF2CC" in part(tmp_path / "b.xlsx", "xl/styles.xml")
    assert summary.exit_code == 1


def test_a_polished_file_can_be_polished_again(tmp_path):
    run(workbook(tmp_path / "a.xlsx", 表=[["话术"], [ROUGH]]), tmp_path / "b.xlsx")
    run(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    found = read(tmp_path / "c.xlsx")
    assert found[0] == ["话术", *NEW, *(f"{name}2" for name in NEW)]
    assert found[1][1] == found[1][7] == BETTER
    assert CalamineWorkbook.from_path(str(tmp_path / "c.xlsx")).sheet_names == ["表", "汇总", "汇总2"]


def test_the_summary_sheet_counts_and_notes(tmp_path):
    run(workbook(tmp_path / "a.xlsx", 表=[["话术"], [ROUGH], ["您好"]], 空=[]), tmp_path / "b.xlsx")
    cells = {row[0]: row[1:] for row in read(tmp_path / "b.xlsx", "汇总")}
    assert (cells["话术条数"][0], cells["有改动"][0], cells["检查前：必须改"][0], cells["检查后：必须改"][0]) == (2, 1, 1, 0)
    assert cells["shirk.x"][1:3] == [1, 1]
    assert cells["说明"][0] == "表“空”是空的"


def test_the_header_is_frozen_and_filtered(tmp_path):
    run(workbook(tmp_path / "a.xlsx", 表=[["序号", "话术"], [1, ROUGH]]), tmp_path / "b.xlsx")
    xml = part(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml")
    assert 'ySplit="1"' in xml
    assert '<autoFilter ref="A1:H2"/>' in xml
    assert '<col min="2" max="3" width="50' in xml


def test_columns_and_rows_left_empty_at_the_start_stay_where_they_are(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(3, 2, "话术")
    sheet.write(4, 2, ROUGH)
    book.close()
    run(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    found = read(tmp_path / "b.xlsx")
    assert found[3][2:4] == ["话术", "润色后"]
    assert found[4][2:4] == [ROUGH, BETTER]


def test_a_password_protected_workbook_is_named_so(tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UsageError, match=r"a\.xlsx' is password-protected; .*without the password"):
        open_book(source, Asked())


@pytest.mark.parametrize("data", [b"PK\3\4 and then nothing", "不是表格".encode(), b"\xd0\xcf\x11\xe0" + b"\1" * 900])
def test_a_damaged_workbook_is_named_so(tmp_path, data):
    source = tmp_path / "a.xlsx"
    source.write_bytes(data)
    with pytest.raises(UsageError, match=r"a\.xlsx' is no workbook or is damaged .* save it again"):
        open_book(source, Asked())


def test_a_truncated_workbook_is_named_damaged(tmp_path):
    source = workbook(tmp_path / "a.xlsx", 表=[["话术"], [ROUGH]])
    source.write_bytes(source.read_bytes()[:-200])
    with pytest.raises(UsageError, match="damaged"):
        open_book(source, Asked())


def test_a_name_of_a_sheet_that_is_not_there_lists_those_that_are(tmp_path):
    source = workbook(tmp_path / "a.xlsx", 售前=[["话术"], [ROUGH]], 售后=[["话术"], [ROUGH]])
    with pytest.raises(UsageError, match="no sheet '售中'; its sheets are: '售前', '售后'"):
        open_book(source, Asked(sheets=("售中",)))


def test_pictures_and_comments_that_are_not_copied_are_said(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_column(0, 0, ["话术", ROUGH])
    sheet.write_comment(1, 0, "请核对")
    sheet.data_validation(1, 1, 5, 1, {"validate": "list", "source": ["a", "b"]})
    book.close()
    notes = run(tmp_path / "a.xlsx", tmp_path / "b.xlsx").notes
    assert any("批注" in note and "数据验证" in note for note in notes)


SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
CONTENT = (
    f"<office:document-content {SPACES}><office:body><office:spreadsheet>"
    '<table:table table:name="话术库/这是一个名字特别长的表格超过了三十一个字符的限制所以要改">'
    '<table:table-row><table:table-cell office:value-type="string"><text:p>话术</text:p></table:table-cell></table:table-row>'
    '<table:table-row><table:table-cell office:value-type="string" table:formula="of:=A1"><text:p>这个我不知道</text:p>'
    '</table:table-cell><table:table-cell office:value-type="string"><text:p>LONG</text:p></table:table-cell></table:table-row>'
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)


def test_an_open_document_is_read_and_written_as_xlsx(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", CONTENT.replace("LONG", "长" * 40_000))
    summary = run(tmp_path / "a.ods", tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx")[1][:3] == [ROUGH, "长" * 32_766 + "…", BETTER]
    name, last = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx")).sheet_names
    assert name.startswith("话术库_这是")
    assert len(name) == 31
    assert any("1 个单元格超过" in note and "B2" in note for note in summary.notes)
    assert last == "汇总"
    assert any("公式" in note for note in summary.notes)
    assert any(name in note and "不允许" in note for note in summary.notes)


# Columns


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (["内容", "话术"], 1),
        (["备注", " 话术内容 "], 1),
        (["ID", "Text"], 1),
        (["回复", "客户问题", "场景"], 0),
        (["answer", "reply"], 1),
    ],
)
def test_the_best_known_header_names_the_templates(tmp_path, header, column):
    source = workbook(tmp_path / "a.xlsx", 表=[header, ["甲乙丙丁"] * len(header)])
    assert [row.place for row in open_book(source, Asked()).rows()] == ["AB"[column] + "2"]


def test_the_message_the_scenario_and_the_date_are_read_with_the_text(tmp_path):
    rows = [["场景", "客户问题", "标准话术", "失效日期"], ["退款", "钱呢", ROUGH, "2024-01-02"]]
    (row,) = open_book(workbook(tmp_path / "a.xlsx", 表=rows), Asked()).rows()
    assert (row.template.message, row.template.scenario, row.valid_to) == ("钱呢", "退款", "2024-01-02")


@pytest.mark.parametrize("column", ["B", "b", "句子"])
def test_a_column_can_be_named_by_letter_or_header(tmp_path, column):
    source = workbook(tmp_path / "a.xlsx", 表=[["话术", "句子"], ["您好", ROUGH]])
    assert [row.template.text for row in open_book(source, Asked(column)).rows()] == [ROUGH]


def test_without_a_header_the_column_with_most_chinese_is_taken_from_the_first_row(tmp_path):
    rows = [["1", "退款", ROUGH], ["2", "物流", "您好，我来帮您查"]]
    summary = run(workbook(tmp_path / "a.xlsx", 表=rows), tmp_path / "b.xlsx")
    assert [row[3] for row in read(tmp_path / "b.xlsx")] == [BETTER, "您好，我来帮您查"]
    assert any("没有认出表头" in note and "C" in note for note in summary.notes)


def test_a_sheet_of_remarks_beside_sheets_with_a_header_is_copied(tmp_path):
    rows = {"话术库": [["话术"], [ROUGH]], "说明": [["本表由客服部维护，请勿外传"]]}
    summary = run(workbook(tmp_path / "a.xlsx", **rows), tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx", "说明") == rows["说明"]
    assert any(note.startswith("表“说明”没有话术列") for note in summary.notes)


def test_no_column_at_all_says_which_headers_were_seen(tmp_path):
    source = workbook(tmp_path / "a.xlsx", 表=[["id", "price"], [1, 2]])
    with pytest.raises(UsageError, match=r"no column of templates.*'id', 'price'.*--column"):
        open_book(source, Asked())
    with pytest.raises(UsageError, match=r"no column '句子'"):
        open_book(source, Asked("句子"))


# CSV


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", False), ("utf-8-sig", True), ("utf-16", True), ("gb18030", True), ("gbk", True)],
)
def test_every_usual_encoding_is_read_and_written_as_utf8(tmp_path, encoding, mark):
    data, _ = polished_text(tmp_path, "a.csv", f"序号,话术\r\n1,{ROUGH}\r\n".encode(encoding))
    assert data.startswith(b"\xef\xbb\xbf") is mark
    text = data.decode("utf-8-sig")
    assert text == (
        f"序号,话术,{','.join(NEW)}\r\n1,{ROUGH},{BETTER},必须改,通过,“不知道”→“帮您查” 不要推（tone-1.2）,一致,\r\n"
    )


def test_two_encodings_in_one_file_are_told_apart_line_by_line(tmp_path):
    lines = ["序号,话术\n".encode(), f"1,{ROUGH}\n".encode("gbk"), f"2,{ROUGH}的\n".encode(), "3,联通\n".encode("gbk")]
    data, summary = polished_text(tmp_path, "a.csv", b"".join(lines))
    assert [row[1] for row in csv_rows(data)] == ["话术", ROUGH, f"{ROUGH}的", "联通"]
    assert any("混在一起" in note for note in summary.notes)


def test_bytes_that_fit_nothing_are_named_and_their_row_left_to_a_person(tmp_path):
    lines = ["序号,话术\n".encode("gbk"), b"1,\xff\xff\xd5\xe2\n", f"2,{ROUGH}\n".encode("gbk")]
    data, summary = polished_text(tmp_path, "a.csv", b"".join(lines))
    rows = csv_rows(data)
    assert rows[1][2] == ""
    assert rows[1][-1].startswith("是：有无法识别的字符")
    assert rows[2][2] == BETTER
    assert any(note.endswith("这些行没有润色：第 2 行") for note in summary.notes)
    assert summary.exit_code == 1


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_original_cells_come_back_byte_for_byte(tmp_path, delimiter, end):
    rows = ["序号", "话术", "备注"], ["1", f'"{ROUGH}{end}第二行，""引""{delimiter}"', "007"], ["2", "您好", '"x"'], ["", ""]
    text = end.join(delimiter.join(row) for row in rows)
    data, _ = polished_text(tmp_path, "a.csv", text)
    found = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
    old = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert [row[:3] for row in found] == [*old[:3], ["", "", ""]]
    assert {len(row) for row in found} == {9}
    assert found[1][3] == f'{BETTER}{end}第二行，"引"{delimiter}'
    assert f'1{delimiter}"{ROUGH}{end}第二行，""引""{delimiter}"{delimiter}007{delimiter}' in data.decode()
    assert not data.endswith(b"\n")


def test_formulas_in_a_csv_stay_in_the_original_and_are_disarmed_in_the_copy(tmp_path):
    evil = ["=cmd|' /C calc'!A0", "+1", "-1", "@x"]
    data, _ = polished_text(tmp_path, "a.csv", "话术,=备注\n" + "".join(f"{text},{text}\n" for text in evil))
    rows = csv_rows(data)
    assert rows[0][1] == "=备注"
    assert [row[:3] for row in rows[1:]] == [[text, text, "'" + text] for text in evil]


def test_a_quote_that_is_never_closed_loses_nothing(tmp_path):
    data, summary = polished_text(tmp_path, "a.csv", f'序号,话术\n1,{ROUGH}\n2,"您好\n3,再见\n')
    rows = csv_rows(data)
    assert rows[1][2] == BETTER
    assert rows[2][:2] == ["2", "您好\n3,再见\n"]
    assert any("引号没有配对" in note for note in summary.notes)


def test_a_csv_without_a_header_and_with_blank_lines(tmp_path):
    data, _ = polished_text(tmp_path, "a.csv", f"1,{ROUGH}\n\n2,您好\n")
    assert data.decode().splitlines()[1] == ""
    assert [row[2] for row in csv_rows(data) if row] == [BETTER, "您好"]


def test_a_workbook_in_csv_clothes_is_refused(tmp_path):
    source = tmp_path / "a.csv"
    source.write_bytes(workbook(tmp_path / "a.xlsx", 表=[["话术"]]).read_bytes())
    with pytest.raises(UsageError, match="no text file by its content"):
        open_book(source, Asked())


def test_sheets_cannot_be_named_in_a_file_that_has_none(tmp_path):
    (tmp_path / "a.csv").write_text("话术\n您好\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--sheet '表' names a sheet of a workbook"):
        open_book(tmp_path / "a.csv", Asked(sheets=("表",)))


def test_a_short_gb18030_line_is_not_taken_for_utf8(tmp_path):
    (tmp_path / "a.csv").write_bytes("联通\n移动\n".encode("gbk"))
    assert list(detect(tmp_path / "a.csv").lines(tmp_path / "a.csv")) == ["联通\n", "移动\n"]


# JSONL


def test_jsonl_lines_keep_every_byte_and_get_new_keys(tmp_path):
    line = '{"id": 7,  "text": "这个我\\u4e0d知道", "n": 1.50}'
    data, summary = polished_text(tmp_path, "a.jsonl", line + "\r\n")
    assert data.decode().startswith(line[:-1] + ', "polished": "')
    assert data.endswith(b"}\r\n")
    new = json.loads(data)
    assert (new["polished"], new["before"], new["after"], new["needs_person"], new["why"]) == (
        BETTER,
        "fail",
        "pass",
        False,
        "",
    )
    assert new["facts"] == {"kept": ["3天"], "missing": [], "added": []}
    assert new["changes"][0]["rule"] == "shirk.x"
    assert summary.exit_code == 0


def test_jsonl_keys_that_exist_get_a_number(tmp_path):
    data, _ = polished_text(tmp_path, "a.jsonl", json.dumps({"reply": ROUGH, "polished": "旧", "message": "钱呢"}))
    new = json.loads(data)
    assert (new["polished"], new["polished_2"], new["before_2"]) == ("旧", BETTER, "fail")
    assert "before" not in new


def test_jsonl_lines_that_cannot_be_read_are_copied_and_reported(tmp_path):
    text = f'not json\n[1]\n\n{{"id": 1}}\n{{"text": "{ROUGH}"}}\n{{"text": "=1\\ud800"}}'
    data, summary = polished_text(tmp_path, "a.jsonl", text)
    lines = data.decode().split("\n")
    assert lines[:4] == ["not json", "[1]", "", '{"id": 1}']
    assert json.loads(lines[4])["polished"] == BETTER
    assert json.loads(lines[5])["needs_person"] is True
    assert [note[:7] for note in summary.notes[:2]] == ["第 1 行不是", "第 2 行不是"]
    assert (summary.broken, summary.exit_code) == (2, 1)


def test_jsonl_without_a_text_says_which_keys_were_seen(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1, "say": "x"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"its keys are: id, say.*--column"):
        open_book(tmp_path / "a.jsonl", Asked())
    assert [row.template.text for row in open_book(tmp_path / "a.jsonl", Asked("say")).rows()] == ["x"]


# Markdown

DOCUMENT = f"""---
title: {ROUGH}
---
# {ROUGH}

{ROUGH}
=====

开头的一段，{ROUGH}。
第二行。

- {ROUGH}一
  续行
* [ ] {ROUGH}二
1. =cmd|' /C calc'!A0

> {ROUGH}引用
> 还是引用

```
{ROUGH}
```

    {ROUGH}

| 场景 | 话术 |
|---|:--|
| 退款 | {ROUGH}\\|甲<br>乙 |
| 物流 | 您好 |

| 甲 | 乙 |
|---|---|
| {ROUGH} | 丙 |

<!-- {ROUGH}
{ROUGH} -->
"""


def test_markdown_texts_are_polished_in_place_and_nothing_else(tmp_path):
    data, summary = polished_text(tmp_path, "a.md", DOCUMENT)
    expected = DOCUMENT
    for old in (f"，{ROUGH}。", f"- {ROUGH}一", f"] {ROUGH}二", f"| {ROUGH}\\|甲"):
        assert expected.count(old) == 1
        expected = expected.replace(old, old.replace("不知道", "帮您查"))
    body, _, section = data.decode().partition("\n## 润色说明\n")
    assert body == expected
    assert [line[:2] for line in section.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3.", "4."]
    assert f"1. 第 9 行：“开头的一段，{ROUGH}。 第二行。”→“开头的一段，{BETTER}。 第二行。”" in section
    assert "   - “不知道”→“帮您查” 不要推（tone-1.2）" in section
    assert summary.rows == 6


def test_a_markdown_table_gives_scenario_and_plain_text():
    cells = [block for block in blocks_of(DOCUMENT) if block.cell]
    assert [(block.text, block.scenario) for block in cells] == [(f"{ROUGH}|甲\n乙", "退款"), ("您好", "物流")]
    assert cells[0].written("丁|戊\n己", "\n") == "丁\\|戊<br>己"


def test_the_section_of_an_earlier_run_is_not_polished(tmp_path):
    data, _ = polished_text(tmp_path, "a.md", f"- {ROUGH}\r\n- 您好".encode())
    assert data.startswith(f"- {BETTER}\r\n- 您好\r\n\r\n## 润色说明\r\n\r\n1. ".encode())
    (tmp_path / "b.md").write_bytes(data)
    assert [row.template.text for row in open_book(tmp_path / "b.md", Asked()).rows()] == [BETTER, "您好"]


def test_an_unchanged_document_is_the_same_to_the_byte(tmp_path):
    text = "\ufeff# 题\r\n\r\n- 您好  \r\n\t- 再见\n没有行尾"
    assert polished_text(tmp_path, "a.md", text)[0] == text.encode()


# What the new columns say


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Change("replace", 0, 1, "甲", "乙", "r", "c-1", "理由"), "“甲”→“乙” 理由（c-1）"),
        (Change("insert", 0, 0, "", "乙\n丙", "r", "", "理由"), "加上“乙 丙” 理由（r）"),
        (Change("delete", 0, 1, "甲", "", "r", "c-1", ""), "删去“甲”（c-1）"),
        (Change("move", 0, 1, "甲", "甲", "r", "c-1", "理由", 2), "“甲”移到“丙丁”之前 理由（c-1）"),
        (Change("move", 0, 1, "甲", "甲", "r", "c-1", "理由", 4), "“甲”移到最后 理由（c-1）"),
    ],
)
def test_every_kind_of_change_is_worded(change, line):
    assert change_line("甲乙丙丁", change) == line


def test_runs_mark_what_is_new_and_follow_what_is_moved():
    changes = (
        Change("move", 0, 2, "甲乙", "甲乙", "r", "", "", 4),
        Change("replace", 1, 2, "乙", "新", "r", "", ""),
        Change("delete", 4, 5, "戊", "", "r", "", ""),
        Change("insert", 6, 6, "", "末", "r", "", ""),
    )
    one = Polished("丙丁甲新己末", "fail", "pass", changes, (), (), (), ())
    assert runs("甲乙丙丁戊己", one) == (("丙丁甲", False), ("新", True), ("己", False), ("末", True))


def test_runs_that_do_not_lead_to_the_text_give_it_plain():
    one = Polished("别的", "fail", "pass", (Change("insert", 0, 0, "", "新", "r", "", ""),), (), (), (), ())
    assert runs("甲", one) == (("别的", False),)


def test_lost_and_added_facts_are_named():
    one = Polished("x", "fail", "advice", (), (), (), ("3天", "50元"), ("今天",), "事实对不上")
    cells = new_cells("x", Outcome(one), False)
    assert cells[4:] == ("缺：3天、50元；多：今天", "是：事实对不上")


def test_new_headers_get_a_number_together():
    assert headers(["话术", "需人工"], False) == tuple(f"{name}2" for name in NEW)
    assert headers(["检出", "检出2"], True) == ("检出3", "检查前3", "需人工3")


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.jsonl", "a.md"])
def test_check_only_says_what_was_found_and_changes_nothing(tmp_path, name):
    source, out = tmp_path / name, tmp_path / f"out{name[1:]}"
    if name == "a.xlsx":
        workbook(source, 表=[["话术"], [ROUGH]])
    else:
        text = {"a.csv": f"话术\n{ROUGH}\n", "a.jsonl": json.dumps({"text": ROUGH}), "a.md": f"- {ROUGH}\n"}[name]
        source.write_text(text, encoding="utf-8")
    summary = run(source, out, check_only=True)
    assert (summary.errors, summary.people, summary.exit_code) == (1, 0, 1)
    line = "“不知道” 不要推（shirk.x）"
    if name == "a.xlsx":
        assert read(out) == [["话术", "检出", "检查前", "需人工"], [ROUGH, line, "必须改", ""]]
    elif name == "a.csv":
        assert csv_rows(out.read_bytes()) == [["话术", "检出", "检查前", "需人工"], [ROUGH, line, "必须改", ""]]
    elif name == "a.jsonl":
        new = json.loads(out.read_text(encoding="utf-8"))
        assert new["findings"][0]["rule"] == "shirk.x"
        assert "polished" not in new
    else:
        text = out.read_text(encoding="utf-8")
        assert text.startswith(f"- {ROUGH}\n\n## 检查说明\n")
        assert line in text
