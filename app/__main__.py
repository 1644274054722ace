"""The `backscope` command: starts the server on this machine and opens the page."""

from __future__ import annotations

import argparse
import errno
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import uvicorn

import engine
from app import create_app
from app.settings import LOOPBACK_HOSTS, Settings

DEFAULTS = Settings()
ANY_ADDRESS = ("0.0.0.0", "::")


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="backscope",
        description="Watch a neural network compute, one number at a time, in a browser.",
    )
    made.add_argument("--host", default=DEFAULTS.host, help="address to listen on (default: %(default)s, this machine)")
    made.add_argument(
        "--port", type=_port, default=DEFAULTS.port, help="port to listen on; 0 is any free one (default: %(default)s)"
    )
    made.add_argument("--no-browser", action="store_true", help="do not open a browser")
    made.add_argument(
        "--data-dir", type=Path, default=DEFAULTS.data_dir, help="where runs are kept (default: %(default)s)"
    )
    made.add_argument("--shared", action="store_true", help="stricter limits, for a server that a class uses at once")
    made.add_argument("--version", action="version", version=f"backscope {version('backscope')}")
    return made


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a whole number from 0 to 65535")
    return int(text)


def settings_from(options: argparse.Namespace) -> Settings:
    """The settings that the options ask for."""
    names = {*LOOPBACK_HOSTS, options.host, socket.gethostname(), f"{socket.gethostname()}.local"}
    settings = replace(
        DEFAULTS,
        host=options.host,
        port=options.port,
        data_dir=options.data_dir,
        allowed_hosts=tuple(sorted(names)),
    )
    return settings.shared() if options.shared else settings


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; OSError says why not."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=2048)


def address_of(listener: socket.socket, host: str) -> str:
    """The address to open in a browser on this machine."""
    name = "127.0.0.1" if host in ANY_ADDRESS or not host else host
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"


class Server(uvicorn.Server):
    """A server that says when it is there."""

    def __init__(self, config: uvicorn.Config, address: str, *, browser: bool, stop_work: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop_work = stop_work
        self._address = address
        self._browser = browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address and open it."""
        await super().startup(sockets)
        if self.started:
            print(f"Backscope is running at {self._address}  (Ctrl-C to stop)", flush=True)
            if self._browser:
                threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the work that requests wait for, so that they end too, then the rest."""
        self._stop_work()
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is stopped; the exit status says how that went."""
    options = parser().parse_args(arguments)
    complaint = wrong_engine()
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    try:
        listener = listen(options.host, options.port)
    except (OSError, UnicodeError) as error:
        print(cannot_listen(options.host, options.port, error), file=sys.stderr)
        return 1
    app = create_app(settings_from(options))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=2_000,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=2,
        ws="none",
    )
    server = Server(
        config,
        address_of(listener, options.host),
        browser=not options.no_browser,
        stop_work=app.state.services.stop,
    )
    with listener, suppress(KeyboardInterrupt):
        server.run([listener])
    return 0 if server.started else 1


def cannot_listen(host: str, port: int, error: Exception) -> str:
    """Why the server does not start, in words that help."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"Port {port} is taken: is Backscope running already? Choose another one with --port, or --port 0."
    if number == errno.EACCES:
        return f"Port {port} is not yours to use. Choose one above 1023 with --port, or --port 0."
    reason = error.strerror if isinstance(error, OSError) else "that is no address"
    return f"Backscope cannot listen on {host!a}: {reason}."


def wrong_engine() -> str | None:
    """A word about an `engine` package that is not ours, if that is the one Python found."""
    found, expected = Path(str(engine.__file__)).resolve().parent, Path(__file__).resolve().parent.parent / "engine"
    if found == expected:
        return None
    return f"Backscope needs its own package 'engine', but Python found {found}. Use an environment of its own."


if __name__ == "__main__":
    sys.exit(main())
