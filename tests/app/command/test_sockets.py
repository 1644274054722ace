"""Connections that are held open without a request keep nobody out."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest
import uvicorn

from app.command import sockets


async def application(scope, receive, send):
    """Answer when the request has been read to its end."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def address():
    """Where a server is whose patience ends after 0.3 seconds."""
    config = uvicorn.Config(
        application, http=sockets.impatient(0.3), lifespan="off", log_config=None, timeout_keep_alive=20, ws="none"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join(10)


def answer(connection: socket.socket) -> bytes:
    """What comes, to the end of an answer or of the connection."""
    connection.settimeout(5)
    heard = b""
    while not heard.endswith(b"ok") and (more := connection.recv(1000)):
        heard += more
    return heard


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx: y\r\n"])
def test_a_request_that_is_never_finished_is_not_waited_for(address, begun):
    with socket.create_connection(address) as connection:
        connection.sendall(begun)
        started = time.monotonic()
        assert answer(connection) == b""
        assert time.monotonic() - started < 4


def test_one_that_comes_byte_by_byte_is_not_either(address):
    def send_slowly(connection: socket.socket) -> None:
        for byte in b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    with socket.create_connection(address) as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        send_slowly(connection)


def test_a_body_may_take_its_time_and_so_may_the_next_request(address):
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n")
        time.sleep(0.6)
        connection.sendall(b"{}")
        assert b"200 OK" in answer(connection)
        time.sleep(0.6)
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200 OK" in answer(connection)
        connection.sendall(b"GET /")
        assert answer(connection) == b""


def test_half_open_connections_keep_nobody_out(address):
    with ExitStack() as opened:
        for _ in range(300):
            opened.enter_context(socket.create_connection(address)).sendall(b"GET /")
        with socket.create_connection(address) as connection:
            started = time.monotonic()
            connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert b"200 OK" in answer(connection)
            assert time.monotonic() - started < 2


def test_as_many_files_are_allowed_as_the_system_lets_us():
    script = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, int(sys.argv[1])))
from app.command.sockets import allow_many_files
allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in {300, hard} - {resource.RLIM_INFINITY}:
        done = subprocess.run([sys.executable, "-c", script, str(most)], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [str(min(most, sockets.FILES)), str(most)]
