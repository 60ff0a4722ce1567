"""`huashu ui`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

_APP = Path(__file__).with_name("app.py").resolve()


def app(
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Port to serve on.")] = 8501,
    host: Annotated[str, typer.Option("--host", help="Address to serve on; 127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Open the pages in a browser. Ctrl+C ends the server."""
    problem = _why_not(host, port)
    if problem:
        typer.echo(problem, err=True)
        raise typer.Exit(3)
    typer.echo(f"http://{host}:{port}  (Ctrl+C ends it)", err=True)
    raise typer.Exit(_serve(command(host, port, no_browser)))


def command(host: str, port: int, no_browser: bool) -> list[str]:
    """Return the command that serves the pages; nothing in it talks to another machine."""
    options = {
        "server.address": host,
        "server.port": port,
        "server.headless": str(no_browser).lower(),
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "theme.light.primaryColor": "#2f7d6b",
        "theme.dark.primaryColor": "#3f8f7b",
    }
    return [sys.executable, "-m", "streamlit", "run", str(_APP), *(f"--{name}={value}" for name, value in options.items())]


def _why_not(host: str, port: int) -> str:
    """Return why this address cannot be served on, or nothing."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":  # there the option would let two servers share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        return f"{host!r} is no address of this machine: {error.strerror}; use --host 127.0.0.1"
    except OSError as error:
        return f"cannot serve on {host}:{port} ({error.strerror}); is it in use? try: huashu ui --port {port % 65535 + 1}"
    return ""


def _serve(arguments: list[str]) -> int:
    """Run the server until it ends; it ends with us."""
    with subprocess.Popen(arguments) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        while True:
            try:
                code = server.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:  # the terminal sent it to the server as well
                continue
