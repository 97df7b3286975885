"""What an answer repeats of another text: it says nothing of its own.

A telephone that "likes" a text message sends ``A aimé « … Répondez PROLONGER. STOP = plus aucun
SMS. »``; others put what they answer to below it, or send it back. None of the words in there is
its writer's.
"""

from __future__ import annotations

import re
from functools import cache

from comptoir.core.i18n import LANGUAGES
from comptoir.notifications.texts import language_file

#: So long is what is quoted; a single word in quotation marks is meant.
_SHORTEST = 20
#: To its end, or that of the text: some telephones cut it.
_QUOTED = re.compile(rf"[«“„\"]([^»”“\"]{{{_SHORTEST},}})(?:[»”“\"]|$)")
_BELOW = re.compile(r"^\s*>.*$", re.MULTILINE)


def without_quotes(text: str) -> str:
    """The text (NFKC) without what it quotes, and without the sentences that we end ours with."""
    text = _QUOTED.sub(" ", _BELOW.sub(" ", text))
    return _our_sentences().sub(" ", text)


@cache
def _our_sentences() -> re.Pattern[str]:
    """How to answer, as it stands in our messages, up to what differs from place to place."""
    sentences = set()
    for language in LANGUAGES:
        said = language_file(language).phrases
        for text in (said.renew, said.help, said.stop, said.stop_in_person):
            sentences.add(text.partition("{{")[0].strip())
    patterns = (
        r"\s+".join(re.escape(word) for word in text.split())
        for text in sorted(sentences, key=len, reverse=True)
        if len(text.split()) > 2
    )
    return re.compile("|".join(patterns), re.IGNORECASE)
