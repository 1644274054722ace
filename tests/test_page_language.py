"""English and Chinese: by link and by what the browser asks for, and nowhere a key instead of a text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.i18n import messages, part_texts, parts
from tests.page import Moment, Visit, difference

ROOT = Path(__file__).resolve().parent.parent
KEY = r"[a-z_]+(?:\.[a-zA-Z0-9_]+)+"

TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder.closest("script, style, template, textarea, noscript")) found.push(walker.currentNode.data.trim());
  }
  for (const name of ["title", "aria-label", "aria-valuetext", "placeholder"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name));
  }
  return [...new Set(found)].filter(Boolean);
}"""

MOMENTS = (
    "",
    "#step=3&frame=delta1&unit=1",
    "#step=3&frame=dW1&unit=2&focus=loss",
    "#step=999&frame=b1_new&unit=3",
    "#focus=a2[0,0]",
    "#step=2&focus=W1[0,0]",
)


@pytest.fixture
def open_in(new_page, base_url):
    """Return a function that visits the page with a browser of a language."""
    return lambda locale: Visit(new_page(locale=locale, reduced_motion="reduce"), base_url)


@pytest.mark.parametrize(
    ("locale", "lang"), [("en-GB", "en"), ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("fr-FR", "en")]
)
def test_the_page_comes_in_the_language_the_browser_asks_for(open_in, locale, lang):
    visit = open_in(locale).open()
    assert visit.page.locator("html").get_attribute("lang") == lang
    assert visit.page.locator("#play-word").text_content() == messages(lang[:2])("player.play")


def test_the_link_changes_the_language_and_keeps_the_moment(open_in):
    visit = open_in("en-US").open("#step=3&frame=delta1&unit=1")
    before = visit.picture()
    link = visit.page.locator("#language")
    assert link.text_content() == "中文"
    assert link.get_attribute("lang") == link.get_attribute("hreflang") == "zh-Hans"
    visit.press("ArrowRight")
    link.click()
    visit.page.wait_for_url("**/?lang=zh**")
    visit.at(Moment(3, "delta1", 2))
    assert visit.page.locator("html").get_attribute("lang") == "zh-Hans"
    assert visit.page.locator("#language").text_content() == "English"
    visit.press("ArrowLeft").at(Moment(3, "delta1", 1))
    after = visit.picture()
    assert {cell.address: cell.value for cell in after.cells} == {cell.address: cell.value for cell in before.cells}
    visit.page.locator("#language").click()
    visit.page.wait_for_url("**/?lang=en**")
    visit.at(Moment(3, "delta1", 1))
    visit.page.mouse.move(0, 0)
    assert not difference(visit.rest().picture(), before)


def test_a_link_may_name_the_language_whatever_the_browser_asks_for(open_in):
    assert open_in("en-US").open(query="?lang=zh").page.locator("html").get_attribute("lang") == "zh-Hans"
    assert open_in("zh-CN").open(query="?lang=en").page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_key_shows_where_a_text_should_be(open_in, language):
    visit = open_in("en-US")
    foreign: dict[str, str] = {}
    for moment in MOMENTS:
        visit.page.goto("about:blank")
        visit.open(moment, query=f"?lang={language}")
        visit.wait("() => !document.querySelector('.check.waiting')")
        for text in visit.page.evaluate(TEXTS):
            assert not re.fullmatch(KEY, text), f"{moment}: {text}"
            assert not re.search(r"\{\w+\}", text), f"{moment}: a place is not filled in {text!r}"
            assert not re.search(r"\bundefined\b|\[object", text), f"{moment}: {text}"
            if language == "en" and re.search(r"[\u4e00-\u9fff]", text) and text != "中文":
                foreign[text] = moment
            # Names of people stay as they are, and so do symbols.
            if language == "zh" and len(re.findall(r"(?<![A-Za-z_])[a-z]{3,}", text)) >= 4:
                foreign[text] = moment
    assert not foreign, foreign


NAMES = frozenset(
    re.findall(
        r"\w+",
        """Backscope Mazur Han Kamber CS231n micrograd PyTorch Glorot Bengio Xavier LeCun Kaiming Huber Nesterov
        Adagrad RMSprop Adadelta Adam AdamW NAdam Lion ReLU PReLU ELU SELU GELU SiLU swish Softplus Softsign sigmoid
        softmax tanh sinc sin cos exp cosh NaN CSV JSON PNG SVG API Err Esc Ctrl Shift Enter Home End Tab Alt URL
        English""",
    )
)
"""What is called so in Chinese too: people, functions, formats, keys."""
ADDRESS = r"\b(?:epsilon|momentum|penalty|loss)\b|[A-Za-z]+(?:_[A-Za-z]+)*\d+(?:_new)?(?:\[[\d,]+\])?"
"""A number's address is the same in every language."""
HALF = r"[\u4e00-\u9fff]\s*[,;:?!](?=\s*[\u4e00-\u9fff])|[\u4e00-\u9fff][,;?!](?=\s|$)|[\u4e00-\u9fff]\.(?=\s|$)"
"""A mark of Latin script in a Chinese sentence."""
STATES = {
    "seed": ("#step=3&frame=delta1&unit=1", None),
    "update": ("#step=3&frame=W1_new&unit=1", {"optimizer": {"kind": "adamw"}, "epochs": 20}),
    "relu": ("#step=1&frame=loss", {"layers": [{"units": 3, "activation": "relu"}, {"units": 1}], "epochs": 5}),
    "diverged": ("#step=9&frame=z1", {"optimizer": {"kind": "sgd", "learning_rate": 1e200}, "epochs": 20,
                                      "layers": [{"units": 3, "activation": "relu"}, {"units": 1}]}),
    "presented": ("#step=3&frame=delta1&unit=1&present=1", None),
    **{view: (f"#step=3&frame=delta1&unit=1&view={view}", {"data": {"kind": "moons"}, "epochs": 20, "layers": [
        {"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"},
    ]}) for view in ("matrices", "batch", "after", "check", "plane", "charts")},
}  # fmt: skip


def leftovers(text: str) -> list[str]:
    """Latin words of a Chinese text that are no names, and marks that belong to Latin script."""
    plain = re.sub(rf"{ADDRESS}|\b[a-z]+(?:_[a-z0-9]+)+\b|backscope\[\w+\]|\bn_(?:in|out)\b", " ", text)
    words = [word for word in re.findall(r"[A-Za-z]{3,}", plain) if word not in NAMES]
    return words + [f"{match} in {text}" for match in re.findall(HALF, text)]


def test_nothing_english_is_left_in_the_chinese_page(open_in):
    visit = open_in("zh-CN")
    found: dict[str, str] = {}
    for name, (fragment, spec) in STATES.items():
        visit.page.goto("about:blank")
        visit.open(fragment, spec=spec)
        visit.wait("() => !document.querySelector('#stage .waiting, .check.waiting')")
        for text in visit.page.evaluate(TEXTS):
            for word in leftovers(text):
                found.setdefault(word, f"{name}: {text}")
    assert not found, found


def test_every_text_the_page_asks_for_is_in_both_catalogues():
    """Scans templates and modules for `t("key")`, and for the beginnings of keys put together."""
    whole, beginnings = set(), set()
    sources = [*(ROOT / "templates").glob("*.html"), *(ROOT / "static").rglob("*.js")]
    for path in sources:
        text = path.read_text(encoding="utf-8")
        whole |= set(re.findall(rf"""\bt\(\s*["']({KEY})["']\s*[,)]""", text))
        whole |= set(re.findall(rf"""title: "({KEY})",""", text))
        beginnings |= set(re.findall(r"""\bt\(\s*["']([a-z_]+(?:\.[a-z_]+)*[._])["']\s*~""", text))
        beginnings |= set(re.findall(r"""\bt\(\s*`([a-z_]+\.[a-z_.]*)\$\{""", text))
        for call in re.findall(r"\bt\(\s*[^()\"'`]*\?([^()]*)\)", text):
            whole |= set(re.findall(rf"""["']({KEY})["']""", call))
    assert len(whole) > 80, len(whole)
    assert len(beginnings) > 5, beginnings
    for language in ("en", "zh"):
        later = [part_texts(part, language) for part in parts()]
        texts = {key: text for each in (messages(language).texts, *later) for key, text in each.items()}
        missing = {key for key in whole if key not in texts and f"{key}.other" not in texts}
        assert not missing, f"not in the {language} catalogue: {missing}"
        empty = {start for start in beginnings if not any(key.startswith(start) for key in texts)}
        assert not empty, f"nothing in the {language} catalogue begins with {empty}"


def test_no_text_of_the_catalogues_is_left_over():
    sources = [*(ROOT / "templates").glob("*.html"), *(ROOT / "static").rglob("*.js"), *(ROOT / "app").rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    beginnings = set(re.findall(r"""["'`]([a-z_]+\.[a-z_.]*)(?:\$\{|["']\s*~)""", text))
    plural = re.compile(r"\.(zero|one|two|few|many|other)$")
    unused = [
        key
        for key in messages("en").texts
        if not re.search(rf"""["'`]{re.escape(plural.sub("", key))}["'`]""", text)
        and not any(key.startswith(start) for start in beginnings)
    ]
    assert not unused, f"nobody asks for {unused}"


def test_an_address_that_does_not_exist_has_a_page_in_the_reader_s_language(open_in, allow_console_error):
    allow_console_error("404")
    for locale, lang in (("en-US", "en"), ("zh-CN", "zh")):
        visit = open_in(locale)
        visit.page.goto(f"{visit.base_url}/nowhere")
        assert visit.page.locator("h1").text_content() == messages(lang)("error.404.title")
        visit.page.get_by_role("link").click()
        visit.rest()
