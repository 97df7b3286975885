"""Another time zone or canton of a site: looked at first, then what is due moves with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import audit, clock, events
from comptoir.core.audit.sentences import tell
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.lending.closures import announcements, told
from comptoir.lending.closures.causes import MoveCause
from comptoir.lending.closures.preview import KIND, DueDatesPreview
from comptoir.lending.events import BorrowerDueDatesMoved, DueDateMoved
from comptoir.sites import queries
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.opening_hours import Times
from comptoir.sites.schemas import SaveSite
from comptoir.sites.services import edit_site, preview_site
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.api_desk import program
from tests.lending.closing import DUE, FRIDAY, Closing, at, due_of
from tests.lending.counter import Desk

#: A Tuesday on which Valais rests, and Vaud works.
IMMACULATE = date(2026, 12, 8)
DAY_AFTER = at(date(2026, 12, 9))


async def known(site_id: UUID, **values: Any) -> tuple[SaveSite, int]:
    """A site as it is but for these values, and its version."""
    site = await queries.site(site_id)
    fields = {field: getattr(site, field) for field in SaveSite.__struct_fields__}
    return SaveSite(**fields | {"organisation": site.organisation.id} | values), site.version


async def change(closure: Closing, seen: str = "", **values: Any) -> None:
    command, version = await known(closure.site, **values)
    await edit_site(
        closure.actor, closure.site, command, version=version, seen=seen, now=closure.now
    )


async def look(closure: Closing, **values: Any) -> Preview:
    command, _ = await known(closure.site, **values)
    return await preview_site(closure.actor, closure.site, command, now=closure.now)


def dues(preview: Preview) -> DueDatesPreview | None:
    found = [each.data for each in preview.consequences if each.kind == KIND]
    assert all(isinstance(each, DueDatesPreview) for each in found)
    return found[0] if found else None  # type: ignore[return-value]


async def test_look_at_another_canton_says_what_its_holidays_move_and_does_nothing(
    closure: Closing,
) -> None:
    await change(closure, region="VD")
    loan = await closure.loan(at(IMMACULATE))
    await closure.loan(at(IMMACULATE), borrower_id=(await make.borrower(contact_kind="letter")).id)
    found = dues(await look(closure, region="VS"))
    assert found is not None
    assert (found.loans, found.people, found.unreachable) == (2, 2, {"letter": 1, "none": 1})
    assert [(day.before, day.after) for day in found.days] == [(IMMACULATE, DAY_AFTER)]
    assert await due_of(loan) == at(IMMACULATE)
    assert (await look(closure, region="GE")).consequences == ()
    assert (await look(closure, name="Comptoir de Romont")).consequences == ()


async def test_look_counts_the_shifts_on_holidays_to_come(closure: Closing) -> None:
    await change(closure, region="VD")
    person = await make.user(role=Role.RECEPTION, site_id=closure.site)
    await make.shift(site_id=closure.site, user_id=person.id, day=IMMACULATE)
    [found] = (await look(closure, region="VS")).consequences
    assert (found.kind, found.count, found.happens) == ("shifts", 1, False)


async def test_look_at_another_time_zone_and_back(closure: Closing) -> None:
    loan = await closure.loan()
    seen = await look(closure, time_zone="Europe/Helsinki")
    found = dues(seen)
    assert found is not None
    # 17:00 in Fribourg is 18:00 there, when the door is shut; it shuts at 16:00 of Fribourg.
    assert [(day.after, day.back) for day in found.days] == [(at(FRIDAY.date(), 16), False)]
    # Told by the clock that will hang there.
    assert [day.after.hour for day in found.days] == [17]
    assert await due_of(loan) == DUE
    await change(closure, seen=seen.seen, time_zone="Europe/Helsinki")
    assert await due_of(loan) == at(FRIDAY.date(), 16)
    back = dues(await look(closure, time_zone="Europe/Zurich"))
    assert back is not None
    assert [(day.after, day.back) for day in back.days] == [(DUE, True)]


async def test_what_was_looked_at_is_what_happens(closure: Closing) -> None:
    await change(closure, region="VD")
    loan = await closure.loan(at(IMMACULATE))
    seen = (await look(closure, region="VS")).seen
    late = await closure.loan(at(IMMACULATE))
    for region in ("VS", "TI"):
        with pytest.raises(PreviewOutdated):
            await change(closure, seen=seen, region=region)
    assert (await queries.site(closure.site)).region == "VD"
    await change(closure, seen=(await look(closure, region="VS")).seen, region="VS")
    assert (await due_of(loan), await due_of(late)) == (DAY_AFTER, DAY_AFTER)


async def test_reception_looks_at_no_change(closure: Closing) -> None:
    command, _ = await known(closure.site, region="VD")
    with pytest.raises(SitesForbidden):
        await preview_site(closure.desk.actor, closure.site, command, now=closure.now)


@pytest.mark.parametrize(
    ("values", "cause", "text"),
    [
        ({"time_zone": "Europe/Helsinki"}, "time-zone", "Time zone changed"),
        ({"region": "VS"}, "holidays", "Public holidays changed"),
        (
            {"region": "VS", "time_zone": "Europe/Helsinki"},
            "place",
            "Time zone and public holidays changed",
        ),
    ],
)
async def test_each_change_is_named_in_the_event_the_list_the_desk_and_the_timeline(
    closure: Closing, values: dict[str, str], cause: str, text: str
) -> None:
    await change(closure, region="VD")
    loan = await closure.loan(at(IMMACULATE))
    heard: list[MoveCause] = []

    async def hear(event: DueDateMoved | BorrowerDueDatesMoved) -> None:
        heard.append(event.cause)

    events.subscribe(DueDateMoved, hear)
    events.subscribe(BorrowerDueDatesMoved, hear)
    await change(closure, **values)
    assert heard == [cause, cause]
    await named(closure, loan, cause, text)


async def test_a_withdrawn_opening_is_named_as_such(closure: Closing) -> None:
    sunday = date(2026, 11, 29)
    opening = await closure.announce(
        first_day=sunday,
        last_day=sunday,
        kind=ExceptionKind.OPEN,
        hours=(Times(9 * 60, 12 * 60),),
    )
    loan = await closure.loan(at(sunday, 12))
    await closure.withdraw(opening.ids[0])
    await named(closure, loan, "withdrawal", "Announcement withdrawn")


async def named(closure: Closing, loan: UUID, cause: str, text: str) -> None:
    [listed] = await announcements.announced_at(closure.site, since=closure.now)
    assert listed.cause == cause
    with use_language("en"):
        assert listed.why == text
        [untold] = await told.untold(closure.desk.actor, closure.desk.borrower.id)
        assert [each.cause for each in untold.loans] == [text]
        [(event_id, entry)] = await audit.timeline(loan)
        assert entry.changes["cause"] == cause
        assert tell(event_id, entry, {}).text.endswith(f" {text}.")


#: In Zurich half past four in the afternoon, of a Wednesday to come.
AFTERNOON = datetime.combine(
    clock.now().date() + timedelta(days=16 - clock.now().date().weekday()), time(15, 30), UTC
)


@pytest.fixture
async def loan(desk: Desk) -> UUID:
    made = await make.loan(
        item=desk.item, borrower_id=desk.borrower.id, now=clock.now(), due_at=AFTERNOON
    )
    return UUID(str(made.id))


@pytest.fixture
async def coordinator(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        user = await make.user(role=Role.COORDINATOR, site_id=desk.site.id, language="en")
        await sign_in(client, user, site_id=desk.site.id)
        yield client


def form_of(desk: Desk, **values: str) -> dict[str, str]:
    return {
        "organisation": str(desk.site.organisation),
        "name": "Comptoir de Fribourg",
        "city": "Fribourg",
        "country": "CH",
        "time_zone": "Asia/Tokyo",
        "language": "fr",
        "version": "1",
        **values,
    }


async def test_the_page_shows_what_moves_before_a_site_is_saved(
    coordinator: AsyncClient, desk: Desk, loan: UUID
) -> None:
    path = f"/settings/sites/{desk.site.id}"
    shown = await coordinator.post(path, data=form_of(desk))
    assert shown.status_code == 200
    assert "1 loan moves" in shown.text
    assert (await queries.site(desk.site.id)).time_zone == "Europe/Zurich"
    outdated = await coordinator.post(path, data=form_of(desk, seen="of another day"))
    assert "Not saved yet" in outdated.text
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', shown.text)
    # What was changed below the preview is another change.
    other = await coordinator.post(path, data=form_of(desk, seen=seen, time_zone="Asia/Seoul"))
    assert "Not saved yet" in other.text
    saved = await coordinator.post(path, data=form_of(desk, seen=seen))
    assert (saved.status_code, saved.headers["location"]) == (303, f"{path}/days")
    assert await due_of(loan) != AFTERNOON
    days = await coordinator.get(f"{path}/days")
    assert "Time zone changed" in days.text


async def test_another_clock_that_moves_nothing_is_said(
    coordinator: AsyncClient, desk: Desk
) -> None:
    path = f"/settings/sites/{desk.site.id}"
    assert (await coordinator.post(path, data=form_of(desk))).status_code == 303
    assert "goes by the clock of Asia/Tokyo now." in (await coordinator.get("/settings/sites")).text
    await coordinator.post(path, data=form_of(desk, version="2"))
    assert "goes by the clock" not in (await coordinator.get("/settings/sites")).text


async def test_a_program_looks_at_a_site_and_changes_it(desk: Desk, loan: UUID) -> None:
    command = form_of(desk)
    del command["version"]
    path = f"/api/v1/sites/{desk.site.id}"
    async with program("settings", "borrowers") as client:
        preview = (await client.post(f"{path}/preview", json=command)).json()
        assert (preview["loans"], preview["people"], preview["unreachable"]) == (1, 1, {"none": 1})
        [moving] = preview["moving"]
        headers = {"If-Match": '"1"'}
        outdated = await client.put(path, json=command, headers=headers, params={"seen": "0" * 64})
        assert outdated.json()["code"] == "sites.preview-outdated"
        seen = {"seen": preview["seen"]}
        answer = await client.put(path, json=command, headers=headers, params=seen)
        assert answer.status_code == 200
        assert await due_of(loan) == datetime.fromisoformat(moving["moved_to"])
        [line] = (await client.get("/api/v1/announcements")).json()["items"]
        assert (line["cause"], line["loans"]) == ("time-zone", 1)
