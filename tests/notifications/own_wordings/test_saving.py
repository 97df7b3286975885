"""Own wordings: saved in versions, never over one another, and used in place of the defaults."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.notifications.errors import AllSitesNeeded, WordingChanged, WordingNotFound
from comptoir.notifications.kinds import KINDS
from comptoir.notifications.own_wordings.queries import (
    list_wordings,
    read_wording_view,
    saved,
    saved_text,
)
from comptoir.notifications.own_wordings.reading import read_wordings, wording_of
from comptoir.notifications.own_wordings.schemas import Form, Key, SaveWording
from comptoir.notifications.own_wordings.services import save_wording
from comptoir.notifications.placeholders import read
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.texts import default_text, default_wording
from tests import factories as make
from tests.notifications.reminders.world import World, at, written

KEY = Key("due-soon", "fr", Form.USUAL)
KEY_ARGS = ("due-soon", "fr")
OWN = "Bonjour, pensez-y : {{items}}."


@pytest.fixture
async def coordinator(database: Any) -> Principal:
    return await make.principal(Role.COORDINATOR)


async def save(
    actor: Principal, text: str | None, version: int, now: datetime, key: Key = KEY
) -> None:
    await save_wording(actor, key, SaveWording(text=text), version=version, now=now)


class TestASavedWording:
    async def test_is_used_in_its_language_and_form_alone(
        self, coordinator: Principal, now: datetime
    ) -> None:
        await save(coordinator, OWN, 0, now)
        for found in (await wording_of("due-soon", "fr"), (await read_wordings()).of(*KEY_ARGS)):
            assert found.names() == {"items"}
        for kind, language, barest in (
            ("due-soon", "de", False),
            ("due-soon", "fr", True),
            ("due-today", "fr", False),
        ):
            default = default_wording(kind, language, barest=barest)
            assert await wording_of(kind, language, barest=barest) == default
            assert (await read_wordings()).of(kind, language, barest=barest) == default

    async def test_of_a_text_message_leaves_the_longer_one_alone(
        self, coordinator: Principal, now: datetime
    ) -> None:
        full = Key("due-soon", "fr", Form.FULL)
        long = "Bonjour, chère sœur. " + "Nous vous attendons. " * 25 + "{{items}}"
        await save(coordinator, OWN, 0, now)
        assert (await read_wordings()).of(*KEY_ARGS, full=True) == default_wording(
            *KEY_ARGS, full=True
        )
        await save(coordinator, long, 0, now, full)  # longer than a text message may be
        wordings = await read_wordings()
        assert wordings.of(*KEY_ARGS).names() == {"items"}
        assert wordings.of(*KEY_ARGS, full=True) == read(
            long, KINDS["due-soon"].names, texted=False
        )
        assert wordings.of(*KEY_ARGS, barest=True, full=True) == default_wording(
            *KEY_ARGS, barest=True
        )
        assert [(await read_wording_view(key)).version for key in (KEY, full)] == [1, 1]

    async def test_of_a_kind_with_one_text_goes_all_ways(
        self, coordinator: Principal, now: datetime
    ) -> None:
        spoken = Key("overdue-call", "fr", Form.USUAL)
        await save(coordinator, OWN, 0, now, spoken)
        assert (await read_wordings()).of("overdue-call", "fr", full=True).names() == {"items"}
        with pytest.raises(WordingNotFound):
            await save(coordinator, OWN, 0, now, Key("overdue-call", "fr", Form.FULL))

    async def test_makes_a_version_and_keeps_the_one_before(
        self, coordinator: Principal, now: datetime
    ) -> None:
        await save(coordinator, OWN, 0, now)
        await save(coordinator, "Autre : {{items}}", 1, now)
        view = await read_wording_view(KEY)
        assert (view.text, view.version, view.is_own) == ("Autre : {{items}}", 2, True)
        assert [(each.version, each.text) for each in await saved(KEY, limit=9)] == [
            (2, "Autre : {{items}}"),
            (1, OWN),
        ]
        assert await saved_text(KEY, 1) == OWN
        assert (await wording_of("due-soon", "fr")).names() == {"items"}

    async def test_that_is_the_same_makes_no_version(
        self, coordinator: Principal, now: datetime
    ) -> None:
        await save(coordinator, OWN, 0, now)
        await save(coordinator, OWN.replace("\n", "\r\n") + " ", 1, now)
        assert (await read_wording_view(KEY)).version == 1

    @pytest.mark.parametrize("text", [None, default_text("due-soon", "fr")])
    async def test_goes_back_to_the_default(
        self, coordinator: Principal, now: datetime, text: str | None
    ) -> None:
        await save(coordinator, OWN, 0, now)
        await save(coordinator, text, 1, now)
        view = await read_wording_view(KEY)
        assert (view.text, view.is_own, view.version) == (view.default, False, 2)
        assert await wording_of("due-soon", "fr") == default_wording("due-soon", "fr")
        assert (await saved(KEY, limit=1))[0].text is None

    async def test_that_a_later_release_cannot_read_is_not_used(self, database: Any) -> None:
        await db.execute(
            "INSERT INTO notifications_own_wording (id, kind, language, barest, version, text, "
            "saved_at) VALUES (:id, 'due-soon', 'fr', :barest, 1, 'Dans {{gone}}', :now)",
            id=new_id(),
            barest=False,
            now=make.MADE_AT,
        )
        assert await wording_of("due-soon", "fr") == default_wording("due-soon", "fr")

    async def test_stands_in_the_audit_trail(self, coordinator: Principal, now: datetime) -> None:
        await save(coordinator, OWN, 0, now)
        (event,) = await db.fetch("SELECT action, changes FROM core_audit_event")
        assert event["action"] == "wording.saved"
        assert OWN in str(event["changes"])

    async def test_is_listed_with_all_others_in_one_statement(
        self, coordinator: Principal, now: datetime
    ) -> None:
        await save(coordinator, OWN, 0, now)
        await save(coordinator, "Autre : {{items}}", 1, now)
        with db.count_statements() as sent:
            listed = await list_wordings()
        assert len(sent) == 1
        assert [each.text for each in listed if each.is_own] == ["Autre : {{items}}"]


class TestIsRefused:
    @pytest.mark.parametrize(
        ("text", "code", "numbers"),
        [
            ("À rapporter\r\n le {{duo}}", "notifications.placeholder-unknown", [2, 5]),
            ("À rapporter {{due", "notifications.placeholder-unclosed", [1, 13]),
            ("x" * 2000, "notifications.wording-too-long", [2000, 612]),
            (" ", "notifications.wording-empty", []),
        ],
    )
    async def test_what_cannot_be_used(
        self, coordinator: Principal, now: datetime, text: str, code: str, numbers: list[int]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await save(coordinator, text, 0, now)
        (error,) = refused.value.errors
        assert (error.field, error.code) == ("text", code)
        assert [int(each) for each in re.findall(r"\d+", error.message)] == numbers
        assert (await read_wording_view(KEY)).version == 0

    async def test_what_somebody_else_changed(self, coordinator: Principal, now: datetime) -> None:
        await save(coordinator, OWN, 0, now)
        with pytest.raises(WordingChanged):
            await save(coordinator, "Autre", 0, now)

    async def test_one_of_two_at_the_same_moment(
        self, coordinator: Principal, now: datetime
    ) -> None:
        done = await asyncio.gather(
            *(save(coordinator, f"Texte {each}", 0, now) for each in range(4)),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in done) == [
            "NoneType",
            *["WordingChanged"] * 3,
        ]
        assert len(await saved(KEY, limit=9)) == 1

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
    async def test_who_does_not_answer_for_all_sites(
        self, database: Any, now: datetime, role: Role
    ) -> None:
        actor = await make.principal(role, (await make.site()).id)
        with pytest.raises(AllSitesNeeded):
            await save(actor, OWN, 0, now)

    @pytest.mark.parametrize("key", [Key("no", "fr", Form.USUAL), Key("thanks", "es", Form.USUAL)])
    async def test_a_kind_or_language_that_there_is_not(
        self, coordinator: Principal, now: datetime, key: Key
    ) -> None:
        with pytest.raises(WordingNotFound):
            await save(coordinator, OWN, 0, now, key)


async def test_a_reminder_is_in_the_words_of_the_place(
    coordinator: Principal,
) -> None:
    world = await World.made()
    await save(coordinator, OWN, 0, at("10-01 08:00"))
    person = await world.person()
    await world.loan(person)
    assert await sweep(now=at("10-08 08:00")) == 1
    (message,) = await written()
    assert message.text.startswith("Bonjour, pensez-y : ")
