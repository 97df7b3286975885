"""The one interface over two engines: transactions, placeholders, cancellation."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from piccolo.engine.exceptions import TransactionError

from comptoir.core import db
from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.tables import AuditEvent

pytestmark = pytest.mark.usefixtures("database")


async def add_user(login: str, now: datetime) -> UUID:
    user = User(login=login, name=login.title(), created_at=now)
    await user.save()
    return user.id


async def test_values_come_back_as_the_types_they_went_in_as(now: datetime) -> None:
    user_id = await add_user("amina", now)
    row = await db.fetch_one(
        'SELECT id, active, created_at, MAX(created_at) AS "latest [TIMESTAMPTZ]" '
        "FROM core_user WHERE id IN :ids GROUP BY id, active, created_at",
        ids=[user_id, new_id()],
    )
    assert row is not None
    assert UUID(str(row["id"])) == user_id
    assert row["active"] is True
    assert row["created_at"] == now
    assert row["latest"] == now
    assert row["latest"].tzinfo is not None


async def test_an_empty_list_matches_nothing(now: datetime) -> None:
    await add_user("amina", now)
    assert await db.fetch("SELECT id FROM core_user WHERE id IN :ids", ids=[]) == []


async def test_texts_of_several_rows_are_joined(now: datetime) -> None:
    for login in ("amina", "bruno"):
        await add_user(login, now)
    row = await db.fetch_one("SELECT string_agg(login, ';') AS logins FROM core_user")
    assert row is not None
    assert sorted(row["logins"].split(";")) == ["amina", "bruno"]


async def test_an_id_that_may_be_none_says_its_type(now: datetime) -> None:
    user_id = await add_user("amina", now)
    sql = "SELECT id FROM core_user WHERE id = COALESCE(CAST(:wanted AS uuid), :other)"
    for wanted, other in ((user_id, new_id()), (None, user_id)):
        assert [row["id"] for row in await db.fetch(sql, wanted=wanted, other=other)] == [user_id]


async def test_a_locked_row_is_read(now: datetime) -> None:
    user_id = await add_user("amina", now)
    sql = "SELECT id FROM core_user WHERE id = :id" + db.for_update("core_user")
    async with db.transaction():
        assert await db.fetch(sql, id=user_id) == [{"id": user_id}]


async def test_an_error_rolls_everything_back(now: datetime) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 – the error has to be raised inside
        async with db.transaction():
            await add_user("amina", now)
            raise RuntimeError
    assert await User.count() == 0


async def test_many_rows_are_updated_each_by_its_own_values(now: datetime) -> None:
    ids = [await add_user(f"user{number}", now) for number in range(130)]
    sql = """
    WITH new (id, name, at) AS (
        VALUES (CAST(:id AS uuid), :name, CAST(:at AS timestamptz)))
    UPDATE core_user SET name = new.name, created_at = new.at FROM new
    WHERE core_user.id = new.id
    """
    later = {each: now + timedelta(hours=place) for place, each in enumerate(ids[:120])}
    rows = [{"id": each, "name": f"N {at:%d %H}", "at": at} for each, at in later.items()]
    with db.count_statements() as sent:
        await db.update_many(sql, rows)
    assert len(sent) == 2
    for user in await User.objects():
        at = later.get(user.id, now)
        assert user.created_at == at
        assert (user.name == f"N {at:%d %H}") is (user.id in later)


async def test_transactions_do_not_nest() -> None:
    async with db.transaction():
        with pytest.raises(TransactionError):
            async with db.transaction():
                pass


async def test_a_cancelled_transaction_gives_its_connection_back(now: datetime) -> None:
    entered = asyncio.Event()

    async def never_finishes() -> None:
        async with db.transaction():
            await add_user("amina", now)
            entered.set()
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(never_finishes())]
    await entered.wait()
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # More than the pool holds: one leaked connection or lock would hang this.
    for number in range(12):
        async with db.transaction():
            await add_user(f"user{number}", now)
    assert await User.count() == 12


async def test_a_statement_that_is_given_up_keeps_no_connection() -> None:
    if not db.is_postgres():
        pytest.skip("SQLite has no statement that waits")
    for _ in range(12):
        task = asyncio.create_task(db.fetch("SELECT pg_sleep(60)"))
        while not await db.fetch(
            "SELECT 1 AS one FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' "
            "AND datname = current_database()"
        ):
            assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    # More than there are connections: each of those was given back.
    assert await db.fetch("SELECT 1 AS one") == [{"one": 1}]


async def test_connections_that_the_server_has_ended_are_opened_anew(now: datetime) -> None:
    engine: Any = db.engine()
    if not db.is_postgres():
        pytest.skip("SQLite has no server")
    await add_user("amina", now)
    other = await engine.get_new_connection()
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    while not all(each.is_closed() for each in engine._idle):
        await other.execute("SELECT 1")
    await other.close()
    async with db.transaction():
        await add_user("bilal", now)
    assert await User.count() == 2


async def test_concurrent_read_then_write_loses_no_update(now: datetime) -> None:
    user_id = await add_user("amina", now)

    async def increment() -> None:
        async with db.transaction():
            row = await db.fetch_one(
                "SELECT version FROM core_user WHERE id = :id" + db.for_update("core_user"),
                id=user_id,
            )
            assert row is not None
            await db.execute(
                "UPDATE core_user SET version = :version WHERE id = :id",
                version=row["version"] + 1,
                id=user_id,
            )

    await asyncio.gather(*(increment() for _ in range(40)))
    assert [row["version"] for row in await User.select(User.version)] == [41]


async def test_the_audit_trail_refuses_changes(now: datetime) -> None:
    event = AuditEvent(at=now, actor_kind="system", action="x.done", subject_type="x")
    await event.save()
    for statement in (
        "UPDATE core_audit_event SET action = 'y' WHERE id = :id",
        "DELETE FROM core_audit_event WHERE id = :id",
    ):
        with pytest.raises(Exception, match="append-only"):
            await db.execute(statement, id=event.id)
    assert await AuditEvent.count() == 1


async def test_services_join_the_transaction_around_them(now: datetime) -> None:
    async def service(login: str) -> None:
        async with db.transaction():
            await add_user(login, now)

    with pytest.raises(RuntimeError):  # noqa: PT012 – the error has to be raised inside
        async with db.joinable():
            await service("amina")
            await service("bilal")
            raise RuntimeError
    assert await User.count() == 0
    async with db.joinable():
        await service("amina")
        await service("bilal")
    assert await User.count() == 2
    async with db.transaction():
        with pytest.raises(TransactionError):
            async with db.transaction():
                pass


async def test_a_joinable_transaction_is_its_own_tasks_alone(now: datetime) -> None:
    """Another request at the same moment neither joins it nor is undone with it."""
    inside, leave = asyncio.Event(), asyncio.Event()

    async def around() -> None:
        async with db.joinable():
            await add_user("amina", now)
            inside.set()
            await leave.wait()
            raise RuntimeError

    async def another() -> None:
        async with db.transaction():
            await add_user("bilal", now)

    tasks = [asyncio.create_task(around())]
    await inside.wait()
    tasks.append(asyncio.create_task(another()))
    leave.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [row["login"] for row in await User.select(User.login)] == ["bilal"]


_RENAME = "UPDATE core_user SET name = :name WHERE id = :id"
_INSERT = "INSERT INTO core_user (id, login, name, created_at) VALUES (:id, :login, :name, :now)"


async def test_several_writes_go_together_and_tell_what_was_there_before(now: datetime) -> None:
    amina, bilal = await add_user("amina", now), new_id()
    async with db.transaction():
        before = await db.write(
            (_RENAME, {"id": amina, "name": "Amina D.", "language": "de"}),
            (_INSERT, {"id": bilal, "login": "bilal", "name": "Bilal", "now": now}),
            answer="SELECT name, :language AS language FROM core_user WHERE id = :id",
        )
    assert before == [{"name": "Amina", "language": "de"}]
    rows = await User.select(User.name).order_by(User.login)
    assert [row["name"] for row in rows] == ["Amina D.", "Bilal"]


async def test_one_failing_write_undoes_them_all(now: datetime) -> None:
    amina = await add_user("amina", now)
    with pytest.raises(db.IntegrityErrors) as failed:
        async with db.transaction():
            await db.write(
                (_RENAME, {"id": amina, "name": "Changed"}),
                (_INSERT, {"id": new_id(), "login": "amina", "name": "Amina", "now": now}),
            )
    assert "login" in db.violated_constraint(failed.value)
    assert [row["name"] for row in await User.select(User.name)] == ["Amina"]


async def test_statements_are_counted(now: datetime) -> None:
    with db.count_statements() as sent:
        async with db.transaction():
            await db.fetch("SELECT 1")
    assert [statement.split()[0] for statement in sent] == ["BEGIN", "SELECT", "COMMIT"]


def test_ids_sort_by_time_and_are_version_7() -> None:
    ids = [new_id() for _ in range(50)]
    assert all(each.version == 7 and each.variant == RFC_4122 for each in ids)
    moments = [each.int >> 64 for each in ids]  # to a quarter of a microsecond
    assert moments == sorted(moments)
    assert len(set(moments)) > 40, "also within a millisecond"
    assert len({each.int & (1 << 62) - 1 for each in ids}) == 50
    assert abs((ids[0].int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 60


@pytest.fixture(autouse=True)
def _engine(database: Any) -> None:
    """Every test of this module has a database of its own."""
