"""What a browser must fetch before the page is of use: the budget is 150 kB, and 80 kB more for the maths font."""

import re
from urllib.parse import urljoin

BUDGET = 150_000
FONT_BUDGET = 80_000
IMPORT = re.compile(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+\.js)["']""")
LATER = re.compile(r"""import\(\s*["'](\.{1,2}/[^"']+\.js)["']""")
URL = re.compile(r'(?:href|src)="(/(?:static|vendor)/[^"]+)"')


def weight(api, url):  # type: ignore[no-untyped-def]
    """Bytes on the wire of a file, compressed where the server compresses it; and its text."""
    with api.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, url
        sent = b"".join(answer.iter_raw())
    return len(sent), api.get(url).content


def test_the_page_is_light_enough_for_a_class(api):  # type: ignore[no-untyped-def]
    page, text = weight(api, "/")
    waiting = set(URL.findall(text.decode()))
    fonts = {url for url in waiting if url.startswith("/vendor/")}
    seen: dict[str, int] = {}
    todo = list(waiting - fonts)
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen[url], body = weight(api, url)
        if url.endswith(".js"):
            todo += [urljoin(url, path) for path in IMPORT.findall(body.decode())]
    total = page + sum(seen.values())
    print(f"page {page}, {len(seen)} files {sum(seen.values())}, in all {total} of {BUDGET} bytes")
    assert total <= BUDGET, f"{total} bytes; the heaviest: {sorted(seen.items(), key=lambda e: -e[1])[:5]}"
    assert sum(weight(api, url)[0] for url in fonts) <= FONT_BUDGET


def test_the_page_announces_every_module_it_needs_at_once_and_none_that_can_wait(api):  # type: ignore[no-untyped-def]
    text = api.get("/").text
    announced = set(re.findall(r'rel="modulepreload" href="([^"]+)"', text))
    todo, seen, later = [re.search(r'src="([^"]+/main\.js)"', text)[1]], set(), set()  # type: ignore[index]
    while todo:
        url = todo.pop()
        if url not in seen:
            seen.add(url)
            module = api.get(url)
            assert module.status_code == 200, url
            todo += [urljoin(url, path) for path in IMPORT.findall(module.text)]
            later |= {urljoin(url, path) for path in LATER.findall(module.text)}
    assert announced == seen
    for url in later:
        assert api.get(url).status_code == 200, f"{url} is imported when first used"
