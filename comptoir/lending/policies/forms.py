"""What the forms about policies and groups send, read into commands."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import Version
from comptoir.lending.due_dates import LONGEST, DueMode
from comptoir.lending.policies.schemas import GroupView, PolicyView, SaveGroup, SavePolicy
from comptoir.lending.policies.services import NEW
from comptoir.lending.policies.validation import HIGHEST_LIMIT, MOST_RENEWALS, out_of_range
from comptoir.lending.rules import Signature

#: Where things may be brought back, as the form calls it.
ANYWHERE, WHERE_LENT = "anywhere", "where-lent"


class PolicyForm(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's form, as sent or to be shown; an empty limit is none."""

    version: str = str(NEW)
    mode: str = DueMode.CALENDAR_DAYS_NEXT_OPEN.value
    length: str = "14"
    renewals: str = "0"
    renewal_length: str = ""
    limit_person: str = ""
    limit_household: str = ""
    signature: str = Signature.NONE.value
    returns: str = ANYWHERE

    @property
    def seen(self) -> int:
        """The version that was read."""
        return _number(self.version) or NEW

    def command(self, category: UUID, group: UUID | None) -> SavePolicy:
        """The policy as the form says.

        Raises:
            Invalid: a choice or a number is none.
        """
        errors: list[FieldError] = []
        numbers: dict[str, int | None] = {}
        for field, least, most in (
            ("length", 0, LONGEST),
            ("renewals", 0, MOST_RENEWALS),
            ("renewal_length", 0, LONGEST),
            ("limit_person", 1, HIGHEST_LIMIT),
            ("limit_household", 1, HIGHEST_LIMIT),
        ):
            text = getattr(self, field).strip()
            numbers[field] = _number(text)
            needed = field == "length"
            if numbers[field] is None and (text or needed):
                errors.append(out_of_range(field, least, most))
        for choice, choices in (("mode", DueMode), ("signature", Signature)):
            if getattr(self, choice) not in [each.value for each in choices]:
                errors.append(
                    FieldError(choice, f"lending.{choice}-unknown", _("Choose one of these."))
                )
        if self.returns not in (ANYWHERE, WHERE_LENT):
            errors.append(
                FieldError("returns", "lending.returns-unknown", _("Choose one of these."))
            )
        if errors:
            raise Invalid(errors)
        return SavePolicy(
            category=category,
            group=group,
            mode=DueMode(self.mode),
            length=numbers["length"] or 0,
            renewals=numbers["renewals"] or 0,
            renewal_length=numbers["renewal_length"] or 0,
            limit_person=numbers["limit_person"],
            limit_household=numbers["limit_household"],
            signature=Signature(self.signature),
            returns_elsewhere=self.returns == ANYWHERE,
        )


def form_of(policy: PolicyView | None) -> PolicyForm:
    """The form as it is shown for a policy, or for one to be made."""
    if policy is None:
        return PolicyForm()
    return PolicyForm(
        version=str(policy.version),
        mode=policy.mode.value,
        length=str(policy.length),
        renewals=str(policy.renewals),
        renewal_length=str(policy.renewal_length or ""),
        limit_person=str(policy.limit_person or ""),
        limit_household=str(policy.limit_household or ""),
        signature=policy.signature.value,
        returns=ANYWHERE if policy.returns_elsewhere else WHERE_LENT,
    )


class GroupForm(msgspec.Struct, frozen=True):
    """A group's names, one field a language."""

    version: Version = NEW
    name_fr: str = ""
    name_de: str = ""
    name_it: str = ""
    name_en: str = ""

    def command(self) -> SaveGroup:
        """The group as the form says."""
        names = {
            language: " ".join(getattr(self, f"name_{language}").split()) for language in LANGUAGES
        }
        return SaveGroup({language: name for language, name in names.items() if name})

    @classmethod
    def of(cls, group: GroupView) -> GroupForm:
        """The form as it is shown for a group."""
        names = {f"name_{language}": group.names.get(language, "") for language in LANGUAGES}
        return cls(version=group.version, **names)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
