"""CSV text: read as it is meant, and refused with the row and the column where it cannot be."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine import LimitError, SpecError
from engine.data.csv_data import CsvOptions, csv_options, read_csv
from engine.data.csv_table import CsvError
from engine.data.data_spec import InlineData, data_of
from tests.engine.helpers import cases

PLAIN = "a,b,y\n1,2,3\n4,5,6\n"
ROWS = (((1.0, 2.0), (4.0, 5.0)), ((3.0,), (6.0,)))


def rows_of(text, **options):
    """Inputs and targets of a text."""
    found = read_csv(text, CsvOptions(**options))
    return found.data.x, found.data.y or found.data.labels


SAME = {
    "with a header": PLAIN,
    "without one": "1,2,3\n4,5,6\n",
    "no line end at the end": "1,2,3\n4,5,6",
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR": PLAIN.replace("\n", "\r"),
    "a BOM": "\ufeff" + PLAIN,
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "spaces": PLAIN.replace(",", " "),
    "columns lined up with spaces": "  a   b  y\n  1   2  3 \n  4   5  6 \n",
    "spaces after commas": PLAIN.replace(",", ", "),
    "spaces round cells": PLAIN.replace(",", " , "),
    "no-break spaces": PLAIN.replace(",", "\u00a0,"),
    "every cell quoted": '"a","b","y"\n"1","2","3"\n"4","5","6"\n',
    "blank lines": "\n\na,b,y\n\n1,2,3\n   \n4,5,6\n\n\n",
    "rows of nothing but commas": "a,b,y\n1,2,3\n,,\n4,5,6\n,,\n",
    "a comma at the end of every line": "a,b,y,\n1,2,3,\n4,5,6,\n",
    "a line that names the delimiter": "sep=;\na;b;y\n1;2;3\n4;5;6\n",
    "decimals and exponents": "1.0,+2,3e0\n.4e1,5.,0.6E+1\n",
    "decimal commas": "a;b;y\n1,0;2;3,00\n4;5,0;6\n",
    "decimal commas without a header": "1,0;2,0;3,0\n4,0;5,0;6,0\n",
    "decimal commas in quotes": '"1,0";"2,0";"3,0"\n"4,0";"5,0";"6,0"\n',
    "a header that runs over lines": '"a\nof it",b,y\n1,2,3\n4,5,6\n',
}


@pytest.mark.parametrize("text", **cases(SAME))
def test_the_same_table_is_read_however_it_is_written(text):
    assert rows_of(text) == ROWS


def test_what_was_found_is_told_back():
    found = read_csv("\ufefflength;width;kind\r\n1,5;2;long\r\n3;?;short\r\n4;5;short\r\n", CsvOptions(missing="drop"))
    assert (found.delimiter, found.header, found.decimal) == (";", True, ",")
    assert [(column.number, column.name) for column in found.columns] == [(1, "length"), (2, "width"), (3, "kind")]
    assert [column.name for column in found.inputs] == ["length", "width"]
    assert [column.name for column in found.targets] == ["kind"]
    assert (found.rows, found.dropped) == (2, (2,))
    assert found.data.classes == ("long", "short")
    assert found.counts == (1, 1)
    assert found.data.labels == (0, 1)
    assert found.data.x == ((1.5, 2.0), (4.0, 5.0))
    assert found.data.x_names == ("length", "width")
    assert data_of("data", found.data.to_json()) == found.data


def test_negative_numbers_may_have_a_true_minus():
    assert rows_of("\u22121,2\n\u22123.5,4\n")[0] == ((-1.0,), (-3.5,))
    assert "-0" not in str(rows_of("-0.0,1\n-0,2\n"))


# Classes


def test_words_in_the_last_column_are_classes_in_the_order_of_their_letters():
    found = read_csv("1,no\n2,yes\n3,no\n4,maybe\n")
    assert found.data.classes == ("maybe", "no", "yes")
    assert found.data.labels == (1, 2, 1, 0)
    assert found.counts == (1, 2, 1)
    assert (found.data.targets, found.data.y) == ("zero_one", ())


def test_numbers_are_classes_where_classification_is_asked_for():
    found = read_csv("1,10\n2,9\n3,10\n4,8.5\n", CsvOptions(task="classification"))
    assert found.data.classes == ("8.5", "9", "10")
    assert found.data.labels == (2, 1, 2, 0)
    assert rows_of("1,10\n2,9\n") == (((1.0,), (2.0,)), ((10.0,), (9.0,)))


def test_numbers_and_words_together_are_classes_only_where_that_is_asked_for():
    text = "1,3\n2,x\n3,2\n"
    assert read_csv(text, CsvOptions(task="classification")).data.classes == ("2", "3", "x")
    with pytest.raises(CsvError) as error:
        read_csv(text)
    assert (error.value.row, error.value.column) == (2, 2)
    assert "classification" in error.value.allowed


def test_class_names_may_be_any_writing_and_hold_delimiters_quotes_and_spaces():
    found = read_csv('1,"red, round"\n2,"the ""best"""\n3,蓝色\n4, none \n')
    assert found.data.classes == ("none", "red, round", 'the "best"', "蓝色")


# Columns


def test_targets_and_inputs_are_chosen_by_name_or_number():
    text = "id,y1,a,b,y2\n7,1,2,3,4\n8,5,6,7,8\n"
    found = read_csv(text, CsvOptions(targets=("y2", 2), inputs=("b", 3)))
    assert (found.data.x, found.data.y) == (((3.0, 2.0), (7.0, 6.0)), ((4.0, 1.0), (8.0, 5.0)))
    assert found.data.x_names == ("b", "a")
    assert found.data.y_names == ("y2", "y1")
    assert read_csv(text, CsvOptions(targets=(2,))).data.x_names == ("id", "a", "b", "y2")


def test_words_in_columns_that_are_not_used_do_no_harm():
    text = "name,a,y\nAda,1,2\n,3,4\n"
    assert rows_of(text, inputs=("a",)) == (((1.0,), (3.0,)), ((2.0,), (4.0,)))


def test_columns_without_a_name_get_one_and_equal_names_are_told_apart():
    found = read_csv("x,,x,y\n1,2,3,4\n5,6,7,8\n")
    assert [column.name for column in found.columns] == ["x", "column 2", "x (2)", "y"]
    assert [column.name for column in read_csv("1,2\n3,4\n").columns] == ["column 1", "column 2"]
    odd = read_csv("a\u0007b,%s,y\n1,2,3\n" % ("n" * 300)).columns
    assert odd[0].name == "a b"
    assert len(odd[1].name) <= 100


HEADERS = {
    "words over numbers": ("a,b\n1,2\n", True),
    "numbers over numbers": ("1,2\n3,4\n", False),
    "a number among the words": ("a,2020\n1,2\n", None),
    "words over words and numbers": ("a,kind\n1,x\n2,y\n", True),
    "an index without a name": (",b,c\n0,1,2\n1,3,4\n", True),
    "a missing value over numbers": ("?,?\n1,2\n", False),
}


@pytest.mark.parametrize(("text", "header"), **cases(HEADERS))
def test_a_header_is_words_over_numbers_and_nothing_else(text, header):
    if header is None:
        with pytest.raises(CsvError) as error:
            read_csv(text)
        assert (error.value.row, error.value.column) == (1, 1), (
            "a doubtful first row is data, and its words are refused"
        )
        assert read_csv(text, CsvOptions(header=True)).columns[1].name == "2020"
    else:
        assert read_csv(text, CsvOptions(missing="drop")).header is header


def test_a_header_can_be_said_to_be_there_or_not():
    assert rows_of("1,2\n3,4\n", header=True) == (((3.0,),), ((4.0,),))
    with pytest.raises(CsvError):
        read_csv("a,b\n1,2\n", CsvOptions(header=False))


# Missing values


@pytest.mark.parametrize("gap", ["", "NA", "n/a", "#N/A", "NaN", "null", "None", "?", "-", '""', "  "])
def test_a_missing_value_is_refused_or_its_row_dropped(gap):
    text = f"a,b,y\n1,2,3\n4,{gap},6\n7,8,9\n"
    with pytest.raises(CsvError) as error:
        read_csv(text)
    assert (error.value.row, error.value.line, error.value.column, error.value.column_name) == (2, 3, 2, "b")
    assert "dropped" in error.value.allowed
    found = read_csv(text, CsvOptions(missing="drop"))
    assert found.data.x == ((1.0, 2.0), (7.0, 8.0))
    assert found.dropped == (2,)


def test_a_missing_class_is_missing_and_none_is_a_class():
    text = "1,none\n2,some\n3,?\n4,-\n"
    found = read_csv(text, CsvOptions(missing="drop"))
    assert found.data.classes == ("-", "none", "some")
    assert found.dropped == (3,)


# Refusals


LONG = "x" * 140_000
REFUSED: dict[str, tuple[str, dict[str, object], int | None, int | None, int | None, str]] = {
    "nothing": ("", {}, None, None, None, "at least one row"),
    "blank lines alone": ("\n \n,,\n", {}, None, None, None, "at least one row"),
    "a header alone": ("a,b,c\n", {"header": True}, None, None, None, "under the header"),
    "one column": ("1\n2\n3\n", {}, None, None, None, "two columns"),
    "another delimiter": ("1/2\n3/4\n", {}, None, None, None, "delimiter"),
    "a cell too few": ("a,b,y\n1,2,3\n4,5\n", {}, 2, 3, None, "3 cells"),
    "a cell too many": ("1,2,3\n4,5,6\n7,8,9,10\n", {}, 3, 3, None, "3 cells"),
    "a word among numbers": ("a,b,y\n1,2,3\n4,five,6\n", {}, 2, 3, 2, "finite number"),
    "a word in the first row": ("1,two,3\n4,5,6\n", {}, 1, 1, 2, "finite number"),
    "a column of words": ("n,b,y\nAda,1,2\nBob,3,4\n", {}, 1, 2, 1, "left out"),
    "infinity": ("1,2\ninf,4\n", {}, 2, 2, 1, "finite"),
    "beyond float64": ("1,2\n1e999,4\n", {}, 2, 2, 1, "finite"),
    "hexadecimal": ("1,2\n0x10,4\n", {}, 2, 2, 1, "finite"),
    "underscores": ("1,2\n1_000,4\n", {}, 2, 2, 1, "finite"),
    "thousands": ('1,2\n"1,000",4\n', {}, 2, 2, 1, "decimal point"),
    "a per cent sign": ("1,2\n5%,4\n", {}, 2, 2, 1, "finite"),
    "full-width digits": ("1,2\n１２,4\n", {}, 2, 2, 1, "finite"),
    "points and commas": ("1.5;2\n2,5;3\n", {}, 2, 2, 1, "decimal point"),
    "a point where commas are said": ("1,5;2\n2.5;3\n", {"decimal": ","}, 2, 2, 1, "decimal comma"),
    "a quote without end": ('a,b\n1,"2\n3,4\n', {}, None, 2, None, "quotes closed"),
    "a quote that ends too early": ('a,b\n1,"2"3\n', {}, None, 2, None, "quotes closed"),
    "an enormous cell": (f"1,2\n{LONG},3\n", {}, None, 2, None, "131072"),
    "every row dropped": (
        "a,y\n?,1\n2,?\n",
        {"missing": "drop", "header": True},
        None,
        None,
        None,
        "without a missing",
    ),
    "one class alone": ("1,a\n2,a\n", {}, 1, 1, 2, "two different"),
    "too many classes": ("".join(f"{i},c{i}\n" for i in range(1001)), {}, None, None, 2, "1000"),
    "a class too long": (f"1,{'x' * 101}\n2,b\n", {}, 1, 1, 2, "100"),
    "a class over two lines": ('1,"a\nb"\n2,c\n', {}, 1, 1, 2, "printable"),
    "a strange separator": ("sep=1\n1,2\n", {}, None, 1, None, "one character"),
}


@pytest.mark.parametrize(("text", "options", "row", "line", "column", "word"), **cases(REFUSED))
def test_what_is_no_table_of_numbers_is_refused_with_its_place(text, options, row, line, column, word):
    with pytest.raises(CsvError) as error:
        read_csv(text, CsvOptions(**options))
    found = error.value
    assert (found.row, found.line, found.column) == (row, line, column), found.message
    assert word in found.allowed, found.allowed
    assert found.message.isprintable()
    assert len(found.message) < 400
    assert LONG not in found.message


def test_a_row_is_counted_among_the_rows_and_a_line_as_an_editor_counts():
    with pytest.raises(CsvError) as error:
        read_csv('sep=,\n\n"long\nname",b\n1,"2"\n\n"3\n",x\n')
    assert (error.value.row, error.value.line, error.value.column) == (2, 7, 2)
    assert error.value.message.startswith("row 2 (line 7), column 2 ('b'): got 'x'; allowed: a finite number")


OPTIONS: dict[str, tuple[dict[str, object], str, str, str]] = {
    "a target that is not there": ({"targets": ["z"]}, "targets[0]", "string", "a, b, y"),
    "a column number too large": ({"targets": ["y", 4]}, "targets[1]", "number", "1 to 3"),
    "a target twice": ({"targets": ["y", 3]}, "targets[1]", "number", "once"),
    "an input that is a target": ({"targets": ["y"], "inputs": ["a", "y"]}, "inputs", "string", "not targets"),
    "no inputs left": ({"targets": [1, 2, 3]}, "targets", "array", "inputs are left"),
    "several targets as classes": ({"targets": [2, 3], "task": "classification"}, "targets", "array", "one column"),
    "an unknown option": ({"separator": ","}, "separator", "string", "delimiter"),
    "a delimiter too long": ({"delimiter": ",,"}, "delimiter", "string", "one character"),
    "a digit as delimiter": ({"delimiter": "1"}, "delimiter", "string", "one character"),
    "a quote as delimiter": ({"delimiter": '"'}, "delimiter", "string", "one character"),
    "a line end as delimiter": ({"delimiter": "\n"}, "delimiter", "string", "one character"),
    "no delimiter": ({"delimiter": ""}, "delimiter", "string", "one character"),
    "a number as delimiter": ({"delimiter": 1}, "delimiter", "number", "one character"),
    "a header by word": ({"header": "yes"}, "header", "string", "true"),
    "another decimal mark": ({"decimal": "'"}, "decimal", "string", "."),
    "targets by text": ({"targets": "y"}, "targets", "string", "list"),
    "no targets": ({"targets": []}, "targets", "array", "at least one"),
    "a target by 0": ({"targets": [0]}, "targets[0]", "number", "from 1"),
    "a target by true": ({"targets": [True]}, "targets[0]", "boolean", "from 1"),
    "missing as mean": ({"missing": "mean"}, "missing", "string", "drop"),
    "another task": ({"task": "clustering"}, "task", "string", "regression"),
}


@pytest.mark.parametrize(("options", "field", "kind", "word"), **cases(OPTIONS))
def test_an_option_that_cannot_be_is_named(options, field, kind, word):
    with pytest.raises(SpecError) as error:
        read_csv(PLAIN, csv_options("", options))
    assert (error.value.field, error.value.kind) == (field, kind), error.value.message
    assert word in error.value.allowed


def test_options_are_told_from_plain_data():
    assert csv_options("", {}) == CsvOptions()
    assert csv_options("", dict.fromkeys(CsvOptions.__dataclass_fields__)) == CsvOptions()
    given_all = {
        "delimiter": ";",
        "header": False,
        "decimal": ",",
        "targets": ["y", 1],
        "inputs": [2],
        "missing": "drop",
    }
    assert csv_options("", given_all) == CsvOptions(";", False, ",", ("y", 1), (2,), "drop")
    with pytest.raises(SpecError) as error:
        csv_options("options", {"header": 1})
    assert error.value.field == "options.header"


# Limits


def test_a_text_too_long_is_refused_before_it_is_read():
    with pytest.raises(LimitError) as error:
        read_csv("1,2\n" * 100, most_characters=399)
    assert (error.value.limit, error.value.value, error.value.maximum) == ("characters", 400, 399)
    assert read_csv("1,2\n" * 100, most_characters=400).rows == 100


def test_too_many_cells_are_refused_as_soon_as_they_are_too_many():
    with pytest.raises(LimitError) as error:
        read_csv("1,2\n" * 10 + '"', most_numbers=19)
    assert (error.value.limit, error.value.maximum) == ("data", 19)
    assert read_csv("1,2\n" * 10, most_numbers=20).rows == 10


def test_too_many_columns_are_refused():
    with pytest.raises(CsvError, match="10000 columns"):
        read_csv("1," * 10_000 + "2\n")


# Laws


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
finite = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9)


@st.composite
def tables(draw):
    """A table of numbers as rows, and a way to write it."""
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(finite, min_size=width, max_size=width), min_size=1, max_size=6))
    return rows, draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n"])), draw(st.booleans())


def written(rows, delimiter, line_end, quoted):
    """Rows as the csv module writes them."""
    out = io.StringIO(newline="")
    style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=style).writerows(rows)
    return out.getvalue()


@given(tables())
def test_numbers_that_are_written_are_read_back_to_the_last_bit(table):
    rows, *style = table
    text = written([[repr(float(cell)) for cell in row] for row in rows], *style)
    x, y = rows_of(text, delimiter=style[0], header=False)
    assert [[*a, *b] for a, b in zip(x, y, strict=True)] == [[float(cell) + 0.0 for cell in row] for row in rows]


@given(tables())
def test_the_delimiter_of_a_table_of_numbers_is_found(table):
    rows, *style = table
    text = written([[f"{float(cell):.3f}" for cell in row] for row in rows], *style)
    found = read_csv(text)
    assert (found.delimiter, found.header, found.decimal) == (style[0], False, ".")
    assert len(found.data.x[0]) == len(rows[0]) - 1


@given(st.text(st.sampled_from("1,2;\"\n\r a.\t|-e?\ufeff'=sp"), max_size=60), st.booleans() | st.none())
@example('"', None)
@example("sep=", None)
@example("\r\r,", True)
def test_any_text_is_read_or_refused_and_never_anything_else(text, header):
    check_any(text, CsvOptions(header=header, missing="drop"))


@given(words, words, words, st.sampled_from([None, ",", ";", " ", "蓝", "|"]))
def test_any_words_are_read_or_refused(a, b, c, delimiter):
    if delimiter == "蓝":
        with pytest.raises(SpecError):
            csv_options("", {"delimiter": delimiter})
        return
    check_any(f"{a}{delimiter or ','}{b}\n1,2\n{c}", CsvOptions(delimiter=delimiter, task="classification"))


def check_any(text, options):
    refused = None
    try:
        found = read_csv(text, options)
    except (CsvError, SpecError) as error:
        refused = error.message
    if refused is None:
        assert isinstance(found.data, InlineData)
        assert len(found.data.x) == found.rows >= 1
        assert data_of("data", found.data.to_json()) == found.data
    else:
        assert refused.isprintable()
        refused.encode()
