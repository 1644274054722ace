"""What sharing a moment needs from the server: a QR code of its link, and the addresses others can reach it by."""

from __future__ import annotations

import io
import ipaddress
import socket
from contextlib import suppress

import segno
from fastapi import APIRouter, Request, Response

from app import encode
from app.answers import Answer
from app.runs import Services
from app.schema import Query
from app.settings import LOOPBACK_HOSTS, Settings

LONGEST_LINK = 2_000
"""More characters make a code that a telephone cannot read off a wall."""

SOMEWHERE = ("192.0.2.1", "10.254.254.254", "172.31.254.254", "192.168.254.254", "2001:db8::1")
"""Addresses that nothing is ever sent to: which of our own we would use for them says by which we can be reached."""

ANY_ADDRESS = ("0.0.0.0", "::", "")


def qr_code(link: str) -> Answer:
    """A QR code as a drawing, dark on nothing, with the quiet zone it needs."""
    drawn = io.BytesIO()
    segno.make_qr(link, error="l").save(drawn, kind="svg", xmldecl=False, border=4, omitsize=True)
    return Answer(drawn.getvalue(), "image/svg+xml")


def reachable_at(settings: Settings) -> list[str]:
    """The addresses by which other machines reach this server; none if it was started for this machine alone."""
    if settings.host in LOOPBACK_HOSTS:
        return []
    if settings.host not in ANY_ADDRESS:
        return [settings.host]
    found = list(dict.fromkeys(filter(_is_for_others, map(_own_address, SOMEWHERE))))
    # A look-up by name may take seconds where names are not served, and is for machines without any route.
    return found or list(dict.fromkeys(filter(_is_for_others, _named_addresses())))


def _own_address(other: str) -> str:
    """Our address on the way to another; empty without a way. A datagram socket sends nothing by connecting."""
    family = socket.AF_INET6 if ":" in other else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((other, 9))
        return str(probe.getsockname()[0])
    return ""


def _named_addresses() -> list[str]:
    """The addresses that this machine's own name stands for."""
    with suppress(OSError):
        return [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_DGRAM)]
    return []


def _is_for_others(address: str) -> bool:
    with suppress(ValueError):
        parsed = ipaddress.ip_address(address)
        return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)
    return False


def is_loopback(host: str) -> bool:
    """Is this an address of this machine that only it can use?"""
    with suppress(ValueError):
        parsed = ipaddress.ip_address(host)
        mapped = getattr(parsed, "ipv4_mapped", None)
        return (mapped or parsed).is_loopback
    return False


def routes(services: Services) -> APIRouter:
    """The two that the page asks when somebody shares a moment."""
    router = APIRouter(include_in_schema=False)

    @router.get("/share/qr.svg")
    async def qr(request: Request) -> Response:
        link = Query(request, "link").link(LONGEST_LINK)
        answer = await services.workers.on_disk(lambda: qr_code(link))
        return answer.response(request)

    @router.get("/share/addresses")
    async def addresses(request: Request) -> Response:
        Query(request)
        # Whoever came by another address has one that works; the list of all is for who sits at this machine.
        here = request.client is not None and is_loopback(request.client.host)
        found = await services.workers.on_disk(lambda: reachable_at(services.settings)) if here else []
        return Answer(encode.dumps({"addresses": found}), cache_control="no-store").response(request)

    return router
