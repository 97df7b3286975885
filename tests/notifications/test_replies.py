"""What answers are taken for, and that none is too odd to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.i18n import LANGUAGES
from comptoir.notifications import reply_words
from comptoir.notifications.replies import Reply, Wish, read_reply
from comptoir.notifications.texts import language_file
from tests.notifications.heard_replies import HEARD
from tests.notifications.reply_examples import EXAMPLES


@pytest.mark.parametrize(("text", "wish", "language"), EXAMPLES)
def test_an_answer_is_understood_or_left_to_a_person(
    text: str, wish: Wish, language: str | None
) -> None:
    assert read_reply(text) == Reply(wish, language)


@pytest.mark.parametrize("wish", HEARD)
def test_what_people_write_is_taken_as_a_kind_person_would(wish: Wish) -> None:
    texts = HEARD[wish].strip().splitlines()
    taken = {text: read_reply(text).wish for text in texts}
    assert {text: found for text, found in taken.items() if found is not wish} == {}


#: How telephones tell that somebody liked a text, or answer below it.
_REPEATING = [
    "A aimé « {} »",
    "Liked “{}”",
    "👍 à « {}",
    "Hat „{}“ mit „Gefällt mir“ markiert",
    'Ha messo "Mi piace" a "{}"',
    "> {}",
]


def ours(language: str) -> Iterator[tuple[str, str]]:
    """Each kind of message that goes out, and its text."""
    said = language_file(language)
    for kind, texts in said.kinds.items():
        text = texts.text
        for name in ("renew", "help", "stop"):
            text = text.replace(f"{{{{{name}}}}}", getattr(said.phrases, name))
        yield kind, re.sub(r"{{\w+}}", "9h-12h", text)


@pytest.mark.parametrize("around", _REPEATING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_ours_that_somebody_liked_asks_for_nothing(language: str, around: str) -> None:
    for kind, text in ours(language):
        assert read_reply(around.format(text)).wish is Wish.UNCLEAR, (kind, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_ours_that_is_sent_back_renews_and_stops_nothing(language: str) -> None:
    for kind, text in ours(language):
        wish = read_reply(text).wish
        assert wish in (Wish.UNCLEAR, Wish.HOURS) or kind == "answer-stopped", (kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "pas de souci, la carte marche",
        "kann nicht kommen, karte geht",
        "non posso venire, la carta funziona",
        "can't come, it works",
    ],
)
def test_that_something_works_beside_a_denial_is_read_by_a_person(text: str) -> None:
    assert read_reply(text).wish is Wish.UNCLEAR


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("PROLONGER\n> Bonjour, merci de rapporter. STOP = plus aucun SMS.", Wish.RENEW),
        ("prolonger svp. Prolonger ? Répondez PROLONGER.", Wish.RENEW),
        ('"STOP"', Wish.STOP),
        ("«prolonger»", Wish.RENEW),
        ("STOP", Wish.STOP),
        ("Liked “Bonjour, merci de rapporter d’ici vendredi : tablette. ST…", Wish.UNCLEAR),
    ],
)
def test_what_stands_beside_it_counts(text: str, wish: Wish) -> None:
    assert read_reply(text).wish is wish


def test_there_are_examples_of_each_wish_in_each_language() -> None:
    assert len(EXAMPLES) >= 150
    told = {(wish, language) for _, wish, language in EXAMPLES}
    assert told >= {(wish, language) for wish in Wish for language in LANGUAGES}


_WORDS = sorted(
    word
    for table in (reply_words.RENEW, reply_words.HOURS, reply_words.HELP, reply_words.START)
    for words in table.values()
    for word in words
)
keywords = st.sampled_from(_WORDS)


@given(st.lists(st.one_of(keywords, st.text(max_size=8)), max_size=12).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    reply = read_reply(text)
    assert reply.language is None or reply.language in LANGUAGES


@given(st.text(st.characters(), max_size=4000))
def test_any_characters_are_read(text: str) -> None:
    assert isinstance(read_reply(text), Reply)


@given(
    st.lists(keywords, max_size=4),
    st.lists(keywords, max_size=4),
    st.sampled_from(["STOP", "Stop"]),
)
def test_stop_wins_whatever_stands_around_it(
    before: list[str], behind: list[str], stop: str
) -> None:
    assert read_reply(" ".join([*before, stop + ".", *behind])).wish is Wish.STOP


@given(
    st.sampled_from(sorted(word for words in reply_words.RENEW.values() for word in words)),
    st.sampled_from(["ne pas {}", "nicht {}", "non {}", "don't {}", "{} nein", "{}? non merci"]),
)
def test_a_denied_renewal_goes_to_a_person(word: str, sentence: str) -> None:
    assert read_reply(sentence.format(word)).wish is Wish.UNCLEAR


_WHY = [
    "je ne peux pas venir vendredi, {}",
    "j'ai pas fini {}",
    "kann am Montag nicht, {}",
    "bin nid da. {}",
    "non posso venire, {}",
    "I can't make it, {}",
    "{}! je ne suis pas là",
]


@given(
    st.sampled_from(sorted(word for words in reply_words.RENEW.values() for word in words)),
    st.sampled_from(_WHY),
    st.sampled_from(["{} svp", "bitte {}", "{} 🙏"]),
)
def test_whoever_says_why_they_cannot_come_renews(word: str, why: str, wish: str) -> None:
    assert read_reply(why.format(wish.format(word))).wish is Wish.RENEW


@given(
    st.sampled_from(sorted(word for words in reply_words.RENEW.values() for word in words)),
    st.sampled_from(_WHY),
    st.sampled_from(["ne pas {}", "nicht {}", "non {}", "don't {}", "{} nei", "{} 👎", "{} ❌"]),
)
def test_whoever_cannot_come_and_denies_a_renewal_gets_none(
    word: str, why: str, denied: str
) -> None:
    assert read_reply(why.format(denied.format(word))).wish is Wish.UNCLEAR


@given(
    st.sampled_from(["prolonger", "verlangern", "proroga", "renew"]),
    st.sampled_from(["{}", "{}!", "🙏 {}", "{}\n", "«{}»"]),
    st.data(),
)
def test_capitals_and_signs_change_nothing(word: str, around: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.booleans(), min_size=len(word), max_size=len(word)))
    typed = "".join(
        letter.upper() if large else letter for letter, large in zip(word, drawn, strict=True)
    )
    assert read_reply(around.format(typed)).wish is Wish.RENEW
