"""`make demo`: a market to try Trivium in, built on the first start and kept afterwards, served until Ctrl-C."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.table import Table

from demo import database, purchases
from demo.processes import Running, stop
from trivium.project import embedded

HOST = "127.0.0.1"
PORTS = 20
UP_WITHIN = 60.0
ROLES = ("operator", "supplier", "partner", "buyer")
PLAYED = {  # people look at a demonstration for some days, so nothing runs out overnight
    "TRIVIUM_SANDBOX": "1",
    "TRIVIUM_HTTPS": "0",
    "TRIVIUM_CONFIRM_HOURS": "120",
    "TRIVIUM_PAY_HOURS_PREPAID": "120",
    "TRIVIUM_PAY_BUSINESS_DAYS_TRANSFER": "5",
    "DJANGO_SETTINGS_MODULE": "trivium.project.settings",
}
console = Console()
told_to_stop = threading.Event()


def main(
    port: Annotated[int, typer.Option(help="Port to listen on; the next free one if it is taken.")] = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the market away and build it anew.")] = False,
) -> None:
    """A market to try Trivium in: four parties, 2,000 goods, 300 orders of the last 90 days."""
    folder = embedded.data_dir() / "demo"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_soon)
    os.environ.update({"TRIVIUM_DATA_DIR": str(folder), **PLAYED})
    os.environ.pop("DATABASE_URL", None)
    running = Running(folder)
    if not running.take():
        _fail(f"The demonstration in {folder} is running already.")
    running.end_leftovers()
    try:
        address = embedded.ensure(folder)
        purchases.installed()
        if fresh or not database.is_complete(address):
            _run(running, "Building the market; once only.", ["demo.build"], DATABASE_URL=address)
        else:
            _run(running, "", ["trivium.project.cli", "migrate"], folder / "migrate.log")
        if not told_to_stop.is_set():
            _serve(running, folder, _free_port(port))
    except (embedded.Unavailable, database.NotOurs, purchases.NotInstalled) as error:
        _fail(str(error))
    running.forget()


def _stop_soon(signum: int, frame: object) -> None:
    told_to_stop.set()


def _run(running: Running, words: str, module: list[str], log: Path | None = None, **environment: str) -> None:
    """Run a module to its end, or until this process is told to stop."""
    if words:
        console.print(words)
    with contextlib.ExitStack() as open_files:
        output = open_files.enter_context(log.open("wb")) if log else None
        process = _start(running, module, log=output, **environment)
    try:
        while process.poll() is None and not told_to_stop.wait(0.1):
            pass
    finally:
        stop(process)
    if process.returncode != 0 and not told_to_stop.is_set():
        _fail(f"{module[0]} failed; the reason stands {f'in {log}' if log else 'above'}.")


def _serve(running: Running, folder: Path, port: int) -> None:
    log = folder / "serve.log"
    with log.open("wb") as output:
        site = _start(
            running, ["trivium.project.cli", "serve", "--with-worker", "--host", HOST, "--port", str(port)],
            log=output,
        )  # fmt: skip
    try:
        if _comes_up(site, port):
            running.note(site)
            _welcome(port, log)
            while site.poll() is None and not told_to_stop.wait(0.2):
                pass
    finally:
        stop(site)
    if not told_to_stop.is_set():
        _fail(f"The site has stopped. The end of {log}:\n{log.read_text(errors='replace')[-2000:]}")


def _start(
    running: Running, module: list[str], *, log: IO[bytes] | None = None, **environment: str
) -> subprocess.Popen[bytes]:
    """Run a Python module in a session of its own, so that Ctrl-C reaches this process alone."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        start_new_session=True,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        env={**os.environ, **environment},
    )
    running.note(process)
    return process


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    _fail(f"No port from {wanted} to {wanted + PORTS - 1} is free; name another with DEMO=\"--port n\".")
    raise AssertionError


def _comes_up(site: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the site answers; False if it ends, or is told to, before that."""
    deadline = time.monotonic() + UP_WITHIN
    while site.poll() is None and not told_to_stop.is_set() and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                return True
        except OSError:
            told_to_stop.wait(0.1)
        finally:
            connection.close()
    return False


def _welcome(port: int, log: Path) -> None:
    from demo.logins import PASSWORD, WORDS, login

    table = Table(title=f"http://{HOST}:{port}/", title_style="bold", title_justify="left")
    for name in ("role 角色", "mail 邮箱", "password 密码"):
        table.add_column(name)
    for role in ROLES:
        table.add_row(WORDS[role], login(role), PASSWORD)
    console.print(table)
    console.print(f"Ctrl-C ends everything; the next start keeps what was done. The site's log: {log}", style="dim")
    console.print(f"Mails that would be sent are files in {log.parent / 'mail'}", style="dim")


def _fail(message: str) -> None:
    Console(stderr=True).print(message, style="red", markup=False)
    raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
