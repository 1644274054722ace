"""One file that steps through saved traces without a server: the page itself, with its modules, styles and font inside.

Modules go into an import map as `data:` addresses, and their relative imports become names of that map: the code is the
one that is served, word for word otherwise. The file's own policy forbids every request, so it cannot but be complete.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Any, Protocol

from markupsafe import Markup

import engine
from app import describe, encode, encode_figures, schema
from app.assets import SHEETS, Assets
from app.compute import Stop
from app.export import texts
from app.i18n import messages, parts
from app.identity import run_id
from app.teaching import glossary
from app.texts import Texts
from app.vendor import Vendor

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
NAME = "backscope/"
"""What the modules are called in the import map."""
START = "saved.js"
STYLES = (*SHEETS, "embed", "views", "plane", "charts", "later", "saved")
POINTS = 600
_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.[^"'\n]+)\2""")


class Renderer(Protocol):
    """Renders a template of the page."""

    def render(self, template: str, language: str, *, start: str = ..., **more: object) -> str:
        """The page as text."""


@dataclass(frozen=True)
class Stretch:
    """What of a run is saved: so many steps from one on, and the moment to open at."""

    start: int
    count: int
    language: str

    @property
    def last(self) -> int:
        """The last step."""
        return self.start + self.count - 1


def write(
    run: engine.Run,
    stretch: Stretch,
    limits: dict[str, int],
    site: Renderer,
    assets: Assets,
    vendor: Vendor,
    words: Texts,
    stop: Stop,
) -> bytes:
    """The file."""
    language = stretch.language
    saved = encode.dumps(documents(run, stretch, limits, words, stop))
    title = texts.NETWORK[language].format(widths="-".join(map(str, run.spec.widths)))
    font = vendor.make(vendor.urls["math_font"].rpartition("/")[2])
    assert font is not None
    return site.render(
        "saved.html",
        language,
        catalog=describe.catalog(language),
        seed=describe.completed({}),
        texts=words.folder,
        embedded=False,
        title=title,
        messages={**messages(language).spoken, "status.missing": texts.NOT_IN_FILE[language]},
        extent=_extent(stretch, run.steps),
        policy=POLICY,
        styles={name: Markup(_sheet(assets, name)) for name in (*STYLES, *_guide_sheets(assets))},
        imports=_inside_script(encode.dumps({"imports": modules(assets)})),
        font=_data_url(font.body, "font/woff2"),
        saved=_inside_script(saved),
    ).encode()


def documents(run: engine.Run, stretch: Stretch, limits: dict[str, int], words: Texts, stop: Stop) -> dict[str, Any]:
    """What a server would answer, by address."""
    identity, language = run_id(run.spec), stretch.language
    here = f"/api/v1/runs/{identity}"
    described = describe.run(identity, run.spec, run.program, limits, language)
    saved = {
        here: described,
        **{
            f"{here}/steps/{step}": encode.loads(encode.trace(identity, run.trace(step, stop)))
            for step in range(stretch.start, stretch.start + stretch.count)
        },
    }
    # The curve goes as far as the file does: what lies beyond would have to be computed.
    asked = schema.sample_steps(0, stretch.last + 1, POINTS)
    history = run.history(asked, stop)
    saved[f"{here}/history"] = encode.loads(
        encode_figures.history(identity, history, 0, stretch.last + 1, engine.USUAL)
    )
    for part in parts():
        found = words.find(words.digest, f"{part}.{language}.json")
        assert found is not None
        saved[f"{words.folder}{part}.{language}.json"] = encode.loads(found.body)
    saved["/api/v1/glossary"] = glossary(language)
    described["steps"] = stretch.last + 1
    return {
        "place": f"#run={identity}&step={stretch.start}",
        "documents": saved,
        "run": described,
        "missing": {
            "type": "urn:backscope:problem:not-in-file",
            "title": texts.NOT_IN_FILE[language],
            "status": 404,
            "detail": _extent(stretch, run.steps),
            "errors": [],
        },
    }


def modules(assets: Assets) -> dict[str, str]:
    """Every module by the name it is imported by, as an address that holds it."""
    names = {*assets.needed_by(START), *assets.needed_by("main.js"), "theme.js"}
    found: dict[str, str] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if f"{NAME}{name}" in found:
            continue
        answer = assets.named(name)
        text, wanted = linked(name, answer.body.decode())
        found[f"{NAME}{name}"] = _data_url(text.encode(), "text/javascript")
        waiting += [each for each in wanted if f"{NAME}{each}" not in found]
    return dict(sorted(found.items()))


def linked(name: str, text: str) -> tuple[str, set[str]]:
    """A module whose relative imports go by the names of the map, and which modules those are."""
    wanted: set[str] = set()

    def renamed(match: re.Match[str]) -> str:
        target = normpath(join(name, "..", match[3]))
        if not target.endswith(".js"):
            return match[0]
        wanted.add(target)
        return f"{match[1]}{match[2]}{NAME}{target}{match[2]}"

    return _IMPORT.sub(renamed, text), wanted


def _sheet(assets: Assets, name: str) -> str:
    return assets.named(f"css/{name}.css").body.decode().replace("</", "<\\/")


def _guide_sheets(assets: Assets) -> list[str]:
    """The styles of the parts that come when they are first used."""
    return [name.removeprefix("css/").removesuffix(".css") for name in assets.names if name.startswith("css/guide/")]


def _extent(stretch: Stretch, steps: int) -> str:
    return texts.EXTENT[stretch.language].format(first=stretch.start, last=stretch.last, steps=steps)


def _data_url(body: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(body).decode()}"


def _inside_script(body: bytes) -> Markup:
    """JSON as the text of a script element, which it cannot end."""
    return Markup(body.decode().replace("<", "\\u003c"))
