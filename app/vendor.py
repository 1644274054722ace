"""Files that installed packages carry for us: plotly.min.js, and the maths font cut down to what the page uses.

Nothing comes from a CDN and nothing is copied into the project. The font's address names its recipe, so it is known
before the font is made; it is made once, in a thread, and kept on disk.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable
from importlib.metadata import distribution, version
from pathlib import Path

from app.answers import Answer

log = logging.getLogger("backscope.vendor")

PLOTLY_FILE = "plotly/package_data/plotly.min.js"
REDOC_FILE = "fastapi_offline/static/redoc.standalone.js"
SWAGGER_FILE = "fastapi_offline/static/swagger-ui-bundle.js"
SWAGGER_STYLE_FILE = "fastapi_offline/static/swagger-ui.css"
REDOC_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing Redoc would fetch from elsewhere: the logo of its makers."""
STYLES_OF_MAPS = re.compile(
    rb'if\(!document\.getElementById\("[0-9a-f]{64}"\)\)(?=\{var \w+=document\.createElement\("style"\))'
)
"""Where Plotly would put up a style sheet for its maps of the world as soon as it is loaded: the page's policy forbids
that, and the page has no such maps.
"""
EMPTY_STYLE, NO_STYLE = b'.attr("style","")', b'.attr("style",null)'
"""What it does to the parts of a colour bar, and the same without what the policy takes for a style."""
NO_PICTURE = b"data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"
FONT_FILE = "ziamath/fonts/STIXTwoMath-Regular.ttf"

LETTERS = {
    "ASCII": range(0x20, 0x7F),
    "Greek": (*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA), 0x3D1, 0x3D5, 0x3D6, 0x3F1, 0x3F5),
    # MathML draws a single letter in <mi> with these.
    "mathematical bold": range(0x1D400, 0x1D434),
    "mathematical italic": (*range(0x1D434, 0x1D455), *range(0x1D456, 0x1D468), 0x210E),
    "mathematical Greek italic": range(0x1D6E2, 0x1D71C),
}
SIGNS = (
    "\u00a0±×÷·°¬∂∇∑∏∫√∞≈≠≡≤≥∝−∓∘⊙⊗⊕∗←→↑↓↔↦⇒⇔∈∉∀∃…⋯⋮⋱′″‖∣|⟨⟩⌈⌉⌊⌋{}[]()¯ˆ˜˙^_‾⏞⏟⊤⊥∧∨∪∩∅ℓℒℝℕℤ"
    "\u2061\u2062\u2063\u2064\u2009\u200a\u2002\u2003"
)
FEATURES = ("ssty", "dtls", "flac")
"""OpenType features of mathematical fonts: script forms, dotless letters, flat accents."""


def characters() -> set[int]:
    """Every character the page's formulas may need."""
    return {code for codes in LETTERS.values() for code in codes} | set(map(ord, SIGNS))


def subset(font: Path, codes: set[int]) -> bytes:
    """The font with these characters alone, and what its MATH table builds large ones from, as woff2."""
    from fontTools import subset as tool

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = tool.Options(
        flavor="woff2",
        layout_features=list(FEATURES),
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 5, 13, 14],
    )
    made = io.BytesIO()
    with tool.load_font(str(font), options) as loaded:
        cutter = tool.Subsetter(options)
        cutter.populate(unicodes=codes)
        cutter.subset(loaded)
        tool.save_font(loaded, made, options)
    return made.getvalue()


def carried_file(name: str) -> Path:
    """A file of an installed package, by its path in it."""
    package = name.partition("/")[0].replace("_", "-")
    return Path(str(distribution(package).locate_file(name)))


def carry(name: str, media_type: str) -> Answer:
    """A file of an installed package, as it is."""
    return Answer(carried_file(name).read_bytes(), media_type)


class Vendor:
    """Answers with the carried files, made on first use. `plotly` and `math_font` may take half a second."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "assets"
        self._lock = threading.Lock()
        self._made: dict[str, Answer] = {}
        recipe = f"{version('ziamath')} {version('fonttools')} {sorted(characters())} {FEATURES}"
        self._font_name = f"STIXTwoMath-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}.woff2"
        carried = version("fastapi-offline")
        self._makers: dict[str, Callable[[], Answer]] = {
            f"plotly-{version('plotly')}.min.js": self._make_plotly,
            self._font_name: self._make_font,
            f"redoc-{carried}.js": self._make_redoc,
            f"swagger-{carried}.js": lambda: carry(SWAGGER_FILE, "text/javascript; charset=utf-8"),
            f"swagger-{carried}.css": lambda: carry(SWAGGER_STYLE_FILE, "text/css; charset=utf-8"),
        }

    @property
    def urls(self) -> dict[str, str]:
        """Addresses by what they are: `plotly`, `math_font`, `redoc`, `swagger`, `swagger_style`."""
        kinds = ("plotly", "math_font", "redoc", "swagger", "swagger_style")
        return {kind: f"/vendor/{name}" for kind, name in zip(kinds, self._makers, strict=True)}

    def ready(self, name: str) -> Answer | None:
        """The file, if it is made already."""
        return self._made.get(name)

    def make(self, name: str) -> Answer | None:
        """The file with this name, made if need be; None if there is none. Not for the event loop."""
        maker = self._makers.get(name)
        if maker is None:
            return None
        with self._lock:
            if name not in self._made:
                self._made[name] = maker()
            return self._made[name]

    def _make_plotly(self) -> Answer:
        body = STYLES_OF_MAPS.sub(b"if(false)", carried_file(PLOTLY_FILE).read_bytes())
        return Answer(body.replace(EMPTY_STYLE, NO_STYLE), "text/javascript; charset=utf-8")

    def _make_redoc(self) -> Answer:
        body = carried_file(REDOC_FILE).read_bytes()
        return Answer(body.replace(REDOC_LOGO, NO_PICTURE), "text/javascript; charset=utf-8")

    def _make_font(self) -> Answer:
        kept = self._folder / self._font_name
        body = read_woff2(kept)
        if body is None:
            body = subset(carried_file(FONT_FILE), characters())
            keep(kept, body)
        return Answer(body, "font/woff2", compressible=False)


def read_woff2(path: Path) -> bytes | None:
    """A font kept earlier, if it is whole: its header says how long it must be."""
    try:
        body = path.read_bytes()
    except OSError:
        return None
    whole = body[:4] == b"wOF2" and int.from_bytes(body[8:12], "big") == len(body)
    return body if whole else None


def keep(path: Path, body: bytes) -> None:
    """Put a file on disk, whole or not at all; without a disk it is made again the next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(body)
        os.replace(file.name, path)
    except OSError as error:
        log.warning("%s cannot be kept on disk (%s)", path.name, error)
