"""The default wordings: all there, short, and telling little to who reads along."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import product
from pathlib import Path

import msgspec
import pytest

from comptoir.core.i18n import LANGUAGES
from comptoir.notifications import texts
from comptoir.notifications.gsm7 import is_gsm7
from comptoir.notifications.kinds import (
    ANSWERS,
    BY_HAND,
    KINDS,
    NAMES,
    Matter,
    kinds_about,
)
from comptoir.notifications.links.tokens import STAND_IN
from comptoir.notifications.placeholders import Wording, read
from comptoir.notifications.reminders.plans import CALL, OF_MOVES
from comptoir.notifications.replies import Wish, read_reply
from comptoir.notifications.segments import split
from comptoir.notifications.texts import default_text, default_wording, language_file, subject_of
from comptoir.notifications.values import (
    Facts,
    Form,
    Thing,
    example_facts,
    message_text,
    things_words,
    values,
    within_sentence,
)
from comptoir.sites.opening_hours import Span
from tests.sites.calendars import ZURICH, WeeklyHours, at, office

NOW = at(date(2026, 11, 24), time(19))  # a Tuesday evening
MORNINGS = WeeklyHours(ZURICH, tuple(Span(day, 9 * 60, 12 * 60) for day in range(5)))
every_text = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in KINDS for language in LANGUAGES]
)


def message(
    kind: str,
    language: str,
    facts: Facts | None = None,
    *,
    barest: bool = False,
    several: bool = False,
) -> str:
    facts = facts or example_facts(language, MORNINGS, now=NOW, several=several)
    full = facts.form is not Form.TEXT
    wording = default_wording(kind, language, barest=barest, full=full)
    return message_text(wording, facts, language, now=NOW)


def test_each_language_has_each_kind_and_no_other() -> None:
    assert {path.stem for path in Path(texts.__file__).with_name("wordings").glob("*.toml")} == set(
        LANGUAGES
    )
    for language in LANGUAGES:
        assert list(language_file(language).kinds) == list(KINDS)


def test_kinds_use_known_names_and_each_name_has_a_value() -> None:
    assert set().union(*(kind.names for kind in KINDS.values())) == set(NAMES)
    found = values(example_facts("fr", office(), now=NOW, several=True), "fr", NAMES, now=NOW)
    assert set(found) == set(NAMES)


@every_text
@pytest.mark.parametrize("barest", [False, True])
def test_a_wording_is_sound_and_in_the_alphabet(kind: str, language: str, barest: bool) -> None:
    text = default_text(kind, language, barest=barest)
    assert isinstance(read(text, KINDS[kind].names), Wording)
    # Braces cost two each, and are gone when it is sent.
    assert is_gsm7(text)


@every_text
def test_where_no_sign_costs_a_message_is_said_in_full(kind: str, language: str) -> None:
    text, full = (default_text(kind, language, full=each) for each in (False, True))
    assert isinstance(read(full, KINDS[kind].names, texted=False), Wording)
    # Nobody writes an answer or a call's script but in one way.
    assert (full == text) is (kind == _SPOKEN or kind.startswith("answer-"))
    assert len(full) >= len(text)
    assert default_wording(kind, language, barest=True, full=True) == default_wording(
        kind, language, barest=True
    )


#: What is said on the phone has no parts to count.
_SPOKEN = "overdue-call"
#: These name two dates, or what to do besides.
_TWO_PARTS = {"date-moved", "date-back"}
_LINKED = {"due-soon", "due-today", "overdue-1", "overdue-2", "overdue-3", "welcome", *_TWO_PARTS}


@every_text
def test_with_one_thing_it_is_one_part(kind: str, language: str) -> None:
    if kind == _SPOKEN:
        return
    said = message(kind, language)
    assert len(split(said).parts) <= (2 if kind in _TWO_PARTS else 1), (len(said), said)


@every_text
def test_with_a_link_it_is_two_parts(kind: str, language: str) -> None:
    facts = msgspec.structs.replace(
        example_facts(language, MORNINGS, now=NOW, several=False),
        link=f"https://pret.example.org{STAND_IN}",
    )
    said = message(kind, language, facts)
    assert said.endswith(STAND_IN) is (kind in _LINKED)
    assert len(split(said).parts) <= 2, (len(said), said)


@every_text
@pytest.mark.parametrize("barest", [False, True])
@pytest.mark.parametrize("is_two_way", [False, True])
def test_with_long_names_and_dates_it_is_two_parts(
    kind: str, language: str, barest: bool, is_two_way: bool
) -> None:
    if kind == _SPOKEN:
        return
    due = at(date(2027, 9, 1), time(17, 30))
    facts = Facts(
        place="Point numérique Bulle",
        calendar=office(),
        things=[Thing(f"ordinateur portable {number}", due) for number in range(2)],
        due_at=due,
        was_due=at(date(2027, 8, 25), time(17, 30)),
        is_two_way=is_two_way,
        phone="+41 26 555 01 10",
    )
    said = message(kind, language, facts, barest=barest)
    assert len(split(said).parts) <= 2, (len(said), said)


@every_text
def test_the_barest_form_names_neither_place_nor_things(kind: str, language: str) -> None:
    used = default_wording(kind, language, barest=True).names()
    assert not used & {"place", "items", "link", "phone"}


@every_text
def test_the_usual_form_says_where_and_how_to_answer_or_stop(kind: str, language: str) -> None:
    used = default_wording(kind, language).names()
    if kind == "answer-not-me":
        assert used == set()  # a stranger reads it
        return
    assert used & {"place", "change"}
    assert ("hours" if kind == "answer-hours" else "opening") in used
    if not kind.startswith("answer-") and kind != _SPOKEN:
        assert "stop" in used
        assert "stop" in default_wording(kind, language, barest=True).names()
    elif kind != "answer-stopped":  # that says how to begin again
        assert used & {"stop", "help", "phone"} or kind == _SPOKEN


_TELLING = re.compile(
    r"social|sozial|services? |aide |hospice|caritas|insertion|intégration|integration|chômage"
    r"|arbeitslos|disoccupa|assisten|assistance|welfare|benefit|prêt\b|loan|ausleih|prestit"
    r"|amende|sanction|strafe|busse|multa|fine\b|police|polizei|polizia|avertissement|mahnung",
    re.IGNORECASE,
)


@every_text
@pytest.mark.parametrize("barest", [False, True])
def test_who_reads_along_learns_nothing_of_social_services(
    kind: str, language: str, barest: bool
) -> None:
    for several in (False, True):
        facts = example_facts(language, MORNINGS, now=NOW, several=several)
        for form in Form:
            facts = msgspec.structs.replace(facts, form=form)
            said = message(kind, language, facts, barest=barest)
            assert not _TELLING.search(said), said


@every_text
def test_one_and_several_are_told_apart(kind: str, language: str) -> None:
    if "count" not in KINDS[kind].names or kind in ("thanks", "date-moved"):
        return
    one, several = (message(kind, language, barest=True, several=each) for each in (False, True))
    assert one != several


@every_text
@pytest.mark.parametrize("barest", [False, True])
def test_a_text_without_its_optional_parts_reads_well(
    kind: str, language: str, barest: bool
) -> None:
    due = NOW + timedelta(days=2)
    facts = Facts(
        place="Info",
        calendar=WeeklyHours(ZURICH),  # nobody has said when it opens
        things=[Thing("x")],
        due_at=due,
        was_due=due,
        is_renewable=False,
    )
    said = message(kind, language, facts, barest=barest)
    assert "  " not in said
    assert ".." not in said
    assert not re.search(r"[{}]|: ?\.|\(\)", said)
    assert said[-1] in ".?!"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_to_answer_with_are_understood(language: str) -> None:
    phrases = language_file(language).phrases
    for phrase, wish in (
        (phrases.renew, Wish.RENEW),
        (phrases.help, Wish.HELP),
        (phrases.stop, Wish.STOP),
        (default_text("answer-stopped", language, barest=True), Wish.START),
    ):
        [word] = re.findall(r"\b(?!SMS)[A-ZÄÖÜ]{4,}\b", phrase)
        assert read_reply(word).wish is wish


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sender_that_takes_no_answers_asks_for_none(language: str) -> None:
    facts = example_facts(language, MORNINGS, now=NOW, several=False)
    by_phone = Facts(place="Info", calendar=MORNINGS, phone=facts.phone, is_two_way=False)
    in_person = Facts(place="Info", calendar=MORNINGS, is_two_way=False)
    for each, named in ((by_phone, True), (in_person, False)):
        for name in ("stop", "help"):
            found = values(each, language, ["renew", name], now=NOW)
            assert found["renew"] == ""
            assert (facts.phone in found[name]) is named
            assert "STOP" not in found[name]


@every_text
@pytest.mark.parametrize("form", list(Form))
def test_the_phone_is_named_once(kind: str, language: str, form: Form) -> None:
    for barest, several, answers in product((False, True), repeat=3):
        facts = msgspec.structs.replace(
            example_facts(language, MORNINGS, now=NOW, several=several),
            form=form,
            is_two_way=answers,
        )
        said = message(kind, language, facts, barest=barest)
        assert said.count(facts.phone) <= 1, said
        if answers:
            assert kind in ("answer-hours", "answer-unknown") or facts.phone not in said
        elif kind != "answer-hours" and "stop" in (
            default_wording(kind, language, barest=barest).names()
        ):
            assert (facts.phone in said) is (form in (Form.TEXT, Form.MAIL)), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_may_name_its_phone_beside_how_to_stop(language: str) -> None:
    facts = example_facts(language, MORNINGS, now=NOW, several=False)
    facts = msgspec.structs.replace(facts, is_two_way=False)
    names = {"phone", "help", "stop"}
    for text in ("{{phone}}: {{help}} {{stop}}", "{{stop}} {{phone}}", "{{help}} {{phone}}"):
        wording = read(text, names)
        assert isinstance(wording, Wording)
        said = message_text(wording, facts, language, now=NOW)
        assert said.count(facts.phone) == 1
        assert len(said) > len(facts.phone) + 10  # and that one can call to stop
    # Help is said of several things only: how to stop is not lost with it.
    wording = read("{{one}}.{{many}}{{help}}{{end}} {{stop}}", names)
    assert isinstance(wording, Wording)
    assert facts.phone in message_text(wording, facts, language, now=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_day_and_other_hours_are_told_apart(language: str) -> None:
    phrases = language_file(language).phrases
    for day, phrase in ((27, phrases.other_hours), (28, phrases.closed)):  # Friday, Saturday
        was_due = at(date(2026, 11, day), time(12))
        facts = Facts(place="Info", calendar=MORNINGS, was_due=was_due)
        found = values(facts, language, ["change", "was_due"], now=NOW)
        said = phrase.replace("{{place}}", "Info").replace("{{day}}", found["was_due"])
        assert found["change"] == said


@every_text
@pytest.mark.parametrize("answers", [False, True])
def test_an_e_mail_speaks_of_no_text_message(kind: str, language: str, answers: bool) -> None:
    facts = example_facts(language, MORNINGS, now=NOW, several=True)
    facts = msgspec.structs.replace(facts, form=Form.MAIL, is_two_way=answers)
    for barest in (False, True):
        if not kind.startswith("answer-"):
            said = message(kind, language, facts, barest=barest)
            assert not re.search(r"SMS|STOP|text message", said), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_e_mail_keeps_the_letters_that_cost_in_a_text_message(language: str) -> None:
    thing = Thing("œuvre prêtée")
    by_email = Facts(place="Fête", calendar=MORNINGS, things=(thing,), form=Form.MAIL)
    found = values(by_email, language, {"items", "place"}, now=NOW)
    assert found == {"items": "œuvre prêtée", "place": "Fête"}


@every_text
def test_a_subject_is_short_and_names_nothing(kind: str, language: str) -> None:
    subject = subject_of(kind, language)
    assert 5 < len(subject) < 40
    assert "{" not in subject
    examples = language_file(language).examples
    assert examples.items not in subject
    assert examples.place not in subject


def test_a_loan_that_cannot_be_renewed_promises_nothing() -> None:
    facts = Facts(place="Info", calendar=MORNINGS, is_renewable=False)
    assert values(facts, "fr", ["renew"], now=NOW)["renew"] == ""


def test_things_are_counted_and_have_their_dates_where_these_differ() -> None:
    friday, monday = at(date(2026, 11, 27), time(12)), at(date(2026, 11, 30), time(12))

    def said(*things: Thing, dated: bool = False) -> str:
        return things_words(things, MORNINGS, "fr", now=NOW, dated=dated)

    mouse = Thing("souris", friday)
    assert said(Thing("câble", friday), mouse, mouse) == "cable, 2 x souris"
    assert said(Thing("clé", monday), mouse) == "souris (vendredi 12h), clé (lundi 12h)"
    assert said(mouse, dated=True) == "souris (vendredi 12h)"
    assert said(*(Thing(name, friday) for name in "abcdef")) == "a, b, c, +3"
    assert said(Thing("a", friday), Thing("b", monday), *[Thing("c")] * 2, Thing("d")) == (
        "a (vendredi 12h), b (lundi 12h), 2 x c, +1"
    )
    assert said() == ""


def test_what_is_brought_back_elsewhere_says_where() -> None:
    friday = at(date(2026, 11, 27), time(12))
    things = [Thing("clé", friday), Thing("souris", friday, "Bulle"), Thing("câble", friday)]
    said = things_words(things, MORNINGS, "fr", now=NOW)
    assert said == "clé, cable (vendredi 12h), souris (vendredi 12h, Bulle)"
    # The door of this place says nothing about that of another.
    sunday = Thing("souris", at(date(2026, 11, 29), time(12)), "Bulle")
    assert things_words([sunday], MORNINGS, "fr", now=NOW, dated=True) == (
        "souris (dimanche 12h, Bulle)"
    )


def test_no_time_is_told_of_a_day_on_which_the_door_is_shut() -> None:
    sunday = at(date(2026, 11, 29), time(23, 59))
    facts = Facts(
        place="Info",
        calendar=MORNINGS,
        things=[Thing("clé", sunday)],
        due_at=sunday,
        is_two_way=False,
    )
    for language, said in {
        "fr": "dimanche (fermé)",
        "de": "Sonntag (geschlossen)",
        "it": "domenica (chiuso)",
        "en": "Sunday (closed)",
    }.items():
        assert values(facts, language, ["due"], now=NOW)["due"] == said
        assert "23" not in message("due-soon", language, facts)
    assert values(facts, "fr", ["dates"], now=NOW)["dates"] == "clé (dimanche, fermé)"


def test_what_is_due_later_is_a_sentence_of_its_own() -> None:
    later = Thing("souris", at(date(2026, 11, 30), time(12)))
    facts = Facts(place="Info", calendar=MORNINGS, things=[Thing("clé")], also=[later])
    assert values(facts, "fr", ["also"], now=NOW)["also"] == "Et plus tard : souris (lundi 12h)."
    assert values(facts, "de", ["also"], now=NOW)["also"] == "Und später: souris (Montag 12 Uhr)."


def test_a_friday_in_french() -> None:
    facts = Facts(
        place="Espace Info",
        calendar=MORNINGS,
        things=[Thing("ordinateur portable")],
        due_at=at(date(2026, 11, 27), time(17)),
    )
    assert message("due-soon", "fr", facts) == (
        "Bonjour, merci de rapporter d'ici vendredi 17h : ordinateur portable. "
        "Espace Info : demain 9h-12h. "
        "Prolonger ? Répondez PROLONGER. STOP = plus aucun SMS."
    )
    assert message("due-soon", "en", facts, barest=True) == (
        "Please bring back a thing by Friday 17:00. "
        "To keep it longer, answer RENEW. STOP = no more texts."
    )


def test_where_no_sign_costs_a_message_has_the_signs_of_print() -> None:
    facts = Facts(
        place="Espace Info",
        calendar=MORNINGS,
        things=[Thing("clé")],
        due_at=at(date(2026, 11, 24), time(21)),
    )
    assert "aujourd'hui 21h au plus tard : clé" in message("due-today", "fr", facts)
    for form in (Form.MAIL, Form.SPOKEN):
        said = message("due-today", "fr", msgspec.structs.replace(facts, form=form))
        assert "Bonjour, ici Espace Info." in said
        assert "aujourd’hui 21\u00a0h au plus tard" in said
        assert "demain 9\u00a0h\u00a0–\u2060\u00a012\u00a0h" in said
        assert "'" not in said


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("Ordinateur portable", "fr", "ordinateur portable"),
        ("Écran", "fr", "écran"),
        ("Laptop", "en", "laptop"),
        ("Computer portatile", "it", "computer portatile"),
        ("Laptop", "de", "Laptop"),
        ("PC", "fr", "PC"),
        ("Wi-Fi", "fr", "Wi-Fi"),
        ("MacBook Air", "en", "MacBook Air"),
        ("E", "fr", "E"),
        ("", "fr", ""),
    ],
)
def test_a_name_in_a_sentence_is_no_title(name: str, language: str, said: str) -> None:
    assert within_sentence(name, language) == said


def test_each_kind_is_about_one_matter() -> None:
    found = [kind for matter in Matter for kind in kinds_about(matter)]
    assert sorted(found) == sorted(KINDS)
    assert {*kinds_about(Matter.MOVE)} == {*OF_MOVES}
    assert {CALL} < {*kinds_about(Matter.OVERDUE)}
    assert BY_HAND in ANSWERS
