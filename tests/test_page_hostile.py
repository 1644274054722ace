"""What others wrote stays text: names of inputs and classes that are markup or script, on every view.

A page that ran a script it was not sent, or broke its policy, would fail the test by itself (tests/conftest.py).
"""

from __future__ import annotations

from itertools import cycle, islice

import pytest

from tests.page import Visit

NAMES = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script>",
    "<math><mtext><script>window.hacked=1</script>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<details open ontoggle=window.hacked=1>",
    "<a href=javascript:window.hacked=1>click</a>",
    "<base href=//evil.example/>",
    "<style>*{background:url(//evil.example/)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><button>go</button>",
    "<object data=//evil.example>",
    "<embed src=//evil.example>",
    "<video src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "</textarea><img src=x onerror=window.hacked=1>",
    "</title><img src=x onerror=window.hacked=1>",
    "--><img src=x onerror=window.hacked=1>",
    "]]><img src=x onerror=window.hacked=1>",
    '"><img src=x onerror=window.hacked=1>',
    "'><img src=x onerror=window.hacked=1>",
    '" onfocus=window.hacked=1 autofocus x="',
    "' onmouseover=window.hacked=1 x='",
    "javascript:window.hacked=1",
    "{{constructor.constructor('window.hacked=1')()}}",
    "${window.hacked=1}",
    "`${window.hacked=1}`",
    "%3Cscript%3Ewindow.hacked=1%3C/script%3E",
    "&lt;img src=x onerror=window.hacked=1&gt;",
    "&#60;img src=x onerror=window.hacked=1&#62;",
    "\\u003cimg src=x onerror=window.hacked=1\\u003e",
    "\\x3cimg src=x onerror=window.hacked=1\\x3e",
    '=HYPERLINK("//evil.example")',
    "data:text/html,<script>parent.hacked=1</script>",
    "__proto__",
    "constructor",
    "toString",
    "<b>bold</b>",
)
INPUTS, CLASSES = 2, 8
VIEWS = ("network", "matrices", "batch", "plane", "after", "check")


@pytest.fixture
def visit(new_page, base_url) -> Visit:
    """A person at the page."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def experiment(names: list[str]) -> dict:
    """Two inputs and eight classes with these names."""
    return {
        "data": {
            "kind": "inline",
            "x": [[k / 8, 1 - k / 8] for k in range(CLASSES)],
            "y": list(range(CLASSES)),
            "x_names": names[:INPUTS],
            "classes": names[INPUTS:],
        },
        "layers": [{"units": 2, "activation": "tanh"}, {"units": CLASSES, "activation": "softmax"}],
        "loss": "softmax_cross_entropy",
        "epochs": 3,
    }


def test_names_that_are_markup_are_shown_as_they_are_and_nothing_runs(visit):
    supply = cycle(NAMES)
    for k in range(0, len(NAMES), INPUTS + CLASSES):
        names = list(islice(supply, INPUTS + CLASSES))
        visit.open(f"#view={VIEWS[k // (INPUTS + CLASSES) % len(VIEWS)]}", spec=experiment(names))
        for view in VIEWS:
            visit.open(f"#view={view}&frame=z2&unit=3", spec=experiment(names))
            if view == "plane":
                visit.wait("(names) => names.every((name) => document.body.textContent.includes(name))", names[INPUTS:])
        made = visit.page.evaluate(
            "() => [...document.querySelectorAll("
            "'script:not([src]):not([type]), img[src=x], iframe, object, embed, base, form[action*=evil], [onerror], "
            "[onload], [onfocus], [onmouseover], [ontoggle], a[href^=javascript]')].map((made) => made.outerHTML)"
        )
        assert made == []
        assert visit.page.evaluate("() => window.hacked") is None
