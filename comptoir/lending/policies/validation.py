"""What may be wrong with a policy as entered: values in, errors out."""

from __future__ import annotations

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.lending.due_dates import LONGEST, DueMode
from comptoir.lending.policies.schemas import SavePolicy

#: The longest use on site, in hours.
LONGEST_ON_SITE = 24
MOST_RENEWALS = 50
HIGHEST_LIMIT = 100


def policy_errors(command: SavePolicy) -> list[FieldError]:
    """Everything wrong with a policy, field by field."""
    on_site = command.mode is DueMode.ON_SITE
    longest = LONGEST_ON_SITE if on_site else LONGEST
    ranges = (
        ("length", command.length, 0 if on_site else 1, longest),
        ("renewals", command.renewals, 0, MOST_RENEWALS),
        ("renewal_length", command.renewal_length, 0, longest),
        ("limit_person", command.limit_person, 1, HIGHEST_LIMIT),
        ("limit_household", command.limit_household, 1, HIGHEST_LIMIT),
    )
    errors = [
        out_of_range(field, least, most)
        for field, value, least, most in ranges
        if value is not None and not least <= value <= most
    ]
    if (
        not errors
        and command.limit_person is not None
        and command.limit_household is not None
        and command.limit_household < command.limit_person
    ):
        errors.append(
            FieldError(
                "limit_household",
                "lending.household-limit-too-low",
                _("A household may have at least as many as one person: correct one of the two."),
            )
        )
    return errors


def out_of_range(field: str, least: int, most: int) -> FieldError:
    """A number that is none, or too small or too large."""
    return FieldError(
        field,
        f"lending.{field.replace('_', '-')}-invalid",
        _("Enter a whole number from %(least)s to %(most)s.", least=least, most=most),
    )
