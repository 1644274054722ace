"""The page's files: found, typed, versioned, cached for ever; nothing else can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers import IMMUTABLE
from app.assets import ALL_SHEETS, SHEETS, TYPES, Assets, asset_dir, lean
from tests.test_architecture import code_of

PLAIN = {"accept-encoding": "identity"}
STATIC = asset_dir("static")


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, body in {"main.js": "1;", "css/page.css": "a{}", "types.d.ts": "x", "secret.txt": "x"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
    return tmp_path


def test_a_missing_folder_is_named():
    assert asset_dir("templates").is_dir()
    with pytest.raises(RuntimeError, match="nowhere"):
        asset_dir("nowhere")


def test_only_what_a_browser_needs_is_served(folder):
    assert Assets(folder).names == ("css/page.css", "main.js")


def test_the_digest_covers_every_name_and_every_byte(folder):
    digests = {Assets(folder).digest, Assets(folder).digest}
    assert len(digests) == 1
    (folder / "css/page.css").write_text("b{}")
    digests.add(Assets(folder).digest)
    (folder / "css/page.css").rename(folder / "css/paper.css")
    digests.add(Assets(folder).digest)
    assert len(digests) == 3


def test_every_file_has_its_type_and_may_be_kept_for_ever(api):
    assets = api.app.state.assets
    assert {"main.js", "types.d.ts"} & set(assets.names) == {"main.js"}
    for name in assets.names:
        answer = api.get(assets.url(name), headers=PLAIN)
        assert answer.status_code == 200
        assert answer.content == lean(name, (STATIC / name).read_bytes())
        assert answer.headers["content-type"] == TYPES[Path(name).suffix]
        assert answer.headers["cache-control"] == IMMUTABLE
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert TYPES[".js"].startswith("text/javascript")


SCRIPT = b"""/**
 * What it is for.
 */
import { a } from "./a.js";

/** @type {number} */
const x = /** @type {any} */ (a); // said of x
  // said of y
  const y = /\\/\\*/.test("/* quoted */ // too");
"""


def test_comments_and_indentation_stay_behind_and_every_line_keeps_its_number():
    sent = lean("main.js", SCRIPT)
    assert sent == (
        b'\n\n\nimport { a } from "./a.js";\n\n\nconst x = /** @type {any} */ (a); // said of x\n\n'
        b'const y = /\\/\\*/.test("/* quoted */ // too");\n'
    )
    assert lean("a.css", b"/* A */\n.a {\n  b: c; /* d */\n}\n") == b"\n.a {\nb: c; /* d */\n}\n"
    assert lean("a.svg", b"<svg>\n  <!-- // -->\n</svg>") == b"<svg>\n  <!-- // -->\n</svg>"


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_is_sent_with_all_of_its_code(path):
    text = path.read_text(encoding="utf-8")
    sent = lean(path.name, path.read_bytes()).decode()
    templates: list[str] = []
    assert code_of(text, templates).split() == code_of(sent).split()
    spanning = [template for template in templates if "\n" in template]
    assert not spanning, f"text that spans lines would lose its indentation: {spanning}"
    assert not re.search(r"\\\n", text), "a line that ends in a backslash"


def test_what_a_module_needs_is_found_and_what_can_wait_is_not(tmp_path):
    for name, text in {
        "main.js": 'import { a } from "./a.js";\nimport {\n  b,\n} from "./views/b.js";\nconst c = import("./c.js");',
        "a.js": "export const a = 1;",
        "views/b.js": 'import { a } from "../a.js";\nexport { d } from "./d.js";\nconst text = "from";',
        "views/d.js": 'import "../main.js";',
        "c.js": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert Assets(tmp_path).needed_by("main.js") == ["main.js", "a.js", "views/b.js", "views/d.js"]


def test_the_style_sheets_of_every_page_come_as_one(api):
    assets = api.app.state.assets
    sent = api.get(assets.url(ALL_SHEETS), headers=PLAIN)
    assert sent.headers["content-type"] == TYPES[".css"]
    assert sent.text == "\n".join(assets.named(f"css/{name}.css").body.decode() for name in SHEETS)
    for language in ("en", "zh"):
        linked = re.findall(r'rel="stylesheet" href="([^"]+)"', api.get(f"/?lang={language}").text)
        assert linked == [assets.url(ALL_SHEETS)]


def test_text_is_sent_compressed_to_who_asks(api):
    assets = api.app.state.assets
    large = max(
        (name for name in assets.names if name.endswith(".js")), key=lambda name: (STATIC / name).stat().st_size
    )
    packed = api.get(assets.url(large), headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == lean(large, (STATIC / large).read_bytes())
    assert int(packed.headers["content-length"]) < (STATIC / large).stat().st_size / 2


def test_every_module_a_module_imports_is_served(api):
    names = set(api.app.state.assets.names)
    for name in names:
        if not name.endswith(".js"):
            continue
        text = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", text):
            found = (STATIC / name).parent.joinpath(target).resolve().relative_to(STATIC.resolve()).as_posix()
            assert found in names, f"{name} imports {target}"


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "..%2fpyproject.toml",
        "%2e%2e/pyproject.toml",
        "..%5cpyproject.toml",
        "/etc/passwd",
        "//evil.example/x.js",
        "main.js/",
        "main.js%00",
        "MAIN.JS",
        "css",
        "css/",
        ".",
        "",
        "types.d.ts",
        "file:///etc/passwd",
        "%5c%5cserver%5cshare%5cx.js",
    ],
)
def test_nothing_but_the_listed_files_is_there(api, path):
    answer = api.get(f"/static/{api.app.state.assets.digest}/{path}", follow_redirects=False)
    assert answer.status_code == 404


def test_another_version_is_not_mixed_with_this_one(api):
    assert api.get("/static/0123456789abcdef/main.js").status_code == 404


@given(st.text(max_size=40))
def test_no_other_name_is_ever_found(name):
    assets = Assets(STATIC)
    found = assets.find(assets.digest, name)
    assert (found is not None) == (name in assets.names)
