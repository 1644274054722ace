"""What surrounds every request: the host check, HEAD, security headers, and the last net under everything.

One plain ASGI layer, so that a cached answer stays cheap and no answer is without its headers, a 500 included.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.answers import Ready
from app.errors import Problem, internal_error
from app.origins import Origins
from app.schema import is_embedded
from app.shortcut import Shortcuts

HEAD = "backscope.head"
"""In a scope: the request is a HEAD, which is answered as a GET without its body."""

log = logging.getLogger("backscope")

COMMON_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
DOCS_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "worker-src blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
EMBED_CSP = CSP.replace("; frame-ancestors 'self'", "")
"""Of the page as a part of another one (`?embed=1`): anybody may frame it, slides opened from a disk included, which no
list of ancestors could name. There is nothing a frame could steal: no cookie, no account, nothing of a visitor's."""
DOCS_PATHS = ("/docs", "/redoc")
"""Pages of the API documentation: their scripts make styles as they go, and they show nothing that a user sent."""


def _raw(csp: str) -> list[tuple[bytes, bytes]]:
    headers = {**COMMON_HEADERS, "content-security-policy": csp}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


HEADERS, EMBED_HEADERS, DOCS_HEADERS = _raw(CSP), _raw(EMBED_CSP), _raw(DOCS_CSP)


def _headers_for(scope: Scope) -> list[tuple[bytes, bytes]]:
    if scope["path"] == "/" and is_embedded(scope["query_string"]):
        return EMBED_HEADERS
    return DOCS_HEADERS if scope["path"] in DOCS_PATHS else HEADERS


class Guard:
    """The outermost layer of the application."""

    def __init__(
        self, app: ASGIApp, allowed_hosts: Iterable[str], allowed_origins: Iterable[str], shortcuts: Shortcuts
    ) -> None:
        self._app = app
        self._origins = Origins(allowed_origins)
        self._shortcuts = shortcuts
        self._hosts = frozenset(name.lower() for name in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra = _headers_for(scope)
        without_body = scope["method"] == "HEAD"
        if without_body:
            scope = {**scope, "method": "GET", HEAD: True}
        if shared := self._origins.headers(scope):
            named = {name for name, _ in shared}
            extra = [*(header for header in extra if header[0] not in named), *shared]
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], *extra]}
            elif without_body:
                if message.get("more_body", False):
                    return
                message = {**message, "body": b""}
            await send(message)

        if not self._allowed(scope):
            await misdirected().response()(scope, receive, send_with_headers)
            return
        if self._origins.refuses(scope):
            await foreign().response()(scope, receive, send_with_headers)
            return
        if (asked_before := self._origins.preflight(scope)) is not None:
            await Ready(204, asked_before)(scope, receive, send_with_headers)
            return
        try:
            ready = self._shortcuts.response(scope)
            await (ready or self._app)(scope, receive, send_with_headers)
        except Exception:
            reference = secrets.token_hex(6)
            log.exception("[%s] %s %.200r failed", reference, scope["method"], scope["path"])
            if started:
                raise
            await internal_error(reference).response()(scope, receive, send_with_headers)

    def _allowed(self, scope: Scope) -> bool:
        if "*" in self._hosts:
            return True
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and host_allowed(hosts[0].decode("latin-1"), self._hosts)


def host_allowed(host: str, allowed: frozenset[str]) -> bool:
    """May a request call this server so? By an IP address always: what DNS rebinding needs is a name."""
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return False
        port = port[1:]
    else:
        name, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return not host.startswith("[") and name.lower().removesuffix(".") in allowed
    return True


def foreign() -> Problem:
    """The 403 of a request that a page elsewhere made a browser send."""
    return Problem("foreign-origin", "Pages of other origins may not post here.")


def misdirected() -> Problem:
    """The 421 of a request for somebody else."""
    return Problem("misdirected-request", "Use the address that the server printed when it started.")
