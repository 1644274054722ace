"""A ready answer: bytes with their headers, made once and sent often.

The bytes of an answer never change, so its ETag is a hash of them; the compressed form has an ETag of its own, as a
strong one must. Answers below a run id may be kept for ever by anyone.
"""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import json
import re
import threading
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from app.negotiation import JSON

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

GZIP_LEVEL = 1
"""Of what is computed. Level 4 takes twice as long for two hundredths less (tests/benchmarks/server/compression.py)."""
GZIP_FROM = 1_400
"""Less than this fits into one packet as it is."""

REFUSED = re.compile(r"q=0(\.0*)?")
"""The weight of what a client does not accept."""

PROXIED = ("x-forwarded-for", "forwarded", "via")
"""Headers of a request that came through a proxy."""

RawHeaders = list[tuple[bytes, bytes]]


class Ready(Response):
    """A response whose headers are made already."""

    def __init__(self, status: int, headers: RawHeaders, body: bytes = b"") -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = headers


class Answer:
    """Bytes to send, with their headers for every case: as they are, compressed, and unchanged (304)."""

    __slots__ = (
        "_common",
        "_gzip",
        "_lock",
        "_made_with",
        "_plain",
        "_type",
        "body",
        "by_address",
        "compressible",
        "etag",
        "media_type",
    )

    def __init__(
        self,
        body: bytes,
        media_type: str = JSON,
        *,
        cache_control: str = IMMUTABLE,
        vary: str = "",
        language: str | None = None,
        compressible: bool = True,
        gzip_from: int = GZIP_FROM,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.body = body
        self.media_type = media_type
        self._made_with = {
            "media_type": media_type,
            "cache_control": cache_control,
            "vary": vary,
            "language": language,
            "compressible": compressible,
            "gzip_from": gzip_from,
            "headers": dict(headers or {}),
        }
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        self.by_address = cache_control == IMMUTABLE and "Accept-Language" not in vary
        """Does the address alone say which answer it is?"""
        self.compressible = compressible and len(body) >= gzip_from
        common = {"cache-control": cache_control, "vary": ", ".join(filter(None, [vary, "Accept-Encoding"]))}
        if language is not None:
            common["content-language"] = language
        self._common = _raw(common)
        self._type = _raw({"content-type": media_type, **(headers or {})})
        self._plain = self._headers(self.etag, body)
        self._gzip: tuple[bytes, RawHeaders] | None = None
        self._lock = threading.Lock()

    def to_bytes(self) -> bytes:
        """The answer as another server can make it again: a line of JSON, then the bytes."""
        return json.dumps(self._made_with).encode() + b"\n" + self.body

    @staticmethod
    def from_bytes(made: bytes) -> Answer:
        """The answer that `to_bytes` wrote."""
        told, _, body = made.partition(b"\n")
        return Answer(body, **json.loads(told))

    @property
    def compressed(self) -> bool:
        """Is the compressed form there, or not worth having?"""
        return self._gzip is not None or not self.compressible

    def compress(self, level: int = GZIP_LEVEL) -> None:
        """Make the compressed form, once."""
        with self._lock:
            if not self.compressed:
                body = gzip.compress(self.body, level, mtime=0)
                encoding = _raw({"content-encoding": "gzip"})
                self._gzip = (body, self._headers(self._gzip_etag, body) + encoding)

    def response(self, request: Request) -> Response:
        """What this GET gets: the bytes in the form it accepts, or 304 if it has them."""
        known = request.headers.get("if-none-match")
        if known is not None:
            matching = matches(known, self.etag, self._gzip_etag)
            if matching is not None:
                return Ready(304, self._common + _raw({"etag": matching}))
        body, headers = self._form(request)
        return Ready(200, headers, body)

    def created(self, request: Request, status: int, location: str, kept: str) -> Response:
        """What a POST gets: the same bytes, with the address where they can be had again, and where they are kept."""
        body, headers = self._form(request)
        lasting = [header for header in headers if header[0] != b"cache-control"]
        more = {"cache-control": "no-store", "location": location, "backscope-kept": kept}
        return Ready(status, lasting + _raw(more), body)

    def _form(self, request: Request) -> tuple[bytes, RawHeaders]:
        if self._gzip is not None and accepts_gzip(request):
            return self._gzip
        return self.body, self._plain

    @property
    def _gzip_etag(self) -> str:
        return self.etag[:-1] + '-gzip"'

    def _headers(self, etag: str, body: bytes) -> RawHeaders:
        return self._common + self._type + _raw({"etag": etag, "content-length": str(len(body))})


def _raw(headers: dict[str, str]) -> RawHeaders:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def accepts_gzip(request: Request) -> bool:
    """Does the client take gzip?"""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, *parameters = part.replace(" ", "").split(";")
        if coding in ("gzip", "*"):
            return not any(map(REFUSED.fullmatch, parameters))
    return False


def is_near(request: Request) -> bool:
    """Is the client on this machine, with no proxy in between? Then compressing takes longer than sending."""
    client = request.scope.get("client")
    if client is None or any(header in request.headers for header in PROXIED):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def matches(if_none_match: str, *etags: str) -> str | None:
    """The first of the tags that an If-None-Match header names; `*` names the first."""
    if if_none_match.strip() == "*":
        return etags[0]
    named = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return next((etag for etag in etags if etag in named), None)
