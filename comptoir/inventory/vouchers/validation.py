"""What may be wrong with a kind, a batch or a voucher as entered: values in, errors out.

No error repeats a code.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.fields import year_errors
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line, clean_text
from comptoir.inventory.names import Names, names_errors, too_long
from comptoir.inventory.validation import CURRENCIES, HIGHEST_PRICE
from comptoir.inventory.vouchers.iccid import looks_like_iccid, read_iccid
from comptoir.inventory.vouchers.schemas import ChangeBatch, SaveKind, TakeIn
from comptoir.inventory.vouchers.sealing import Secret, fold
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.sites.validation import time_zones

LONGEST = {"operator": 80, "volume": 60, "dial": 60, "network": 32, "portal_url": 200}
LONGEST_BATCH = {"funder": 120, "order_number": 60}
LONGEST_INSTRUCTIONS = 1000
#: Ten years: whatever is valid for longer does not end by itself.
LONGEST_VALIDITY = 3650
LONGEST_CODE = 128
LONGEST_USER = 64
SHORTEST_CODE = 4
#: A password of WPA has so many characters (IEEE 802.11, annex J.4).
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 63
#: Where the code stands in what a phone dials.
CODE = "{code}"

_DIAL = re.compile(r"[0-9*#+]*\{code\}[0-9*#]*")
_DIGITS = re.compile(r"[0-9]+")
#: What a spreadsheet makes of a long number.
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE | re.ASCII)
#: What it calculates, or could not: a code may begin with an equals sign, but not so.
_FORMULA = re.compile(
    r"=[\s+-]*(\"|[0-9]|[a-z.]+\(|\$?[a-z]{1,3}\$?[0-9]+(\W|$))|#(REF!|NAME\?|VALUE!|NUM!|N/A|DIV/0!)",
    re.IGNORECASE,
)
#: Without braces: a code has no place in it.
_ADDRESS = re.compile(r"https://[!-z|~]{3,}", re.IGNORECASE)
_PIN = re.compile(r"[0-9]{4,8}")
_PUK = re.compile(r"[0-9]{8}")
_NUMBER = re.compile(r"\+?[0-9]{4,15}")
#: A server and what it knows the profile by, perhaps with more (GSMA SGP.22, section 4.1).
_LPA = re.compile(r"LPA:1\$[A-Za-z0-9.-]+\$[A-Za-z0-9-]*(\$[0-9.]*)?(\$1?)?", re.IGNORECASE)
#: Media that have what only a SIM has: a PIN, a PUK, a number.
_WITH_NUMBER = (Medium.SIM, Medium.ESIM)


def cleaned_kind(command: SaveKind) -> SaveKind:
    """The command with its texts as they are kept."""
    lines = {name: clean_line(getattr(command, name)) for name in LONGEST}
    return msgspec.structs.replace(
        command, **lines, instructions=clean_instructions(command.instructions)
    )


def clean_instructions(instructions: Names) -> Names:
    """Instructions as they are kept, without the empty ones."""
    texts = {language: clean_text(text) for language, text in instructions.items()}
    return {language: text for language, text in texts.items() if text}


def kind_errors(command: SaveKind) -> list[FieldError]:
    """What is wrong with a kind, field by field."""
    errors = names_errors(command.names, "names")
    errors += [
        too_long(field, most)
        for field, most in LONGEST.items()
        if len(getattr(command, field)) > most
    ]
    errors += _instruction_errors(command.instructions)
    if command.validity_days is not None and not 1 <= command.validity_days <= LONGEST_VALIDITY:
        message = _("Enter a number of days from 1 to %(most)s, or none.", most=LONGEST_VALIDITY)
        errors.append(FieldError("validity_days", "inventory.validity-invalid", message))
    if command.time_zone not in time_zones():
        message = _("Choose a time zone from the list.")
        errors.append(FieldError("time_zone", "inventory.time-zone-unknown", message))
    errors += _cost_errors(command.cost_cents, command.currency)
    return errors + _medium_errors(command)


def _instruction_errors(instructions: Names) -> list[FieldError]:
    unknown = sorted(set(instructions) - set(LANGUAGES))
    if unknown:
        message = _("Choose one of the languages.")
        return [FieldError(f"instructions.{unknown[0]}", "inventory.language-unknown", message)]
    return [
        too_long(f"instructions.{language}", LONGEST_INSTRUCTIONS)
        for language, text in instructions.items()
        if len(text) > LONGEST_INSTRUCTIONS
    ]


def _cost_errors(cost_cents: int | None, currency: str) -> list[FieldError]:
    errors = []
    if cost_cents is not None and not 0 <= cost_cents <= HIGHEST_PRICE:
        message = _("Enter a price from 0 to 1,000,000.")
        errors.append(FieldError("cost_cents", "inventory.price-invalid", message))
    if currency not in CURRENCIES:
        message = _("Choose CHF or EUR.")
        errors.append(FieldError("currency", "inventory.currency-unknown", message))
    return errors


def _medium_errors(command: SaveKind) -> list[FieldError]:
    """What only some media have."""
    errors = []
    if command.dial and command.medium is not Medium.TOP_UP:
        message = _("Only the code of a top-up is dialled. Leave this empty.")
        errors.append(FieldError("dial", "inventory.dial-unfit", message))
    elif command.dial and not _DIAL.fullmatch(command.dial):
        message = _(
            "Write what the phone dials, with %(code)s in place of the code. "
            "Example: *121*%(code)s#",
            code=CODE,
        )
        errors.append(FieldError("dial", "inventory.dial-invalid", message))
    if command.network and command.medium is not Medium.WIFI:
        message = _("Only a Wi-Fi code has a network. Leave this empty.")
        errors.append(FieldError("network", "inventory.network-unfit", message))
    if command.wifi_code is WifiCode.PASSWORD and command.medium is not Medium.WIFI:
        message = _("Only a Wi-Fi code can be the password of a network. Choose the other one.")
        errors.append(FieldError("wifi_code", "inventory.wifi-code-unfit", message))
    if command.portal_url and (
        command.medium is not Medium.WIFI or command.wifi_code is WifiCode.PASSWORD
    ):
        message = _("Only a Wi-Fi code that is typed on a page has one. Leave this empty.")
        errors.append(FieldError("portal_url", "inventory.portal-unfit", message))
    elif command.portal_url and not _ADDRESS.fullmatch(command.portal_url):
        message = _("Write the address of the page as the browser shows it, with https://.")
        errors.append(FieldError("portal_url", "inventory.portal-invalid", message))
    if command.by_sms and command.medium is Medium.SIM:
        message = _("A card cannot be sent by text message. Untick this.")
        errors.append(FieldError("by_sms", "inventory.by-sms-unfit", message))
    return errors


def batch_errors(
    command: TakeIn | ChangeBatch, *, today: date, kept: date | None = None
) -> list[FieldError]:
    """What is wrong with a batch. ``today`` is the operator's, ``kept`` the date it has already."""
    errors = [
        too_long(field, most)
        for field, most in LONGEST_BATCH.items()
        if len(getattr(command, field)) > most
    ]
    years = year_errors("activate_by", "inventory.day-invalid", command.activate_by)
    errors += years
    day = command.activate_by
    if not years and day is not None and day < today and day != kept:
        message = _("This date has passed: nobody can use these any more. Check the date.")
        errors.append(FieldError("activate_by", "inventory.batch-expired", message))
    return errors + _cost_errors(command.cost_cents, command.currency or CURRENCIES[0])


def cleaned_secret(secret: Secret, medium: Medium, dial: str = "") -> Secret:
    """A voucher as it is kept. What is no ICCID stays as it is, for ``secret_errors`` to say.

    ``dial`` is the kind's: a code that was printed with what is dialled around it loses that,
    or the same one could come in twice.
    """
    code = "".join(secret.code.split()) if medium is Medium.ESIM else secret.code.strip()
    if dial:
        before, after = dial.split(CODE)
        code = fold(code).removeprefix(before).removesuffix(after)
    if medium is Medium.SIM:
        code = read_iccid(code) or code
    digits = {name: _packed(getattr(secret, name)) for name in ("pin", "puk", "number")}
    return Secret(code=code, user=secret.user.strip(), **digits)


def secret_errors(
    secret: Secret, medium: Medium, dial: str = "", wifi_code: WifiCode = WifiCode.PORTAL
) -> list[FieldError]:
    """What is wrong with a voucher that was cleaned, field by field; the rest is the kind's."""
    errors = [*_code_errors(secret.code, medium, dial)]
    is_password = wifi_code is WifiCode.PASSWORD and not secret.user
    if is_password and not errors and not may_be_password(secret.code):
        message = _(
            "The password of a network has %(least)s to %(most)s characters. If this is typed on "
            "a page, say so on the kind.",
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
        errors.append(FieldError("code", "inventory.password-invalid", message))
    if secret.user and medium is not Medium.WIFI:
        message = _("Only a Wi-Fi code has a user name. Leave this empty.")
        errors.append(FieldError("user", "inventory.user-unfit", message))
    elif len(secret.user) > LONGEST_USER or not secret.user.isprintable():
        errors.append(too_long("user", LONGEST_USER))
    for field, form, message in (
        ("pin", _PIN, _("A PIN has 4 to 8 digits. Read it again, or leave it empty.")),
        ("puk", _PUK, _("A PUK has 8 digits. Read it again, or leave it empty.")),
        ("number", _NUMBER, _("A phone number has 4 to 15 digits. Or leave it empty.")),
    ):
        value = getattr(secret, field)
        if value and medium not in _WITH_NUMBER:
            unfit = _("Only a SIM has this. Leave it empty.")
            errors.append(FieldError(field, f"inventory.{field}-unfit", unfit))
        elif value and not form.fullmatch(value):
            errors.append(FieldError(field, f"inventory.{field}-invalid", message))
    return errors


def _code_errors(code: str, medium: Medium, dial: str) -> list[FieldError]:
    found = _wrong_code(code, medium) or (_not_dialled(code) if dial else None)
    return [FieldError("code", f"inventory.{found[0]}", found[1])] if found else []


def _not_dialled(code: str) -> tuple[str, str] | None:
    if _DIGITS.fullmatch(fold(code)):
        return None
    text = _(
        "The code of this kind is dialled, so it has only digits. "
        "Write it without the signs around it."
    )
    return "code-not-dialled", text


def _wrong_code(code: str, medium: Medium) -> tuple[str, str] | None:
    if not fold(code):
        if medium is Medium.SIM:
            return "code-missing", _("Scan the barcode of the card, or type its number.")
        return "code-missing", _("The code is missing.")
    if medium is Medium.SIM:
        return _wrong_iccid(code)
    if medium is Medium.ESIM:
        if _LPA.fullmatch(code):
            return None
        text = _("The activation text of an eSIM begins with “LPA:1$”. Scan its QR code again.")
        return "activation-invalid", text
    if read_iccid(code):
        text = _("This is the number of a SIM card. Choose a kind that is a SIM card.")
        return "code-is-iccid", text
    if is_shortened(code):
        text = _(
            "A spreadsheet has rounded this number, and its last digits are lost. "
            "Take the file as it came, without opening it there."
        )
        return "number-rounded", text
    if _FORMULA.match(code):
        text = _(
            "This is a formula or an error of a spreadsheet, and no code. "
            "Take the file as it came, without opening it there."
        )
        return "code-is-formula", text
    if not code.isprintable() or not SHORTEST_CODE <= len(fold(code)) <= LONGEST_CODE:
        text = _(
            "A code has %(least)s to %(most)s letters, digits or signs, without line breaks.",
            least=SHORTEST_CODE,
            most=LONGEST_CODE,
        )
        return "code-invalid", text
    return None


def _wrong_iccid(code: str) -> tuple[str, str] | None:
    if read_iccid(code):
        return None
    if looks_like_iccid(code):
        text = _(
            "One digit is wrong: the check digit at the end does not fit. "
            "Scan the barcode again, or compare each digit with the card."
        )
        return "iccid-check-digit", text
    text = _(
        "The number of a SIM card has 19 or 20 digits and begins with 89. "
        "It stands on the card, below the barcode."
    )
    return "iccid-invalid", text


def is_shortened(text: str) -> bool:
    """True if a spreadsheet has made a rounded number of a long one."""
    return _SHORTENED.fullmatch(text) is not None


def may_be_password(code: str) -> bool:
    """True if a code may be the password of a network."""
    return SHORTEST_PASSWORD <= len(code) <= LONGEST_PASSWORD


def _packed(text: str) -> str:
    return re.sub(r"[\s./()\u2010-\u2015-]+", "", text)
