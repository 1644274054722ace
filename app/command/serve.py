"""`backscope` and `backscope serve`: the server, on this machine or for others."""

from __future__ import annotations

import argparse
import errno
import gc
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import isclose
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

import engine
from app.application import create_app
from app.command import inputs, texts
from app.command.sockets import allow_many_files, impatient
from app.command.terminal import Terminal, Trouble
from app.command.workers import Workers
from app.identity import run_id
from app.logs import log_config
from app.settings import LOOPBACK_HOSTS, Settings
from app.shared import connect
from app.sharing import ANY_ADDRESS, reachable_at

GARBAGE = (10_000, 20, 20)
"""How many new objects the collector waits for; by default 700, and 10 times 10 of that until it goes through all."""
IDLE_SECONDS = 20
"""How long a connection may be open without a request."""


def open_page(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`backscope [FILE]`: the page on this machine, on what the file holds."""
    opened = inputs.read(options.file, settings, terminal) if options.file is not None else None
    settings = settings_from(options, settings)
    with listen(settings, terminal) as listener:
        app = create_app(settings)
        address = address_of(listener, settings.host)
        fragment = ""
        if opened is not None:
            app.state.services.keep(opened.spec)
            step = "" if opened.step is None else f"&step={opened.step}"
            fragment = f"#run={run_id(opened.spec)}{step}"
            if word := differs(opened, terminal):
                terminal.warn(word)
        address += fragment
        ready = partial(announce, [address], None if options.no_browser else address, terminal)
        return served(app, log_config("warning", "text"), listener, ready)


def serve(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`backscope serve`: a server for others."""
    settings = settings_from(options, settings)
    check_store(settings, terminal)
    with listen(settings, terminal) as listener:
        address = address_of(listener, settings.host)
        addresses = (
            [address, address_of(listener, (*reachable_at(settings), socket.gethostname())[0])]
            if options.lan
            else [address]
        )
        ready = partial(announce, addresses, address if options.browser else None, terminal)
        logs = log_config(options.log_level, options.log_format, access=options.access_log)
        if options.workers == 1:
            return served(create_app(settings), logs, listener, ready)
        return Workers(options.workers, partial(work, settings.to_json(), logs), listener).run(ready)


def check_store(settings: Settings, terminal: Terminal) -> None:
    """Trouble where the shared store cannot be had at all; whether it is there now does not matter."""
    try:
        connect(settings.store).close()
    except ValueError:
        raise Trouble(terminal.text(texts.NO_STORE_URL)) from None
    except ImportError:
        raise Trouble(terminal.text(texts.NO_CLUSTER), 1) from None


def announce(addresses: Sequence[str], open_in_browser: str | None, terminal: Terminal) -> None:
    """Say where the server is: for this machine, and for others; and open the page."""
    for text, address in zip((texts.RUNNING, texts.FOR_OTHERS), addresses, strict=False):
        terminal.say(terminal.text(text, address=address))
    terminal.out.flush()
    if open_in_browser is not None:
        threading.Thread(target=webbrowser.open, args=(open_in_browser,), daemon=True).start()


def settings_from(options: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with the address that the options ask for, and the names a request may use."""
    host = "0.0.0.0" if getattr(options, "lan", False) else options.host or settings.host
    known = () if settings.allowed_hosts == ("*",) else settings.allowed_hosts
    more = (*getattr(options, "allow_host", ()), *known)
    names = {*LOOPBACK_HOSTS, host, socket.gethostname(), f"{socket.gethostname()}.local", *more}
    return replace(
        settings,
        host=host,
        port=settings.port if options.port is None else options.port,
        data_dir=options.data_dir or settings.data_dir,
        allowed_hosts=tuple(sorted(names)),
        allowed_origins=(*settings.allowed_origins, *getattr(options, "allow_origin", ())),
    )


def differs(opened: inputs.Opened, terminal: Terminal) -> str | None:
    """A word about a saved trace whose loss is not the one computed here; None if they agree, but for rounding."""
    if opened.step is None or not isinstance(opened.loss, (int, float, str)):
        return None
    here, there = engine.open_run(opened.spec).trace(opened.step).loss, float(opened.loss)
    if _alike(here, there):
        return None
    values = {"here": engine.plain_number(here), "there": engine.plain_number(there)}
    return terminal.text(texts.DIFFERS, name=opened.name, step=opened.step, **values)


def _alike(here: float, there: float) -> bool:
    return isclose(here, there, rel_tol=1e-9, abs_tol=1e-12) or (here != here and there != there)


def listen(settings: Settings, terminal: Terminal) -> socket.socket:
    """A socket that listens where the settings say; Trouble says why not."""
    host, port = settings.host, settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number == errno.EADDRINUSE:
            raise Trouble(terminal.text(texts.PORT_TAKEN, port=port), 1) from None
        if number == errno.EACCES:
            raise Trouble(terminal.text(texts.PORT_NOT_YOURS, port=port), 1) from None
        reason = error.strerror if isinstance(error, OSError) else terminal.text(texts.NO_ADDRESS)
        raise Trouble(terminal.text(texts.CANNOT_LISTEN, host=ascii(host), reason=reason), 1) from None
    # Connections inherit this. Without it, a short answer on a kept connection waits 40 ms for the client's word.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket, host: str) -> str:
    """The address to open in a browser, by this name of this machine."""
    name = "127.0.0.1" if host in ANY_ADDRESS else host
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"


class Server(uvicorn.Server):
    """A server that says when it is there, and ends the work that requests wait for before it waits for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            look_at_new_garbage_alone()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End on a signal, once: it takes two seconds at most, and a second Ctrl-C cannot make it shorter."""
        if not self.should_exit:
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the work, so that the requests end too, then the rest."""
        self._app.state.services.stop()
        await super().shutdown(sockets)


def look_at_new_garbage_alone() -> None:
    """Keep Python's collector from going through everything again and again, while nobody is answered.

    What a server is made of stays until it ends. What it makes for an answer holds no cycles, as a rule: it goes when
    nobody refers to it, collector or not.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def served(app: FastAPI, logs: dict[str, Any], listener: socket.socket, ready: Callable[[], None]) -> int:
    """Run until stopped; the exit status says how that went."""
    allow_many_files()
    config = uvicorn.Config(
        app,
        log_config=logs,
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        lifespan="on",
        limit_concurrency=2_000,
        timeout_keep_alive=IDLE_SECONDS,
        http=impatient(IDLE_SECONDS),
        timeout_graceful_shutdown=2,
        ws="none",
    )
    server = Server(config, app, ready)
    with suppress(KeyboardInterrupt):
        server.run([listener])
    return 0 if server.started else 1


def work(settings: str, logs: dict[str, Any], listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve as one of several processes."""
    served(create_app(Settings.from_json(settings)), logs, listener, ready)
