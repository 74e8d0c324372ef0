"""What every test in the repository stands under."""

import datetime as dt
import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from tests import emptied, migrated
from trivium.core.time import SettableClock, use_clock

hypothesis.settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
hypothesis.settings.register_profile("prove", max_examples=2000, deadline=None, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS", "quick")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the hypothesis profile."""
    hypothesis.settings.load_profile(PROFILE)


LONG = ("tests/kills", "tests/browser", "tests/journeys/test_machine.py", "tests/journeys/test_saga.py",
        "tests/redteam")  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long goes first: at the end no worker waits for another."""
    items.sort(key=lambda item: next((n for n, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to repeat this run."""
    return f"hypothesis: HYPOTHESIS={PROFILE} HYPOTHESIS_SEED={config.getoption('hypothesis_seed')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was proved, how far, and with which seed."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])]
    told = [text for report in reports for name, text in report.user_properties if name == "proof"]
    if told:
        terminalreporter.section("proofs")
        terminalreporter.write_line(f"HYPOTHESIS={PROFILE} HYPOTHESIS_SEED={os.environ['HYPOTHESIS_SEED']}")
        for line in told:
            terminalreporter.write_line(line if len(line) <= 400 else f"{line[:400]} …")


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """No test may reach beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_nothing() -> None:
    """A hash that is slow on purpose would be most of what a market of people costs."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _files_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One process changes the keys of all files there are, while another reads its own."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Copy each run's database from one that is migrated already."""
    with django_db_blocker.unblock():
        its = connection.settings_dict["TEST"]
        its["TEMPLATE"], its["MIGRATE"] = migrated.template(os.environ["DATABASE_URL"]), False
        connection.creation._destroy_test_db = migrated.drop_copy


@pytest.fixture(autouse=True, scope="session")
def _emptied_after_tests_that_commit() -> Iterator[None]:
    """See tests/emptied.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied.after_test)
        yield


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    """A clock that stands still until it is set: a Monday afternoon in Shanghai."""
    clock = SettableClock(dt.datetime(2026, 3, 2, 6, 5, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture(autouse=True)
def _every_test_begins_in_the_first_language() -> Iterator[None]:
    """A page read in Chinese leaves its thread in Chinese."""
    yield
    translation.deactivate()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
