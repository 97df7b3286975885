"""Where the mistakes of a wording stand in it."""

from __future__ import annotations

from collections.abc import Collection

from comptoir.notifications.placeholders import ProblemCode, Wording, read

_OF_THE_WHOLE = {ProblemCode.EMPTY, ProblemCode.TOO_LONG}


def marked(text: str, names: Collection[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each wrong or not; none where nothing of it is wrong."""
    found = read(text, names)
    if isinstance(found, Wording):
        return []
    pieces: list[tuple[str, bool]] = []
    end = 0
    for problem in found:
        if problem.code in _OF_THE_WHOLE or problem.position < end:
            continue
        pieces.append((text[end : problem.position], False))
        end = problem.position + max(1, len(problem.found))
        pieces.append((text[problem.position : end], True))
    return [*pieces, (text[end:], False)] if pieces else []
