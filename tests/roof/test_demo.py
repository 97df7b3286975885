"""The demo is believable, consistent, the same each time, and never touches real data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from comptoir import demo
from comptoir.core import db
from comptoir.core.accounts import passwords
from comptoir.core.keys import Keyring
from comptoir.core.phones import find_phone
from comptoir.core.principal import SYSTEM
from comptoir.inventory import codes
from comptoir.inventory.imei import read_imei
from comptoir.inventory.statuses import ItemStatus
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.notifications.tables import Conversation, Message
from comptoir.sites.rota.week import rota
from tests import factories
from tests.databases import apart, copy_database, drop_database
from tests.roof.commands import comptoir

KEYS = Keyring("a secret for tests alone, 32 or more")

#: An afternoon in the week, New Year's night, the night the clocks change.
MOMENTS = (
    datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def made(
    template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[datetime], str]]:
    """Where the demo of a moment is: made once, for all tests that only read it."""
    urls: dict[datetime, str] = {}

    def of(moment: datetime) -> str:
        if moment not in urls:
            url = apart(copy_database(template, tmp_path_factory.mktemp("demo")))
            apart(make_demo(url, moment))
            urls[moment] = url
        return urls[moment]

    yield of
    for url in urls.values():
        apart(drop_database(url))


async def make_demo(url: str, moment: datetime) -> None:
    db.connect(url)
    try:
        await demo.fill(KEYS, now=moment)
    finally:
        await db.disconnect()


@pytest.fixture
def moment(now: datetime) -> datetime:
    """When the demo ends, where a test does not say it."""
    return now


@pytest.fixture
async def filled(made: Callable[[datetime], str], moment: datetime) -> AsyncIterator[None]:
    """Connected to the demo that ends at ``moment``. Nothing may be written to it."""
    db.connect(made(moment))
    try:
        yield
    finally:
        await db.disconnect()


async def count(sql: str, **values: Any) -> int:
    row = await db.fetch_one(f"SELECT COUNT(*) AS n FROM {sql}", **values)
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_every_kind_of_loan_and_item_occurs(filled: None, moment: datetime) -> None:
    assert await count("sites_site") == 3
    assert await count("inventory_model") == 8
    assert 55 <= await count("inventory_item") <= 65
    assert await count("lending_borrower") == 40
    statuses = {row["status"] for row in await db.fetch("SELECT status FROM inventory_item")}
    assert statuses == {status.value for status in ItemStatus}
    assert await count("lending_loan WHERE returned_at IS NOT NULL") >= 50
    still_out = "lending_loan WHERE returned_at IS NULL AND due_at"
    assert await count(f"{still_out} >= :now", now=moment) >= 8
    assert 4 <= await count(f"{still_out} < :now", now=moment) <= 14


async def test_each_counsellor_can_be_called(filled: None) -> None:
    rows = await db.fetch(
        "SELECT person.counsellor, site.country FROM lending_borrower person "
        "JOIN lending_borrower_site known ON known.borrower = person.id "
        "JOIN sites_site site ON site.id = known.site WHERE person.counsellor <> ''"
    )
    assert {row["country"] for row in rows} == {"CH", "FR"}
    assert all(find_phone(row["counsellor"], row["country"]) for row in rows)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_people_wrote_and_somebody_has_to_read_it(filled: None, moment: datetime) -> None:
    waiting = await Conversation.count().where(Conversation.waiting_since.is_not_null())
    assert waiting == 2
    wanted = await Conversation.count().where(Conversation.call_wanted.eq(True))
    assert wanted == 1
    answers = await Message.select(Message.kind).where(Message.kind.like("answer-%"))
    assert {row["kind"] for row in answers} >= {"answer-help", "answer-hours"}


async def test_the_rota_covers_each_site_but_for_next_weeks_absences(
    filled: None, moment: datetime
) -> None:
    monday = moment.date() - timedelta(days=moment.weekday())
    lacking = []
    for row in await db.fetch("SELECT id FROM sites_site"):
        found = await rota(SYSTEM, row["id"], monday, monday + timedelta(days=13))
        this_week, next_week = found.days[:7], found.days[7:]
        assert sum(len(day.shifts) for day in this_week) >= 6
        assert [gap for day in this_week for gap in day.gaps] == []
        lacking += [gap for day in next_week for gap in day.gaps]
    assert lacking, "something to look at"
    assert await count("sites_shift_offer") == 1


async def test_what_is_out_is_signed_where_its_rule_asks_for_it(
    filled: None, now: datetime
) -> None:
    unsigned = (
        "lending_loan loan JOIN lending_policy policy ON policy.id = loan.policy "
        "WHERE loan.returned_at IS NULL AND policy.signature <> 'none' "
        "AND loan.id NOT IN (SELECT loan FROM lending_agreement_loan)"
    )
    assert await count(unsigned) == 0
    assert await count("lending_agreement") >= 10


async def test_statuses_agree_with_loans(filled: None, now: datetime) -> None:
    lent = "SELECT item FROM lending_loan WHERE returned_at IS NULL"
    assert await count(f"inventory_item WHERE status = 'on_loan' AND id NOT IN ({lent})") == 0
    wrong = f"inventory_item WHERE status NOT IN ('on_loan', 'lost') AND id IN ({lent})"
    assert await count(wrong) == 0


async def test_nothing_happens_after_now(filled: None, now: datetime) -> None:
    assert await count("core_audit_event WHERE at > :now", now=now) == 0
    assert await count("lending_loan WHERE returned_at < checked_out_at") == 0


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_the_history_of_people_and_things_is_in_order(filled: None, moment: datetime) -> None:
    told = " UNION ALL ".join(
        f"SELECT id, at, {about} AS about FROM core_audit_event"
        for about in ("subject_id", "related_a_id", "related_b_id")
    )
    before = "LAG(at) OVER (PARTITION BY about ORDER BY id)"
    lines = f"SELECT id, at, about, {before} AS before FROM ({told}) AS told"
    known = "SELECT id FROM lending_borrower UNION ALL SELECT id FROM inventory_item"
    assert await count(f"({lines}) AS line WHERE about IN ({known}) AND before > at") == 0
    assert await count(f"({lines}) AS line WHERE about IN ({known})") > 400


async def test_numbers_are_valid(filled: None, now: datetime) -> None:
    phones = await db.fetch("SELECT phone FROM lending_borrower WHERE phone <> ''")
    assert 15 <= len(phones) < 40
    for row in phones:
        number = phonenumbers.parse(row["phone"])
        # What France keeps for fiction can be dialled, but is given to nobody.
        fictitious = row["phone"].startswith("+3363998")
        assert phonenumbers.is_possible_number(number)
        assert fictitious or phonenumbers.is_valid_number(number)
    rows = await db.fetch("SELECT code, imei_1, imei_2 FROM inventory_item")
    assert all(codes.is_valid(row["code"]) for row in rows)
    imeis = [imei for row in rows for imei in (row["imei_1"], row["imei_2"]) if imei]
    assert len(imeis) == len(set(imeis)) > 20
    assert all(read_imei(imei) == imei for imei in imeis)


async def test_people_speak_four_languages_and_some_are_suspended(
    filled: None, now: datetime
) -> None:
    languages = await db.fetch("SELECT DISTINCT language FROM lending_borrower")
    assert {row["language"] for row in languages} == {"fr", "de", "it", "en"}
    assert await count("lending_borrower WHERE suspended_at IS NOT NULL") == 3
    assert await count("lending_borrower WHERE eligible_until IS NOT NULL") == 4
    assert await count("lending_borrower WHERE household IS NOT NULL") >= 6
    assert await count("lending_borrower_card WHERE revoked_at IS NOT NULL") == 1
    findable = "SELECT borrower FROM lending_borrower_term"
    assert await count(f"lending_borrower WHERE id NOT IN ({findable})") == 0


async def test_every_login_can_sign_in(filled: None, now: datetime) -> None:
    for login in demo.LOGINS:
        passwords.check(demo.PASSWORD, login=login.login, name=login.name)
        row = await db.fetch_one(
            "SELECT password_hash FROM core_user WHERE login = :login", login=login.login
        )
        assert row is not None
        assert await passwords.verify(row["password_hash"], demo.PASSWORD)


def test_the_second_start_keeps_the_data(tmp_path: Path) -> None:
    first, second = comptoir(tmp_path, "demo"), comptoir(tmp_path, "demo")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout
    for login in demo.LOGINS:
        assert login.login in first.stdout


async def test_data_of_others_is_left_alone(database_url: str, tmp_path: Path) -> None:
    db.connect(database_url)
    try:
        await factories.site()
    finally:
        await db.disconnect()
    refused = comptoir(tmp_path, "demo", DATABASE_URL=database_url)
    assert refused.returncode == 1
    assert "COMPTOIR_DATA" in refused.stderr
    assert comptoir(tmp_path, "demo", "--if-empty", DATABASE_URL=database_url).returncode == 0


def test_no_demo_in_production(tmp_path: Path) -> None:
    refused = comptoir(
        tmp_path, "demo", COMPTOIR_ENV="production", COMPTOIR_SECRET="x" * 20 + "0123456789ab"
    )
    assert refused.returncode == 1
    assert not (tmp_path / "comptoir.sqlite").exists()


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_each_place_has_vouchers_and_some_expire_soon(filled: None, moment: datetime) -> None:
    media = {row["medium"] for row in await db.fetch("SELECT medium FROM inventory_voucher_kind")}
    assert media == {medium.value for medium in Medium}
    sites = "SELECT DISTINCT site FROM inventory_voucher WHERE status = 'available'"
    assert len(await db.fetch(sites)) == 3
    soon = "inventory_voucher WHERE activate_by BETWEEN :today AND :soon"
    today = moment.date()
    assert await count(soon, today=today, soon=today + timedelta(days=30)) >= 20
    assert await count("inventory_voucher WHERE activate_by < :today", today=today) == 0


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_vouchers_can_be_given_and_some_were(filled: None, moment: datetime) -> None:
    ruled = "SELECT kind FROM lending_voucher_policy WHERE borrower_group IS NULL"
    assert await count(f"inventory_voucher_kind WHERE id NOT IN ({ruled})") == 0
    assert await count("inventory_voucher_bundle") == 2
    given = "SELECT voucher FROM lending_voucher_issue"
    rows = await db.fetch(f"SELECT DISTINCT status FROM inventory_voucher WHERE id IN ({given})")
    assert {row["status"] for row in rows} == {"issued", "activated", "expired"}
    assert await count("lending_voucher_issue WHERE issued_at > :now", now=moment) == 0
    assert await count("notifications_message WHERE kind = 'voucher-ending'") > 0
