"""Which pages may talk to this server: its own, and those of origins that it was told of.

A browser says on whose behalf it asks. Nobody is logged in here, so there is nothing to steal; but a page elsewhere
could still make a server on this machine compute, and fill its disk.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Scope

RawHeaders = list[tuple[bytes, bytes]]

SAFE = ("GET", "HEAD", "OPTIONS")
FOREIGN = (b"cross-site", b"same-site")
"""What a browser calls a request of somebody else's page; it does so on https and on this machine alone."""
METHODS = b"GET, HEAD, POST"
MAY_SEND = b"content-type, if-none-match, last-event-id"
MAY_READ = b"etag, link, location, retry-after"
PREFLIGHT_SECONDS = b"600"


class Origins:
    """The origins that are welcome beside our own, compared letter by letter."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.encode() for origin in allowed)

    def refuses(self, scope: Scope) -> bool:
        """Does this request change something on behalf of a page that is not welcome?"""
        if scope["method"] in SAFE:
            return False
        origins, hosts, sites = (_values(scope, name) for name in (b"origin", b"host", b"sec-fetch-site"))
        if not origins:
            return any(site in FOREIGN for site in sites)
        if len(origins) > 1:
            return True
        own = {scheme + host for scheme in (b"http://", b"https://") for host in hosts}
        return origins[0] not in own and origins[0] not in self._allowed

    def headers(self, scope: Scope) -> RawHeaders:
        """What lets the page of a welcome origin read the answer."""
        if not self._allowed:
            return []
        found: RawHeaders = [(b"vary", b"Origin")]
        origins = _values(scope, b"origin")
        if len(origins) == 1 and origins[0] in self._allowed:
            found += [
                (b"access-control-allow-origin", origins[0]),
                (b"access-control-expose-headers", MAY_READ),
                (b"cross-origin-resource-policy", b"cross-origin"),
            ]
        return found

    def preflight(self, scope: Scope) -> RawHeaders | None:
        """The answer to a browser that asks before it sends; None if this is no such question, or not welcome."""
        if scope["method"] != "OPTIONS" or not _values(scope, b"access-control-request-method"):
            return None
        if b"access-control-allow-origin" not in [name for name, _ in self.headers(scope)]:
            return None
        return [
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", MAY_SEND),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
            (b"content-length", b"0"),
        ]


def _values(scope: Scope, header: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == header]
