"""The loan agreement as the borrower gets it."""

from __future__ import annotations

import gettext
import math
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core import i18n
from comptoir.core.i18n import LANGUAGES
from comptoir.lending.agreement_pdf import (
    AgreementDocument,
    AgreementItem,
    PaperSignature,
    ReturnPlace,
    Signature,
    TypedSignature,
    render_agreement,
)
from comptoir.lending.errors import SignatureRefused
from comptoir.lending.signatures import DrawnSignature
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from tests.paper import is_pdf_ua, opened, pictures, text_of

ZURICH = ZoneInfo("Europe/Zurich")
DUE = datetime(2026, 3, 12, 18, 0, tzinfo=ZURICH)
LAPTOP = AgreementItem(
    "Lenovo ThinkPad T14", "BCDFGHJK", DUE, "PF2X3YZ4", ("chargeur", "sac à dos")
)
PHONE = AgreementItem("Apple iPhone SE", "KGRXDBXT", datetime(2026, 4, 1, 12, 0, tzinfo=ZURICH))
PLACE = ReturnPlace(
    "Maison du Quai",
    ("Rue de la Sarine 3", "1700 Fribourg"),
    "Mo 09:00-12:00,13:30-18:00; Sa 10:00-24:00",
    "+41263001234",
    "pret@quai.example",
)
DRAWN = DrawnSignature(
    600, 200, (tuple((100 + 4 * n, 100 + 60 * math.sin(n)) for n in range(100)),)
)
SIGNATURES = [None, PaperSignature(), TypedSignature("Amina Haddad"), DRAWN]


def agreement(
    language: str = "fr",
    signature: Signature | None = None,
    items: tuple[AgreementItem, ...] = (LAPTOP,),
    place: ReturnPlace = PLACE,
    borrower: str = "Amina Haddad",
) -> AgreementDocument:
    return AgreementDocument(
        reference="2026-000123",
        language=language,
        organisation="Le Quai",
        borrower=borrower,
        made_at=datetime(2026, 3, 3, 10, 15, tzinfo=ZURICH),
        places=(place,),
        items=items,
        signature=signature,
    )


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_agreement_says_what_until_when_and_where(
    language: str, signature: Signature | None
) -> None:
    made = render_agreement(agreement(language, signature, (LAPTOP, PHONE)))
    assert is_pdf_ua(made)
    assert f"/Lang({language})".encode() in made
    text = text_of(made)
    for words in (
        *("Amina Haddad", "2026-000123", "Le Quai"),
        *("Lenovo ThinkPad T14", "BCDF-GHJK", "PF2X3YZ4", "chargeur, sac à dos"),
        *("Apple iPhone SE", "KGRX-DBXT", "18:00", "12:00"),
        *("Maison du Quai", "Rue de la Sarine 3", "1700 Fribourg"),
        *("09:00–12:00, 13:30–18:00", "10:00–24:00", "+41 26 300 12 34", "pret@quai.example"),
    ):
        assert words in text


def test_an_address_that_fits_its_line_is_read_aloud_and_copied_whole() -> None:
    email = "fribourg@passage-numerique.example"
    place = msgspec.structs.replace(PLACE, email=email)
    assert email in text_of(render_agreement(agreement(place=place)))


@pytest.mark.parametrize("name", ["محمد بن عبد الله", "فاطمه احمدی", "ሰላም ተስፋይ", "Amina محمد"])
def test_name_in_arabic_or_ethiopic_letters_can_be_read_and_searched(name: str) -> None:
    made = render_agreement(agreement("fr", TypedSignature(name), borrower=name))
    assert is_pdf_ua(made)
    assert text_of(made).count(name) == 2


def test_arabic_runs_from_the_right_and_joins_its_letters() -> None:
    joined, apart = (letters_of("محمد", joiner) for joiner in ("", "\u200c"))
    places = [left for left, _ in joined]
    assert places == sorted(places, reverse=True)
    assert (touching(joined), touching(apart)) == (3, 0)


def letters_of(name: str, joiner: str) -> list[tuple[float, float]]:
    """The left and right edge of each letter of a name on an agreement, in reading order."""
    with opened(render_agreement(agreement(borrower=joiner.join(name)))) as document:
        text = document[0].get_textpage()
        signs = [text.get_text_range(place, 1) for place in range(text.count_chars())]
        first = "".join(sign for sign in signs if sign != joiner).index(name)
        places = [place for place, sign in enumerate(signs) if sign != joiner]
        boxes = [text.get_charbox(place) for place in places[first : first + len(name)]]
    return [(left, right) for left, _, right, _ in boxes]


def touching(letters: list[tuple[float, float]]) -> int:
    """How many letters reach into the one before, to their right."""
    return sum(right >= left for (left, _), (_, right) in pairwise(letters))


@pytest.mark.parametrize(
    ("language", "due", "monday"),
    [
        ("fr", "jeudi 12 mars 2026", "Lundi"),
        ("de", "Donnerstag, 12. März 2026", "Montag"),
        ("it", "giovedì 12 marzo 2026", "Lunedì"),
        ("en", "12 March 2026", "Monday"),
    ],
)
def test_days_are_written_in_the_borrowers_language(language: str, due: str, monday: str) -> None:
    text = text_of(render_agreement(agreement(language)))
    assert due in text
    assert f"{monday} 09:00" in text


def test_no_time_is_told_of_a_day_on_which_the_door_is_shut() -> None:
    calendar = SiteCalendar(ZURICH, Hours.of(PLACE.opening_hours))
    place = msgspec.structs.replace(PLACE, calendar=calendar)
    sunday = datetime(2026, 3, 15, 23, 59, tzinfo=ZURICH)
    item = msgspec.structs.replace(LAPTOP, due_at=sunday)
    text = text_of(render_agreement(agreement("en", items=(item,), place=place)))
    assert "Sunday, 15 March 2026 (closed that day)" in text
    assert "23:59" not in text
    monday = msgspec.structs.replace(LAPTOP, due_at=datetime(2026, 3, 16, 18, tzinfo=ZURICH))
    text = text_of(render_agreement(agreement("en", items=(monday,), place=place)))
    assert "closed that day" not in text


def test_every_sentence_goes_through_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    class Marked(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return f"~{message}~"

    monkeypatch.setattr(i18n, "translations", lambda language: Marked())
    for signature in SIGNATURES:
        made = render_agreement(agreement("it", signature, (LAPTOP, PHONE)))
        outside = "".join(text_of(made).split("~")[::2])
        for english in ("borrow", "Bring", "Item", "Date", "closed", "Sign", "Page", "Code"):
            assert english not in outside


def test_one_date_for_all_stands_once_and_large() -> None:
    same = msgspec.structs.replace(PHONE, due_at=DUE)
    assert text_of(render_agreement(agreement(items=(LAPTOP, same)))).count("12 mars 2026") == 1
    assert text_of(render_agreement(agreement(items=(LAPTOP, PHONE)))).count("12 mars 2026") == 2


def test_drawn_signature_is_drawn() -> None:
    def ink(signature: Signature) -> int:
        (picture,) = pictures(render_agreement(agreement(signature=signature)))
        low = picture.crop((1100, 2300, 2400, 3150))
        return low.histogram()[0]

    assert ink(DRAWN) > ink(PaperSignature()) + 1000


def test_drawn_signature_has_a_text_for_those_who_cannot_see_it() -> None:
    made = render_agreement(agreement("en", DRAWN))
    assert b"/Alt(Signature of Amina Haddad)" in made


def test_bad_signature_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        render_agreement(agreement(signature=DrawnSignature(600, 200, (((1, 1),),))))


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda s: type(s).__name__)
def test_usual_agreement_is_one_page(signature: Signature | None) -> None:
    with opened(render_agreement(agreement("de", signature, (LAPTOP, PHONE)))) as document:
        assert len(document) == 1


def test_long_texts_stay_between_the_margins() -> None:
    long = AgreementItem("Donaudampfschifffahrt" * 5, "BCDFGHJK", DUE, "X" * 60, ("a" * 90,) * 4)
    place = ReturnPlace("Place " * 20, ("Street" * 20,), PLACE.opening_hours, "1" * 30, "x" * 100)
    items = (long, PHONE) * 10
    made = render_agreement(agreement("de", TypedSignature("Y" * 120), items, place))
    with opened(made) as document:
        assert len(document) > 1
        for page in document:
            words = page.get_textpage()
            for number in range(words.count_rects()):
                x0, y0, x1, y1 = (side / 72 * 25.4 for side in words.get_rect(number))
                assert 21 < x0 <= x1 < 189
                assert 10 < y0 <= y1 < 280


def test_place_without_hours_asks_to_call() -> None:
    place = ReturnPlace("Maison du Quai", ("Rue de la Sarine 3",))
    text = text_of(render_agreement(agreement("en", place=place)))
    assert "Monday" not in text


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("Mo 09:00-12:00", "You can come in person."),
        ('Mo 09:00-12:00; Tu 09:00-12:00 unknown "by appointment"', "For the hours by appointment"),
        ('Tu 09:00-12:00 unknown "by appointment"', "Call before you come."),
    ],
)
def test_whoever_needs_an_appointment_is_not_told_just_to_come(hours: str, said: str) -> None:
    calendar = SiteCalendar(zone=ZURICH, hours=Hours.of(hours), region="CH-FR")
    place = msgspec.structs.replace(PLACE, opening_hours=hours, calendar=calendar)
    text = text_of(render_agreement(agreement("en", PaperSignature(), place=place)))
    assert said in text
    assert ("You can come in person." in text) == ("unknown" not in hours)


def test_each_of_two_places_says_what_goes_there() -> None:
    other = ReturnPlace("Maison du Lac", ("Rue du Lac 1",), "Mo 10:00-12:00")
    elsewhere = msgspec.structs.replace(PHONE, place=1)
    document = msgspec.structs.replace(
        agreement("en", PaperSignature(), (LAPTOP, elsewhere)), places=(PLACE, other)
    )
    made = render_agreement(document)
    assert is_pdf_ua(made)
    text = text_of(made)
    assert text.count("Bring here:") == 2
    assert "Maison du Lac" in text


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_name_can_be_printed(name: str, other: str) -> None:
    document = msgspec.structs.replace(
        agreement(signature=TypedSignature(other)), borrower=name, organisation=other
    )
    assert "BCDF-GHJK" in text_of(render_agreement(document))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("items", [3, 5])
def test_a_signature_is_never_alone_on_a_page(language: str, items: int) -> None:
    week = "Mo-Fr 09:00-12:00,13:30-18:00"
    document = agreement(
        language,
        PaperSignature(),
        tuple([LAPTOP, PHONE][place % 2] for place in range(items)),
        msgspec.structs.replace(PLACE, opening_hours=week),
    )
    with i18n.use_language(language):
        trouble = i18n.gettext("If something happens")
    with opened(render_agreement(document)) as made:
        last = made[len(made) - 1].get_textpage().get_text_range()
    assert trouble in last
