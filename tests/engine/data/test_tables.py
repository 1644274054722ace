"""Files of installed packages: read as they are, refused where they are missing or not what they should be."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import pytest

from engine import SpecError
from engine.data.data_spec import data_of
from engine.data.tables import DIGITS, IRIS, MissingTableError, Table, cells, numbers


def table(tmp_path, content, *, rows=2, columns=2, header=False):
    """A table whose file holds these bytes."""
    file = tmp_path / "table.csv.gz"
    file.write_bytes(content)
    return Table("table", "plotly", "pip install it", str(file), header, rows, columns)


def packed(text):
    return gzip.compress(text.encode())


def test_a_table_is_its_cells_without_the_header(tmp_path):
    assert cells(table(tmp_path, packed("1,2\n3,4\n"))) == (("1", "2"), ("3", "4"))
    assert cells(table(tmp_path / ".." / tmp_path.name, packed('a,b\r\n1,"2"\r\n3,4'), header=True)) == (
        ("1", "2"),
        ("3", "4"),
    )


def test_numbers_are_read_once_and_cannot_be_changed(tmp_path):
    found = numbers(table(tmp_path, packed("1,2.5\n3,4\n")), 0, 2)
    assert found.tolist() == [[1, 2.5], [3, 4]]
    assert not found.flags.writeable
    assert numbers(IRIS, 0, 4) is numbers(IRIS, 0, 4)


BROKEN = {
    "no gzip": b"1,2\n3,4\n",
    "cut off": packed("1,2\n3,4\n" * 100)[:-20],
    "empty": b"",
    "not text": gzip.compress(b"\xff\xfe,\xff\n1,2\n"),
    "a row too many": packed("1,2\n3,4\n5,6\n"),
    "a cell too few": packed("1,2\n3\n"),
    "a cell without end": packed('1,"2\n3,4' + "x" * 200_000),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_a_file_that_is_not_the_one_that_is_known_is_refused(tmp_path, content):
    with pytest.raises(MissingTableError, match="pip install it"):
        cells(table(tmp_path, content))


def test_words_where_numbers_should_be_are_refused(tmp_path):
    with pytest.raises(MissingTableError):
        numbers(table(tmp_path, packed("1,two\n3,4\n")), 0, 2)


@pytest.mark.parametrize(
    ("package", "path"), [("no-such-package-here", "x.csv.gz"), ("plotly", "plotly/no/such/file.csv.gz")]
)
def test_a_file_that_is_not_installed_is_refused_with_what_to_install(package, path):
    missing = Table("digits", package, "pip install 'backscope[datasets]'", path, False, 1, 1)
    assert not missing.installed
    with pytest.raises(MissingTableError) as error:
        cells(missing)
    assert "pip install 'backscope[datasets]'" in error.value.message


def test_a_data_set_that_is_not_installed_is_refused_in_the_spec(monkeypatch):
    monkeypatch.setattr(Table, "installed", property(lambda self: self is not DIGITS))
    with pytest.raises(SpecError) as error:
        data_of("data", {"kind": "digits"})
    assert error.value.field == "data.kind"
    assert "pip install 'backscope[datasets]'" in error.value.allowed
    data_of("data", {"kind": "iris"})


def test_the_packages_that_carry_the_files_are_not_imported():
    code = (
        "import sys, numpy as np; from engine.data.datasets import DATASETS as D;"
        "[D[k].make(np.random.default_rng(0), np.random.default_rng(0), D[k].defaults) for k in ('iris', 'digits')];"
        "print({'sklearn', 'plotly', 'scipy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_the_files_are_as_large_as_is_said():
    assert np.shape(cells(IRIS)) == (150, 6)
    assert np.shape(cells(DIGITS)) == (1797, 65)
