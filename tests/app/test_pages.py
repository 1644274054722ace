"""The page as the server gives it out: language, texts, addresses; and a page for what went wrong."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict

import pytest

import engine
from app.i18n import messages

HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def inlined(page: str, name: str) -> object:
    (found,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


@pytest.mark.parametrize(
    ("path", "header", "language", "html_lang"),
    [
        ("/", "en-US,en", "en", "en"),
        ("/", "zh-CN,zh;q=0.9", "zh", "zh-Hans"),
        ("/?lang=zh", "en", "zh", "zh-Hans"),
        ("/?lang=en", "zh", "en", "en"),
        ("/?lang=xx", "zh", "zh", "zh-Hans"),
        ("/?lang=", "", "en", "en"),
        ("/?lang=zh&lang=en", "", "en", "en"),
        ("/?anything=else&%ff", "", "en", "en"),
    ],
)
def test_the_page_comes_in_the_language_asked_for(api, path, header, language, html_lang):
    answer = api.get(path, headers={**HTML, "accept-language": header})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == html_lang
    assert f'<html lang="{html_lang}">' in answer.text
    assert inlined(answer.text, "messages") == messages(language).spoken


def test_the_page_is_asked_after_every_time_and_varies_with_the_language_header(api):
    answer = api.get("/", headers=HTML)
    assert answer.headers["cache-control"] == "no-cache"
    assert "Accept-Language" in answer.headers["vary"]
    assert api.get("/", headers={**HTML, "if-none-match": answer.headers["etag"]}).status_code == 304
    assert "Accept-Language" not in api.get("/?lang=zh").headers["vary"]


def test_every_address_the_page_names_is_there_and_is_ours(api):
    for path in ("/", "/?lang=zh"):
        page = api.get(path).text
        addresses = set(re.findall(r'(?:href|src)="([^"#?][^"]*)"', page))
        assert any(address.startswith("/static/") for address in addresses)
        assert any(address.startswith("/vendor/") for address in addresses)
        for address in addresses:
            assert address.startswith("/"), address
            assert not address.startswith("//"), address
            assert api.get(address).status_code == 200, address


def test_the_page_needs_no_inline_script_or_style(api):
    page = api.get("/").text
    for attributes in re.findall(r"<script\b([^>]*)>", page):
        assert 'type="application/json"' in attributes or "src=" in attributes
    assert "<style" not in page
    assert not re.search(r'\sstyle="', page)
    assert not re.search(r"\son\w+=", page)


def test_text_in_the_inlined_data_cannot_end_it(api, monkeypatch):
    monkeypatch.setitem(messages("en").texts, "test.hostile", "</script><script>alert(1)</script>")
    page = api.get("/").text
    assert "<script>alert" not in page
    assert inlined(page, "messages")["test.hostile"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_person_who_is_lost_gets_a_page(api, language):
    answer = api.get("/nothing/<script>alert(1)</script>", headers={**HTML, "accept-language": language})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "alert" not in answer.text
    assert 'href="/"' in answer.text
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/runs/0", "/api/"])
def test_the_api_answers_a_browser_with_a_problem_document_too(api, path):
    assert api.get(path, headers=HTML).headers["content-type"] == "application/problem+json"


def test_a_program_that_is_lost_gets_a_problem_document(api):
    assert api.get("/nothing").headers["content-type"] == "application/problem+json"


def test_the_documentation_asks_nobody_else_for_anything(api):
    for path in ("/docs", "/redoc"):
        page = api.get(path)
        assert page.status_code == 200
        addresses = re.findall(r'(?:href|src)="([^"]+)"', page.text)
        assert addresses
        for address in addresses:
            assert address.startswith("/")
            assert api.get(address).status_code == 200


def test_no_address_is_ever_redirected(api):
    for path in (
        "/docs/",
        "/api/v1/catalog/",
        "//evil.example",
        "/static",
        "/%2f%2fevil.example/",
    ):
        assert api.get(f"http://127.0.0.1{path}", follow_redirects=False).status_code == 404


def fields_of(html):
    """How often every field of the form is there, and the values of those that are menus."""
    names = Counter(re.findall(r'<(?:input|select|textarea)\b[^>]*? name="([^"]+)"', html))
    menus = defaultdict(list)
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        menus[name].append(re.findall(r'<option value="([^"]*)"', inside))
    return names, menus


MENUS = {
    "data.kind": ("datasets", ["inline"]),
    "loss": ("losses", []),
    "optimizer.kind": ("optimizers", []),
    "schedule.kind": ("schedules", []),
    "initializer.kind": ("initializers", []),
    "layers[0].activation": ("activations", []),
    "layers[0].initializer.kind": ("initializers", [""]),
}


@pytest.mark.parametrize("lang", engine.LANGUAGES)
def test_the_form_has_every_entry_of_the_catalogue_and_every_parameter(api, lang):
    names, menus = fields_of(api.get("/", params={"lang": lang}).text)
    catalog = engine.catalog()
    for path, (registry, more) in MENUS.items():
        assert sorted(menus[path][0]) == sorted([*(entry.name for entry in catalog[registry]), *more]), path
        for entry in catalog[registry]:
            for param in entry.params:
                field = f"{path.removesuffix('.kind')}.{param.name}"
                assert names[field], f"{entry.name}: there is no field {field}"
                assert param.kind != "choice" or list(param.choices) in menus[field], f"{entry.name}: {menus[field]}"
    assert {registry for registry, _ in MENUS.values()} | {"layers", "examples"} == catalog.keys(), (
        "a registry without a menu"
    )
    options = [
        field if param.name == field else f"{field}.{param.name}"
        for field in engine.OPTIONS
        for param in engine.OPTIONS[field]
    ]
    layers = [f"layers[0].{param.name}" for param in catalog["layers"][0].params]
    for path in (*options, *layers, "batch_size", "shuffle", "epochs", "seed"):
        assert names[path] == 1, path
