"""A client of the API, for programs and notebooks: runs by their experiment, arrays by name.

    from app.client import connect

    with connect("http://127.0.0.1:8765") as backscope:
        run = backscope.run(layers=[{"units": 4}, {"units": 1}], epochs=100)
        run[3].delta1                                            # a NumPy array, by the name it has on the page
        run.edit(40, set={"W1[0,1]": 0.3})[40].W1

Without an address it computes in this process. A run shows itself in a notebook as a page that steps.

    remote     runs and steps          transports    the ways to a server
    reading    answers to arrays       notebook, picture    what a notebook shows
"""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any

from app.client.notebook import Shown
from app.client.remote import Client, Progress, Refused, Run, Step
from app.client.transports import Borrowed, Connection, InProcess

__all__ = ["Client", "Progress", "Refused", "Run", "Shown", "Step", "connect"]


def connect(address: str | None = None, *, client: Any = None, patience: float = 120.0) -> Client:
    """A client of the server at an address; through a client of httpx, if one is given; without either, of a server in
    this process, which keeps nothing. It goes on asking for `patience` seconds where a server is busy.
    """
    if client is not None:
        return Client(Borrowed(client), patience)
    if address is not None:
        return Client(Connection(address), patience)
    from pathlib import Path

    from app.application import create_app
    from app.settings import Settings

    folder = TemporaryDirectory(prefix="backscope-")
    app = create_app(Settings(data_dir=Path(folder.name), blas_threads=0))

    def end() -> None:
        app.state.services.close()
        folder.cleanup()

    return Client(InProcess(app, end), patience)
