"""Imports that do not occur: each test keeps one line of STYLE.md's list and prints what breaks it.

Python is read as a syntax tree. JavaScript is scanned: comments and the insides of strings are blanked out first, so a
word in a sentence is not taken for code.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

import engine

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Source:
    """A file, and what of it is code."""

    path: str
    text: str
    code: str
    folder: str = ""

    def line(self, number: int, why: str) -> str:
        """The line that breaks a rule, as the tests print it."""
        return f"{self.folder}{self.path}:{number}: {self.text.splitlines()[number - 1].strip()}\n    {why}"

    def matches(self, pattern: str, why: str, within: str | None = None) -> Iterator[str]:
        """Every line of the code where a pattern matches."""
        code = self.code if within is None else within
        for match in re.finditer(pattern, code, re.MULTILINE):
            yield self.line(code.count("\n", 0, match.start()) + 1, why)


def report(broken: Iterable[str]) -> None:
    """Fail with every line that breaks the rule."""
    lines = list(dict.fromkeys(broken))
    if lines:
        pytest.fail(f"{len(lines)} broken:\n" + "\n".join(lines), pytrace=False)


# Python


@dataclass(frozen=True)
class Import:
    """One name that a Python file imports: `from module import name`, or `import module` with an empty name."""

    module: str
    name: str
    line: int

    @property
    def package(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]

    @property
    def targets(self) -> set[str]:
        """Every dotted name that may be meant."""
        return {self.module, f"{self.module}.{self.name}"} if self.name else {self.module}


@cache
def python(folder: str) -> tuple[Source, ...]:
    """Every Python file of a folder."""
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} has no Python files"
    return tuple(Source(p.relative_to(ROOT).as_posix(), text := p.read_text(encoding="utf-8"), text) for p in found)


@cache
def tree(source: Source) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(source.text)


@cache
def imports(source: Source) -> tuple[Import, ...]:
    """Everything a Python file imports, wherever in the file."""
    found: list[Import] = []
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, "", node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            here = source.path.removesuffix(".py").replace("/", ".").split(".")
            module = ".".join([*here[: len(here) - node.level], *([node.module] if node.module else [])])
            found += [Import(module if node.level else node.module or "", a.name, node.lineno) for a in node.names]
    return tuple(found)


def stem(source: Source) -> str:
    """The module's name inside its package."""
    return PurePosixPath(source.path).stem


def dotted(node: ast.AST) -> str:
    """`np.random.seed` for that attribute; empty for what is no plain dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    inside = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inside}.{node.attr}" if inside and isinstance(node, ast.Attribute) else ""


NOT_IN_THE_ENGINE = {
    *("app", "fastapi", "pydantic", "starlette", "jinja2", "plotly", "json", "orjson"),
    *("time", "datetime", "os", "pathlib", "io", "logging", "random", "socket", "pickle", "subprocess", "shutil"),
}
FILES = {
    *("gzip", "zlib", "bz2", "lzma", "zipfile", "tarfile", "tempfile", "mmap", "glob", "fileinput", "importlib"),
}
"""What files are found and read with: for `tables` alone, which reads the data sets of installed packages."""
READERS = ("np.load", "np.loadtxt", "np.genfromtxt", "np.fromfile", "np.memmap", "np.save", "np.savez", "np.savetxt")


def test_the_engine_knows_numpy_and_the_standard_library_and_no_server_page_clock_or_file_but_tables():
    broken = []
    for source in python("engine"):
        for found in imports(source):
            if found.package in NOT_IN_THE_ENGINE:
                broken.append(source.line(found.line, f"the engine does not import {found.package}"))
            elif (source.path, found.package) == ("engine/threads.py", "threadpoolctl"):
                continue
            elif found.package not in {"engine", "numpy", *sys.stdlib_module_names}:
                broken.append(source.line(found.line, "the engine imports NumPy and the standard library alone"))
            elif found.package in FILES and stem(source) != "tables":
                broken.append(source.line(found.line, "files are read in engine/data/tables.py alone"))
        broken += [
            source.line(node.lineno, f"the engine calls no {dotted(node.func)}()")
            for node in ast.walk(tree(source))
            if isinstance(node, ast.Call) and dotted(node.func) in ("open", "print", "input", *READERS)
        ]
    report(broken)


RANDOM_VALUES = {"Generator", "default_rng", "SeedSequence", "BitGenerator", "PCG64"}


def test_the_engine_draws_from_generators_and_never_from_global_random_state():
    broken = []
    for source in python("engine"):
        for node in ast.walk(tree(source)):
            name = dotted(node)
            if re.match(r"(np|numpy)\.random\.", name) and name.split(".")[2] not in RANDOM_VALUES:
                broken.append(source.line(node.lineno, f"{name} draws from NumPy's global state"))
        broken += [
            source.line(found.line, "NumPy's global random functions are not used")
            for found in imports(source)
            if found.module == "numpy.random" and found.name not in RANDOM_VALUES
        ]
    report(broken)


REGISTRIES = {"activations", "losses", "layers", "optimizers", "examples"}
RUNGS = (
    {"errors", "streams", "threads"},
    {"registry"},
    {"fields"},
    {"rules"},
    REGISTRIES,
    {"data"},
    {"catalog", "spec"},
    {"program"},
    {"training"},
    {"witness"},
    {"figures"},
    {"run"},
)
"""The parts of the engine, each built on those above it here alone: registries know nothing of one another."""


def part(module: str) -> str:
    """The part of the engine that a module belongs to."""
    return module.split(".")[1]


def test_every_part_of_the_engine_is_built_on_the_ones_before_it_and_nothing_else():
    rung = {name: at for at, names in enumerate(RUNGS) for name in names}
    broken = []
    for source in python("engine"):
        here = part(source.path.removesuffix(".py").replace("/", "."))
        if here == "__init__":
            continue
        assert here in rung, f"{source.path}: say on which rung {here} stands"
        for found in imports(source):
            below = {part(target) for target in found.targets if target.startswith("engine.")} & set(rung) - {here}
            broken += [
                source.line(found.line, f"{here} is not built on {name}") for name in below if rung[name] >= rung[here]
            ]
            if found.package == "engine" and found.module == "engine" and not below:
                broken.append(source.line(found.line, "inside the engine a module is imported, not the whole"))
    report(broken)


def test_what_a_registry_is_made_of_does_not_ask_the_registry():
    modules = {source.path.removesuffix(".py").replace("/", ".") for source in python("engine")}
    report(
        source.line(found.line, "the registry is made of this, not the other way round")
        for source in python("engine")
        for package in [source.path.rpartition("/")[0].replace("/", ".")]
        if package != "engine" and part(package) in REGISTRIES and stem(source) != "__init__"
        for found in imports(source)
        if found.module == package and f"{package}.{found.name}" not in modules
    )


@pytest.mark.parametrize("package", ["engine", "app"])
def test_no_module_imports_itself_round_a_circle(package):
    modules = {
        source.path.removesuffix(".py").replace("/", "."): source
        for source in python(package)
        if stem(source) != "__init__"
    }
    edges = {
        name: {target for found in imports(source) for target in found.targets if target in modules and target != name}
        for name, source in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            pytest.fail("a circle of imports: " + " → ".join((*path[path.index(name) :], name)), pytrace=False)
        if name not in done:
            for target in sorted(edges[name]):
                visit(target, (*path, name))
            done.add(name)

    for name in modules:
        visit(name, ())


def test_the_app_uses_the_public_names_of_the_engine_and_no_others():
    broken = []
    for source in python("app"):
        broken += [
            source.line(found.line, "the app imports public names of `engine`")
            for found in imports(source)
            if found.package == "engine" and (found.module != "engine" or found.name not in {"", *engine.__all__})
        ]
        for node in ast.walk(tree(source)):
            name = dotted(node)
            if name.startswith("engine.") and name.split(".")[1] not in {*engine.__all__, "__file__"}:
                broken.append(source.line(node.lineno, f"{name} is not a public name of the engine"))
    report(broken)


def is_routes(source: Source) -> bool:
    """Does a module of the app declare routes?"""
    return any(found.name == "APIRouter" for found in imports(source))


ARITHMETIC = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def test_routes_contain_no_arithmetic():
    broken = []
    for source in filter(is_routes, python("app")):
        for node in ast.walk(tree(source)):
            if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ARITHMETIC):
                broken.append(source.line(node.lineno, "routes compute nothing"))
            if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Add) and _adds_numbers(node):
                broken.append(source.line(node.lineno, "routes compute nothing"))
    report(broken)


def _adds_numbers(node: ast.BinOp | ast.AugAssign) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(isinstance(side, ast.Constant) and isinstance(side.value, (int, float)) for side in sides)


ONLY_IN: dict[str, tuple[str, set[str], str]] = {
    "numpy": (
        r"^numpy(\.|$)",
        {"encode", "binary", "charts", "containers", "literals", "reading"},
        "arrays are handled in encode.py, binary.py, literals.py and charts.py; containers.py opens files of ours, and "
        "reading.py answers",
    ),
    "archives": (
        r"^(zipfile|tarfile|pickle|marshal|shelve|yaml|ziamath)(\.|$)",
        {"binary", "containers"},
        "archives are written in binary.py, and read by the command alone",
    ),
    "plotly": (r"^plotly(\.|$)", {"charts"}, "plotly is imported in charts.py"),
    "sqlite3": (r"^sqlite3(\.|$)", {"store"}, "the data base is the store's"),
    "json responses": (
        r"^(fastapi|starlette)\.responses\.(JSON|ORJSON|UJSON)Response$|jsonable_encoder$",
        set(),
        "answers are encoded in encode.py, never by the framework",
    ),
    "parameters by declaration": (
        r"^fastapi\.(Query|Path|Body|Form|Header|Cookie|File|UploadFile)$",
        {"schema"},
        "requests are parsed in schema.py",
    ),
    "query strings": (r"^urllib\.parse\.(parse_qsl?|unquote\w*)$", {"schema"}, "requests are parsed in schema.py"),
}


@pytest.mark.parametrize("rule", ONLY_IN)
def test_in_the_app_an_import_occurs_only_where_it_belongs(rule):
    pattern, places, why = ONLY_IN[rule]
    report(
        source.line(found.line, why)
        for source in python("app")
        if stem(source) not in places
        for found in imports(source)
        if any(re.search(pattern, target) for target in found.targets)
    )


@pytest.mark.parametrize("part", ["command", "client"])
def test_the_server_imports_nothing_of_the_command_which_reads_files_nor_of_the_client(part):
    report(
        source.line(found.line, f"the {part} uses the server, and not the other way round")
        for source in python("app")
        if not source.path.startswith((f"app/{part}/", "app/__main__.py"))
        for found in imports(source)
        if any(target.startswith(f"app.{part}") for target in found.targets)
    )


USED_ONLY_IN: dict[str, tuple[str, set[str], str]] = {
    "arrays to lists": (
        r"(^|\.)tolist$",
        {"encode", "reading"},
        "arrays become JSON in encode.py, a client's in reading.py",
    ),
    "arrays to JSON": (r"^orjson\.(dumps|Fragment|OPT_\w+)$", {"encode"}, "arrays become JSON in encode.py"),
    "requests": (
        r"(^|\.)request\.(json|body|stream|form|query_params)$",
        {"schema"},
        "requests are parsed in schema.py",
    ),
}


@pytest.mark.parametrize("rule", USED_ONLY_IN)
def test_in_the_app_a_function_is_used_only_where_it_belongs(rule):
    pattern, places, why = USED_ONLY_IN[rule]
    report(
        source.line(node.lineno, f"{node.attr}: {why}")
        for source in python("app")
        if stem(source) not in places
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Attribute)
        if re.search(pattern, dotted(node) or f".{node.attr}")
    )


def test_plotly_is_nowhere_in_the_engine_and_its_script_comes_from_the_package():
    report(
        source.line(found.line, "plotly is imported in app/charts.py alone")
        for folder in ("engine", "app")
        for source in python(folder)
        for found in imports(source)
        if found.package == "plotly" and source.path != "app/charts.py"
    )


@pytest.mark.parametrize("folder", ["tests/engine", "tests/golden", "tests/benchmarks"])
def test_tests_of_the_engine_do_not_know_the_app(folder):
    report(
        source.line(found.line, "tests of the engine import no app")
        for source in python(folder)
        if not source.path.startswith("tests/benchmarks/server/")
        for found in imports(source)
        if found.package in ("app", "fastapi", "starlette", "httpx")
    )


# JavaScript


def code_of(text: str, templates: list[str] | None = None) -> str:
    """JavaScript with comments and the insides of strings blanked out; every line stays where it is.

    The text of template literals is added to `templates`.
    """
    out: list[str] = []
    heard = [] if templates is None else templates
    i, braces = 0, [0]
    """`braces` has an entry for every template literal we are inside of: how many { are open in its ${…}."""

    def blank(part: str) -> str:
        return re.sub(r"[^\n]", " ", part)

    def template(start: int) -> int:
        """From the character after ` or } to after the next ` or ${."""
        j = start
        while j < len(text):
            if text[j] == "\\":
                j += 2
            elif text[j] == "`":
                heard.append(text[start:j])
                out.append(blank(text[start:j]) + "`")
                return j + 1
            elif text.startswith("${", j):
                heard.append(text[start:j])
                out.append(blank(text[start:j]) + "${")
                braces.append(0)
                return j + 2
            else:
                j += 1
        return j

    while i < len(text):
        here = text[i]
        if text.startswith(("//", "/*"), i):
            end = text.find("\n", i) if text[i + 1] == "/" else text.find("*/", i) + 2
            end = len(text) if end < i + 1 else end
            out.append(blank(text[i:end]))
            i = end
        elif here in "'\"":
            match = re.compile(rf"{here}(?:\\.|[^\\\n{here}])*{here}").match(text, i)
            assert match, f"a string without an end: {text[i : i + 40]!r}"
            out.append(here + blank(match[0][1:-1]) + here)
            i = match.end()
        elif here == "`":
            out.append(here)
            i = template(i + 1)
        elif here == "/" and re.search(r"(?:^|[(,=:\[!&|?{};+\-*<>~^%]|\breturn|=>)\s*$", "".join(out[-80:])):
            match = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*").match(text, i)
            assert match, f"a regular expression without an end: {text[i : i + 40]!r}"
            out.append("/" + blank(match[0][1:-1]) + "/")
            i = match.end()
        elif here == "}" and len(braces) > 1 and braces[-1] == 0:
            braces.pop()
            out.append(here)
            i = template(i + 1)
        else:
            braces[-1] += {"{": 1, "}": -1}.get(here, 0) if len(braces) > 1 else 0
            out.append(here)
            i += 1
    return "".join(out)


def without_comments(text: str, *patterns: str) -> str:
    """A text with its comments blanked out."""
    return re.sub("|".join(patterns), lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.DOTALL)


@cache
def javascript() -> tuple[Source, ...]:
    """Every script of the page."""
    found = sorted((ROOT / "static").rglob("*.js"))
    assert found, "static has no scripts"
    return tuple(
        Source(p.relative_to(ROOT / "static").as_posix(), text := p.read_text("utf-8"), code_of(text), "static/")
        for p in found
    )


def script_imports(source: Source) -> Iterator[tuple[int, str]]:
    """The line and target (a path inside static/) of every module a script imports, type comments aside."""
    pattern = r"(?:\bfrom\s*|\bimport\s*\(?\s*)([\"'])(?P<target>[^\"'\n]+)\1"
    for match in re.finditer(pattern, source.text):
        if source.code[match.start() : match.start() + 4].strip():
            line = source.text.count("\n", 0, match.start()) + 1
            target = match["target"]
            yield line, resolve(source.path, target) if target.startswith(".") else target


def resolve(path: str, target: str) -> str:
    """The file a relative import means."""
    parts = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            assert parts, f"{path} imports {target}, which is outside static/"
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def bare(*names: str) -> str:
    """A pattern for names used as variables: not after a dot, not as the key of an object."""
    return rf"(?<![\w$.])(?:{'|'.join(names)})(?![\w$])(?!\s*:(?!:))"


def of_window(*names: str) -> str:
    """A pattern for names asked of the window."""
    return rf"\b(?:globalThis|window|self|document|navigator)\s*\.\s*(?:{'|'.join(names)})\b"


PURE = {
    *("state.js", "url.js", "trace.js", "rule.js", "terms.js", "moments.js", "needs.js", "decode.js", "spec.js"),
    *("change.js", "remote.js", "travel.js"),
    *(
        "keys.js",
        "i18n.js",
        "transition.js",
        "shares.js",
        "paths.js",
        "images.js",
        "maps.js",
        "safetensors.js",
        "health.js",
    ),
}
TIMERS = ("setTimeout", "setInterval", "setImmediate", "requestAnimationFrame", "requestIdleCallback")
NETWORK = ("fetch", "XMLHttpRequest", "EventSource", "WebSocket", "sendBeacon")


def is_pure(source: Source) -> bool:
    """Must a script be a function of its arguments? What is in draw/ must, save for dom.js."""
    return source.path in PURE or (source.path.startswith("draw/") and source.path != "draw/dom.js")


def test_the_pure_modules_are_there():
    found = {source.path for source in javascript()}
    missing = {"state.js", "url.js", "trace.js", "draw/geometry.js", "draw/colour.js", "draw/format.js"} - found
    assert not missing


def test_pure_modules_touch_no_document_window_network_clock_or_view():
    broken: list[str] = []
    for source in filter(is_pure, javascript()):
        names = ("document", "window", "self", "navigator", "localStorage", "sessionStorage", "performance", "Date")
        broken += source.matches(bare(*names, *TIMERS, *NETWORK), "this module is pure")
        broken += source.matches(r"\bMath\.random\b", "this module is pure")
        impure = {"api.js", "store.js", "player.js", "main.js"}
        if not source.path.startswith("draw/"):  # which may describe elements; making them is dom.js's
            impure.add("draw/dom.js")
        broken += [
            source.line(line, "a pure module imports no view and no DOM")
            for line, target in script_imports(source)
            if target.startswith("views/") or target in impure
        ]
    report(broken)


def test_fetch_and_its_like_occur_in_api_alone():
    report(
        broken
        for source in javascript()
        if source.path not in ("api.js", "saved.js")  # which puts something else in its place
        for broken in (
            *source.matches(bare(*NETWORK), "the server is asked in api.js"),
            *source.matches(of_window(*NETWORK), "the server is asked in api.js"),
        )
    )


def test_location_and_history_occur_in_url_alone():
    broken: list[str] = []
    for source in javascript():
        if source.path in ("url.js", "saved.js"):  # a saved page has no address that says where to begin
            continue
        for name in ("location", "history"):
            why = f"{name} belongs to url.js"
            broken += source.matches(of_window(name), why)
            broken += source.matches(rf"(?<![\w$.]){name}\s*(?:\.\s*(?:{BROWSER_S[name]})\b|\[)", why)
            if not declares(source, name):
                broken += source.matches(bare(name), why)
    report(broken)


BROWSER_S = {
    "location": "href|hash|search|pathname|host|hostname|origin|protocol|port|assign|replace|reload",
    "history": "pushState|replaceState|back|forward|go|scrollRestoration",
}


def declares(source: Source, name: str) -> bool:
    """Does a script have a variable or parameter of that name of its own?"""
    patterns = (
        rf"\b(?:const|let|var|function)\s+{name}\b",
        rf"\b(?:const|let|var)\s*[{{\[][^;=]*\b{name}\b[^;=]*[}}\]]\s*=",
        rf"\(([^()]*[^\w.()])?{name}\b[^()]*\)\s*(?:\{{|=>)",
        rf"\(\s*\{{[^(){{}}]*\b{name}\b[^(){{}}]*\}}[^()]*\)\s*(?:\{{|=>)",
        rf"(?<![\w.]){name}\s*=>",
    )
    return any(re.search(pattern, source.code) for pattern in patterns)


def test_timers_occur_in_the_player_alone():
    report(
        broken
        for source in javascript()
        if source.path != "player.js"
        for broken in (
            *source.matches(bare(*TIMERS), "timers are the player's"),
            *source.matches(of_window(*TIMERS), "timers are the player's"),
        )
    )


def view_of(path: str) -> str:
    """The view a file of views/ belongs to: network for views/network.js and views/network/wires.js."""
    return PurePosixPath(path).parts[1].removesuffix(".js")


def views() -> set[str]:
    """The views: files of views/ that offer something to render."""
    offers = r"^export (?:const \w+ = (?:Object\.freeze\()?\{[^;]*?\brender\b|(?:async )?function render\w*)"
    return {
        source.path
        for source in javascript()
        if re.fullmatch(r"views/(?!index)\w+\.js", source.path) and re.search(offers, source.code, re.MULTILINE)
    }


def test_views_are_handed_what_they_show_and_know_neither_store_nor_api_nor_url_nor_one_another():
    there = views()
    assert there, "no view found"
    broken: list[str] = []
    for source in javascript():
        if not source.path.startswith("views/") or source.path == "views/index.js":
            continue
        for line, target in script_imports(source):
            if target in ("store.js", "api.js", "url.js", "state.js", "player.js", "main.js"):
                broken.append(source.line(line, f"a view is handed a frame and a dispatch, and does not know {target}"))
            elif target in there:
                broken.append(source.line(line, f"views do not know one another; {target} is a view"))
            elif target.startswith("views/") and "/" in target[6:] and view_of(target) != view_of(source.path):
                broken.append(source.line(line, f"{target} is a part of another view"))
    report(broken)


def test_only_the_main_script_and_the_list_of_views_import_views():
    report(
        source.line(line, "views are listed in views/index.js and put on the page by main.js")
        for source in javascript()
        if source.path not in ("main.js", "views/index.js") and not source.path.startswith("views/")
        for line, target in script_imports(source)
        if target.startswith("views/")
    )


def test_every_imported_script_is_there_and_no_script_comes_from_elsewhere():
    there = {source.path for source in javascript()}
    report(
        source.line(line, f"{target} is not in static/")
        for source in javascript()
        for line, target in script_imports(source)
        if target not in there
    )


MARKUP = r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|DOMParser|srcdoc)\b"


def test_text_goes_into_the_page_as_text():
    report(
        broken
        for source in javascript()
        for broken in (
            *source.matches(MARKUP, "text goes in as text, not markup"),
            *source.matches(r"\bdocument\s*\.\s*write(?:ln)?\b", "text goes in as text, not markup"),
            *source.matches(r"(?<![\w$.])(?:eval|Function)\s*\(", "no code is made from text"),
        )
    )


@cache
def assets() -> tuple[Source, ...]:
    """Everything the browser is sent: scripts, styles, drawings and templates; comments are blanked out."""
    kinds: dict[str, Callable[[str], str]] = {
        ".js": lambda text: without_comments(text, r"/\*.*?\*/", r"(?<![:\"'`])//[^\n]*"),
        ".css": lambda text: without_comments(text, r"/\*.*?\*/"),
        ".svg": lambda text: without_comments(text, r"<!--.*?-->"),
        ".html": lambda text: without_comments(text, r"<!--.*?-->", r"\{#.*?#\}"),
    }
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), text := path.read_text(encoding="utf-8"), kinds[path.suffix](text))
        for folder in ("static", "templates")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in kinds
    )


def test_the_page_names_no_other_host():
    why = "nothing comes from another host, a CDN least of all"
    report(
        broken
        for source in assets()
        for broken in (
            *source.matches(r"\b(?:https?|wss?|ftp):(?:\\?/){2}(?!www\.w3\.org/)[^\s\"'`]", why),
            *source.matches(r"(?:src|href|url)\s*[=(]\s*[\"']?//", why),
            *source.matches(r"@import\s", "styles are linked by the page, not imported"),
        )
    )


# The scanner itself


def test_the_scanner_tells_code_from_comments_strings_and_expressions():
    text = """
const a = "document"; // document
/* window
   fetch */ const b = `fetch ${window.name + `inner ${document.title} fetch`} fetch`;
const c = /document[/]"/g.test(b), d = a / window2 / 2;
const e = 'it\\'s document';
"""
    templates: list[str] = []
    code = code_of(text, templates)
    assert templates == ["fetch ", "inner ", " fetch", " fetch"]
    assert code.count("\n") == text.count("\n")
    assert len(code) == len(text)
    assert code.count("document") == 1
    assert "document.title" in code
    assert code.count("window") == 2
    assert "window.name" in code
    assert "fetch" not in code
    assert "const e" in code


def test_the_scanner_finds_imports_and_not_those_in_comments():
    text = """/** @import { A } from "./types.d.ts" */
import { a } from "./a.js";
import {
  b,
} from "../b.js";
export { c } from "./draw/c.js";
const d = await import("./d.js");
// import "./no.js"
"""
    source = Source("views/x.js", text, code_of(text))
    assert list(script_imports(source)) == [
        (2, "views/a.js"),
        (5, "b.js"),
        (6, "views/draw/c.js"),
        (7, "views/d.js"),
    ]


BREACHES = {
    "document": ("const x = document.body;", "document", True),
    "a property called document": ("const x = answer.document;", "document", False),
    "a key called document": ("const x = { document: 1 };", "document", False),
    "window in a condition": ("if (typeof window === 'x') y();", "window", True),
    "a longer word": ("const windows = 1; documented();", "window|document", False),
    "in a template": ("const x = `${document.title}`;", "document", True),
    "in a string": ("const x = 'document';", "document", False),
    "a ternary": ("const x = y ? document : 1;", "document", False),
}


@pytest.mark.parametrize(("text", "names", "found"), BREACHES.values(), ids=list(BREACHES))
def test_a_name_is_a_breach_where_it_is_used_as_a_variable(text, names, found):
    source = Source("x.js", text, code_of(text))
    assert bool(list(source.matches(bare(*names.split("|")), "why"))) is found


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("const { history, run } = state;", True),
        ("function f(history, run) { return history; }", True),
        ("const f = ({ trace, history }, x) => history;", True),
        ("const f = (history) => history.loss;", True),
        ("xs.map(history => history.loss)", True),
        ("const history = 1;", True),
        ("history.pushState(null, '', x);", False),
        ("go(history);", False),
    ],
)
def test_a_name_of_the_scripts_own_is_no_breach(text, own):
    assert declares(Source("x.js", text, code_of(text)), "history") is own


def test_a_broken_rule_is_printed_with_its_file_line_and_text():
    source = Source("static/x.js", "let a;\n  fetch(url);\n", "let a;\n  fetch(url);\n")
    with pytest.raises(pytest.fail.Exception, match=r"static/x\.js:2: fetch\(url\);"):
        report(source.matches(bare("fetch"), "api.js does this"))
