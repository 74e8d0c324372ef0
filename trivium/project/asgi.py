"""The process for live updates: all that is asynchronous here. `trivium serve` runs it beside the site."""

import argparse
import asyncio
import os
import resource
import signal

import django

ROOM = 200


def _make_room(files: int) -> None:
    """Let this process have so many connections open, or as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def serve(host: str, port: int, site_port: str) -> None:
    """Serve until told to stop."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from trivium.project.live import MOST, Live

    _make_room(MOST + ROOM)
    live = Live(site_port)
    server = Server(
        live, host, port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False, backlog=1024,
        backpressure=MOST + ROOM,  # how many connections are taken on at all; by default no more than the backlog
    )  # fmt: skip

    def stop() -> None:
        live.stop()
        server.stop()  # type: ignore[no-untyped-call]

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    tasks = [asyncio.create_task(live.follow()), asyncio.create_task(live.watch())]
    await server.serve()
    for task in tasks:
        task.cancel()


def main() -> None:
    """Set Django up and serve; the database's address stands in the environment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--site-port", default="")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    django.setup()
    asyncio.run(serve(given.host, given.port, given.site_port))
    # All is closed and nothing is left to write. The server's own threads may still be at work, and a Python that is
    # taken down under them aborts now and then.
    os._exit(0)


if __name__ == "__main__":
    main()
