"""The command line: trivium migrate, serve, work, audit, rotate-keys, replay."""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import django
import psycopg
import typer
from django.db import OperationalError
from rich.console import Console

from trivium.project import embedded

FINE, FAILED, USAGE, NO_DATABASE = 0, 1, 2, 3
LONG_ENOUGH_S, SHORT_LIVES = 5.0, 5  # a process that never lived so long, and ended so often, cannot run here
EXIT_CODES = (
    "Exit codes: 0 it went well; 1 it failed, or an audit found something; 2 wrong usage; "
    "3 the database cannot be reached or started."
)
DATABASE_HELP = (
    "The database is the one DATABASE_URL names. Without it, the bundled PostgreSQL under $TRIVIUM_DATA_DIR "
    "(by default in your data folder) is started, or joined if another process has started it."
)

app = typer.Typer(
    help=f"Trivium: the operating system of an S2B2B chain.\n\n{DATABASE_HELP}",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they would print local variables, and with them secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console()
errors = Console(stderr=True)


def main() -> None:
    """Run one command and say with the exit code how it went."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    signal.signal(signal.SIGTERM, _leave_in_order)
    try:
        app()
    except embedded.Unavailable as error:
        errors.print(str(error), style="red", markup=False)
        sys.exit(NO_DATABASE)
    except (psycopg.OperationalError, OperationalError) as error:
        if _database_answers():
            raise
        errors.print(f"The database cannot be reached: {error}", style="red", markup=False)
        sys.exit(NO_DATABASE)


def _leave_in_order(signum: int, frame: object) -> None:
    """Let a terminated command run its exit handlers: the bundled database counts its users there."""
    sys.exit(128 + signum)


def _database_answers() -> bool:
    try:
        psycopg.connect(os.environ.get("DATABASE_URL", ""), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _open_database() -> str:
    """Find or start the database, see that it answers, and set Django up."""
    address = embedded.use_database()
    psycopg.connect(address, connect_timeout=10).close()
    django.setup()
    return address


@app.command(epilog=EXIT_CODES)
def migrate() -> None:
    """Bring the database to this version. May be run at any time, by several machines at once."""
    address = _open_database()
    from django.core.management import call_command

    with _one_at_a_time(address) as connection:
        for name in embedded.EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}".encode())
        call_command("migrate", interactive=False)
        _make_room_for_events()
        _tune(connection)
    console.print("The database is up to date.")


@contextmanager
def _one_at_a_time(address: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('trivium migrate'))")
        yield connection


def _make_room_for_events() -> None:
    """Make the event log's partitions for this month and the next two; a nightly schedule makes the later ones."""
    from django.db import transaction

    from trivium.core.events import ensure_partition
    from trivium.core.time import now

    with transaction.atomic():
        for days in (0, 31, 62):
            ensure_partition(now() + dt.timedelta(days=days))


def _tune(connection: psycopg.Connection) -> None:
    """Give the planner what it needs: without statistics the job queue runs at a twentieth of its speed."""
    connection.execute(
        "ALTER TABLE procrastinate_jobs SET "
        "(autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01)"
    )
    connection.execute("ANALYZE")


@app.command(epilog=EXIT_CODES)
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; 0 means one per core.", min=0)] = 0,
    threads: Annotated[int, typer.Option(help="Requests each process answers at once.", min=1)] = 4,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run a worker beside it.")] = False,
    live_port: Annotated[
        int, typer.Option(help="Port of the live updates; 0 means the next free one.", min=0, max=65535)
    ] = 0,
) -> None:
    """Serve the portals and the API over HTTP until stopped, and beside them the process for live updates."""
    _open_database()
    _collect_static()
    live_port = live_port or _next_free(host, port)
    os.environ.setdefault("TRIVIUM_LIVE_URL", f":{live_port}")  # behind a proxy it is a path of the site
    here = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    os.environ.setdefault("TRIVIUM_SITE_URL", f"http://{here}:{port}")
    if with_worker:
        _say_where_mails_go()
    live = ["trivium.project.asgi", "--host", host, "--port", str(live_port), "--site-port", str(port)]
    site = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
    site += ["--workers", str(workers or os.cpu_count() or 1), "--blocking-threads", str(threads)]
    site += ["--workers-kill-timeout", "10", "--respawn-failed-workers", "trivium.project.wsgi:application"]
    commands = [site, ["trivium.project.cli", "work"]] if with_worker else [site]
    raise typer.Exit(_run_together(commands, live))


def _say_where_mails_go() -> None:
    from django.conf import settings

    if settings.EMAIL_FILE_PATH:
        console.print(f"Mails are written to {settings.EMAIL_FILE_PATH}; TRIVIUM_MAIL_URL sends them.", markup=False)


def _next_free(host: str, port: int) -> int:
    """The first free port after one; where none is, live updates are not had and pages ask now and then."""
    for each in range(port + 1, min(port + 50, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((host, each))
                return each
    return min(port + 1, 65535)


def _collect_static() -> None:
    """For visitors: files under names that change with their content. A developer's are served as they lie there."""
    from django.conf import settings

    if not settings.DEBUG:
        from trivium.project.static import collect

        collect()


def _run_together(commands: list[list[str]], spare: list[str]) -> int:
    """Run Python modules as processes until this one is told to stop; then stop them all.

    One that ends is started again, the bundled database too; one that never ran for a while, and keeps ending right
    after its start, cannot run here, and that ends everything, except for the spare one, which nothing depends on.
    Each gets a session of its own: Ctrl-C reaches this process alone, and granian's workers, which lock up when the
    terminal and their parent both signal them, get one signal.
    """
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, frame: told_to_stop.set())
    running = [*(_Child(each) for each in commands), _Child(spare, is_spare=True)]
    in_vain = 0
    try:
        while not told_to_stop.wait(0.2 + in_vain):
            try:
                if embedded.keep_up():
                    errors.print("The database had stopped and was started again.", style="yellow")
                in_vain = 0
            except embedded.Unavailable:  # killed again while it recovered, perhaps
                in_vain += 1
                if in_vain >= SHORT_LIVES:
                    raise
            if not all(child.keeps_running() for child in running):
                return FAILED
        return FINE
    finally:
        for child in running:
            child.process.terminate()
        for child in running:
            _wait_or_kill(child.process)
            child.end_family()


class _Child:
    """A process that is started again when it ends."""

    def __init__(self, command: list[str], *, is_spare: bool = False) -> None:
        self.command = command
        self.is_spare = is_spare
        self.short_lives = 0
        self.has_run = False
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", *self.command], start_new_session=True)
        self.started = time.monotonic()

    def keeps_running(self) -> bool:
        """Whether it runs, if need be since now; False once it has ended soon after its start several times."""
        if self.process.poll() is None:
            return True
        lived = time.monotonic() - self.started
        if self.is_spare and lived < LONG_ENOUGH_S:
            return True  # it is started again later, and says itself why it ended
        self.end_family()
        self.has_run |= lived >= LONG_ENOUGH_S
        self.short_lives = self.short_lives + 1 if lived < LONG_ENOUGH_S else 0
        if self.short_lives >= SHORT_LIVES and not self.has_run:
            return False
        errors.print(f"{self.command[0]} had stopped and is started again.", style="yellow", markup=False)
        time.sleep(min(self.short_lives, SHORT_LIVES))
        self._start()
        return True

    def end_family(self) -> None:
        """What a killed process had started would go on without it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=45)  # a worker finishes the jobs it has begun, for at most 30 seconds
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@app.command(epilog=EXIT_CODES)
def work(
    concurrency: Annotated[int, typer.Option(help="Jobs run at once.", min=1)] = 4,
    once: Annotated[bool, typer.Option("--once", help="Run what is due, then stop.")] = False,
) -> None:
    """Run queued jobs and schedules until stopped. Any number of workers may run, on any machines."""
    _open_database()
    from trivium.project.worker import run_worker

    run_worker(concurrency=concurrency, wait=not once)


@app.command(epilog=EXIT_CODES)
def admit_operator(
    company: Annotated[str, typer.Option(prompt="Company")],
    name: Annotated[str, typer.Option(prompt="Your name")],
    email: Annotated[str, typer.Option(prompt="Mail address")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    currency: Annotated[str, typer.Option(help="Currency of the house partner.")] = "CNY",
) -> None:
    """Set up the operator, its house partner, and the first person who may sign in; run again, adds a person."""
    _open_database()
    from trivium.core.errors import Refusal
    from trivium.parties import commands

    try:
        organization = commands.found_operator(company=company, currency=currency)
        commands.found_person(organization, name=name, email=email, password=password)
    except Refusal as refusal:
        errors.print(str(refusal), style="red", markup=False)
        raise typer.Exit(FAILED) from refusal
    console.print(f"{name} can sign in for {company} with {email}.", markup=False)


@app.command(epilog=EXIT_CODES)
def audit() -> None:
    """Check every promise the books make, name each row that breaks one, and exit with 1 if any does."""
    _open_database()
    from trivium.project.audit import run

    raise typer.Exit(run(console))


@app.command(epilog=EXIT_CODES)
def rotate_keys(
    forget: Annotated[
        bool, typer.Option("--forget", help="Then forget the keys nothing is under; older backups need them.")
    ] = False,
) -> None:
    """Bring everything that is encrypted under a new key, while the site runs; cut off, it is simply run again.

    Keys this installation made for itself get a new one first. Those of TRIVIUM_VAULT_KEYS and TRIVIUM_SEARCH_KEYS:
    put the new key last and restart everything, then first and restart, then run this.
    """
    _open_database()
    from trivium.project.keys import run

    raise typer.Exit(run(console, forget=forget))


@app.command(epilog=EXIT_CODES)
def replay(
    file: Annotated[Path, typer.Argument(help="Invoices, as Parquet or CSV.", exists=True, dir_okay=False)],
    limit: Annotated[int | None, typer.Option(help="Read only so many rows.", min=1)] = None,
    company: Annotated[str, typer.Option(help="Whose invoices these are; else named like the file.")] = "",
) -> None:
    """Trade a wholesaler's real invoices through the same commands the portals use.

    Needs only `migrate` before it. Columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
    CustomerID, Country; prices in GBP. The clock follows the file. Lines that cannot be traded go to a file under
    $TRIVIUM_DATA_DIR/replay with row and reason. Run again, it adds only what the books lack. Exit code 1 if lines
    or sums do not match; 2 if the file is not such a file.
    """
    _open_database()
    from trivium.connectors.invoices.replay import run

    raise typer.Exit(run(file, limit, console, company=company))


if __name__ == "__main__":
    main()
