"""A still picture of a network at a step, as SVG: for where a page cannot run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.client.reading import Array

COLUMN, ROW, RADIUS, MARGIN = 150, 60, 24, 12
MOST_UNITS = 12
"""Units of a layer that are drawn; of a wider one, the first."""
POSITIVE, NEGATIVE = "#0c7a70", "#b4552d"


def network(layers: Sequence[Mapping[str, Any]], arrays: Mapping[str, Array], title: str) -> str:
    """Columns of units with the activations of the first example, and a wire for every weight.

    A wire is as strong as its weight is large; negative ones are dashed as well as of another colour.
    """
    widths = [min(MOST_UNITS, int(layer["units"])) for layer in layers]
    tallest = max(widths)
    width = 2 * MARGIN + COLUMN * (len(widths) - 1) + 2 * RADIUS
    height = 2 * MARGIN + ROW * (tallest - 1) + 2 * RADIUS
    places = [
        [(MARGIN + RADIUS + COLUMN * k, height / 2 + ROW * (unit - (units - 1) / 2)) for unit in range(units)]
        for k, units in enumerate(widths)
    ]
    parts = [_wires(arrays.get(f"W{k}"), places[k - 1], places[k]) for k in range(1, len(widths))]
    parts += [_units(arrays.get(f"a{k}"), places[k]) for k in range(len(widths))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="11"><title>{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )


def _wires(weights: Array | None, before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]) -> str:
    if weights is None:
        return ""
    shown = [(float(weights[j, i]), start, end) for j, end in enumerate(after) for i, start in enumerate(before)]
    largest = max((abs(weight) for weight, _, _ in shown if weight == weight), default=0.0) or 1.0
    lines = []
    for weight, (x1, y1), (x2, y2) in shown:
        strength = min(1.0, abs(weight) / largest) if weight == weight else 1.0
        dashed = ' stroke-dasharray="5 4"' if weight < 0 else ""
        lines.append(
            f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{NEGATIVE if weight < 0 else POSITIVE}" '
            f'stroke-width="{0.5 + 3 * strength:.2f}" stroke-opacity="{0.25 + 0.6 * strength:.2f}"{dashed}/>'
        )
    return "".join(lines)


def _units(activations: Array | None, places: Sequence[tuple[float, float]]) -> str:
    circles = []
    for unit, (x, y) in enumerate(places):
        value = "" if activations is None else f"{float(activations[0, unit]):.3g}"
        circles.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" fill="#fff" stroke="#555"/>'
            f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" fill="#222">{escape(value)}</text>'
        )
    return "".join(circles)
