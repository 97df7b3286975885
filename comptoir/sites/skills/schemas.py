"""Commands and views of languages and competences."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import example


class Competence(msgspec.Struct, frozen=True):
    """Something that not everybody can do, named by language (``fr``, ``de``, ``it``, ``en``)."""

    id: UUID
    names: dict[str, str]
    version: int


class SaveCompetence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A competence as it shall be called; one language at least."""

    names: dict[str, str]


class Skill(msgspec.Struct, frozen=True, order=True):
    """A language (ISO 639) that somebody speaks, or a competence: one of the two.

    ``shown``: the public may know that somebody at the site does, and never who.
    """

    language: Annotated[str, example("pt")] = ""
    competence: Annotated[UUID | None, example(None)] = None
    shown: bool = False


class SaveSkills(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that somebody speaks and can do; what is left out is taken away."""

    skills: Annotated[tuple[Skill, ...], msgspec.Meta(max_length=100)]


class Skills(msgspec.Struct, frozen=True):
    """What somebody speaks and can do, as rules ask for it."""

    languages: frozenset[str] = frozenset()
    competences: frozenset[UUID] = frozenset()

    def meet(self, language: str, competence: UUID | None) -> bool:
        """True if the language and the competence are among them; empty asks for none."""
        return (not language or language in self.languages) and (
            competence is None or competence in self.competences
        )


class PublicSkills(msgspec.Struct, frozen=True):
    """What the public may know of a site's people: languages, and competences by name."""

    languages: tuple[str, ...]
    competences: tuple[dict[str, str], ...]
