"""What can be taken out of a run, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import engine
from app import binary, encode, encode_figures, schema
from app.answers import Answer
from app.assets import Assets
from app.compute import Stop
from app.encode import Selection
from app.export import keras_code, numpy_code, page, tables, torch_code
from app.export.material import Material
from app.export.script import Script
from app.identity import run_id
from app.settings import Settings
from app.texts import Texts
from app.vendor import Vendor

TRACE, WEIGHTS, HISTORY = WHATS = ("trace", "weights", "history")
FRAMEWORKS: dict[str, Callable[[Material], Script]] = {
    "numpy": numpy_code.write,
    "torch": torch_code.write,
    "keras": keras_code.write,
}
USUAL_STEPS = 10
"""Steps that an exported program checks, or a saved page holds, where nothing is said."""
FIGURES = ("loss", "penalty", "norms", "train", "test")


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: the form, what of the run, from which step on, how many steps."""

    form: str
    what: str
    step: int = 0
    count: int | None = None
    points: int = 1_000
    selection: Selection = encode.EVERYTHING
    framework: str = "numpy"
    language: str = "en"


@dataclass(frozen=True)
class Tools:
    """The parts of a server that a saved page is made of."""

    site: page.Renderer
    assets: Assets
    vendor: Vendor
    texts: Texts


@dataclass(frozen=True)
class Form:
    """A form of export: its media type, the end of a file's name, what it can hold (the usual first), and its maker."""

    media_type: str
    suffix: str
    holds: tuple[str, ...]
    make: Callable[[engine.Run, Wanted, Settings, Tools, Stop], bytes]
    in_languages: bool = False
    text: bool = True


def _json(run: engine.Run, wanted: Wanted, settings: Settings, _: Tools, stop: Stop) -> bytes:
    found = run.trace(wanted.step, stop)
    _require_room(wanted.selection.arrays(found), settings)
    return encode.trace(run_id(run.spec), found, wanted.selection, spec=run.spec)


def _csv(run: engine.Run, wanted: Wanted, settings: Settings, _: Tools, stop: Stop) -> bytes:
    if wanted.what == HISTORY:
        steps = schema.sample_steps(0, run.steps, min(wanted.points, settings.max_points))
        return encode_figures.history_csv(run.history(steps, stop, FIGURES)).encode()
    if wanted.what == WEIGHTS:
        arrays = encode.named(run.state_at(wanted.step, stop), wanted.selection.names)
        _require_room(arrays, settings)
        return tables.arrays_csv(arrays).encode()
    found = run.trace(wanted.step, stop)
    _require_room(wanted.selection.arrays(found), settings)
    return tables.trace_csv(found, wanted.selection).encode()


def _packed(kind: str) -> Callable[[engine.Run, Wanted, Settings, Tools, Stop], bytes]:
    def make(run: engine.Run, wanted: Wanted, settings: Settings, _: Tools, stop: Stop) -> bytes:
        if wanted.what == WEIGHTS:
            arrays = encode.named(run.state_at(wanted.step, stop), wanted.selection.names)
        else:
            arrays = wanted.selection.arrays(run.trace(wanted.step, stop))
        _require_room(arrays, settings)
        return binary.FORMATS[kind].pack(arrays, binary.about(run_id(run.spec), wanted.step, run.spec))

    return make


def _page(run: engine.Run, wanted: Wanted, settings: Settings, tools: Tools, stop: Stop) -> bytes:
    rest = run.steps - wanted.step
    size = sum(array.size for array in run.trace(wanted.step, stop).values.values())
    fits = max(1, settings.max_export_numbers // max(1, size))
    count = min(rest, fits, USUAL_STEPS) if wanted.count is None else min(rest, wanted.count)
    if size * count > settings.max_export_numbers:
        raise engine.LimitError("export_numbers", size * count, settings.max_export_numbers, "count")
    stretch = page.Stretch(wanted.step, count, wanted.language)
    return page.write(run, stretch, settings.limits, tools.site, tools.assets, tools.vendor, tools.texts, stop)


def _program(written: Callable[[Script], str]) -> Callable[[engine.Run, Wanted, Settings, Tools, Stop], bytes]:
    def make(run: engine.Run, wanted: Wanted, settings: Settings, _: Tools, stop: Stop) -> bytes:
        steps = min(run.steps, settings.max_stretch, wanted.count or USUAL_STEPS)
        material = Material(run, steps, wanted.language, stop)
        _require_room({"x": material.data[0], "y": material.data[1], **material.state}, settings)
        return written(FRAMEWORKS[wanted.framework](material)).encode()

    return make


def _require_room(arrays: Mapping[str, binary.Array], settings: Settings) -> None:
    """LimitError if an export would hold more numbers than the server allows."""
    numbers = sum(array.size for array in arrays.values())
    if numbers > settings.max_export_numbers:
        raise engine.LimitError("export_numbers", numbers, settings.max_export_numbers, "names")


FORMS: dict[str, Form] = {
    "json": Form("application/json", ".json", (TRACE,), _json),
    "csv": Form("text/csv; charset=utf-8", ".csv", (TRACE, WEIGHTS, HISTORY), _csv),
    "npz": Form(binary.FORMATS["npz"].media_type, ".npz", (WEIGHTS, TRACE), _packed("npz"), text=False),
    "safetensors": Form(
        binary.FORMATS["safetensors"].media_type,
        ".safetensors",
        (WEIGHTS, TRACE),
        _packed("safetensors"),
        text=False,
    ),
    "html": Form("text/html; charset=utf-8", ".html", (TRACE,), _page, in_languages=True),
    "py": Form("text/x-python; charset=utf-8", ".py", (TRACE,), _program(Script.to_py), in_languages=True),
    "ipynb": Form("application/x-ipynb+json", ".ipynb", (TRACE,), _program(Script.to_ipynb), in_languages=True),
}


def file_name(run: engine.Run, wanted: Wanted) -> str:
    """What the file is called."""
    form = FORMS[wanted.form]
    of = f"-{wanted.framework}" if wanted.form in ("py", "ipynb") else f"-{wanted.what}-{wanted.step}"
    return f"backscope-{run_id(run.spec)[:8]}{of}{form.suffix}"


def answer(run: engine.Run, wanted: Wanted, settings: Settings, tools: Tools, vary: str, stop: Stop) -> Answer:
    """The export as an answer."""
    form = FORMS[wanted.form]
    return Answer(
        form.make(run, wanted, settings, tools, stop),
        form.media_type,
        vary=vary,
        language=wanted.language if form.in_languages else None,
        compressible=form.text,
        headers={"content-disposition": f'attachment; filename="{file_name(run, wanted)}"'},
    )
