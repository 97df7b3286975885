"""Texts as the octets of a message, and back; long ones in parts that a phone joins.

Sources: 3GPP TS 23.038 (alphabets, data coding scheme), 3GPP TS 23.040, section 9.2.3.24.1
(the header of a part). Septets travel one to an octet; the network packs them.
"""

from __future__ import annotations

from comptoir.notifications.gateways.lines import Part
from comptoir.notifications.gateways.smpp.units import Delivered, Option
from comptoir.notifications.gsm7 import BASIC, EXTENSION
from comptoir.notifications.segments import Encoding, split

GSM7, LATIN1, UCS2 = 0, 3, 8
_ESCAPE = 0x1B
_CODES = dict(
    zip((0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65), EXTENSION, strict=True)
)
_OCTETS = {letter: bytes((code,)) for code, letter in enumerate(BASIC) if code != _ESCAPE} | {
    letter: bytes((_ESCAPE, code)) for code, letter in _CODES.items()
}
#: Elements of a header: a part of a text, its reference in one octet or in two.
_PART, _PART_16 = 0x00, 0x08


def encode(text: str, *, reference: int) -> tuple[int, list[bytes]]:
    """The data coding of a text, and the octets of each part, with a header if there are more.

    ``reference``, from 0 to 255, tells texts to one phone apart.
    """
    segments = split(text)
    coding = GSM7 if segments.encoding is Encoding.GSM7 else UCS2
    parts = [_encoded(part, coding) for part in segments.parts] or [b""]
    if len(parts) == 1:
        return coding, parts
    header = bytes((5, _PART, 3, reference, len(parts)))
    return coding, [header + bytes((number,)) + part for number, part in enumerate(parts, 1)]


def decode(octets: bytes, coding: int) -> str:
    """A text; in a coding that is not what was said it is read as well as can be."""
    if coding == UCS2 or (coding & 0xF0 < 0x80 and coding & 0x0C == 0x08):
        return octets.decode("utf-16-be", "replace")
    if coding == LATIN1 or any(octet > 0x7F for octet in octets):
        return octets.decode("cp1252", "replace")
    letters, escaped = [], False
    for octet in octets:
        if escaped:
            letters.append(_CODES.get(octet, BASIC[octet]))
            escaped = False
        elif octet == _ESCAPE:
            escaped = True
        else:
            letters.append(BASIC[octet])
    return "".join(letters)


def read(delivered: Delivered) -> tuple[str, Part | None]:
    """What came, and which part of a text it is, where it is one."""
    octets, part = delivered.octets, _part_of(delivered)
    if delivered.has_header and octets:
        header, octets = octets[1 : octets[0] + 1], octets[octets[0] + 1 :]
        part = _part_in(header) or part
    return decode(octets, delivered.coding), part


def _encoded(text: str, coding: int) -> bytes:
    if coding == UCS2:
        return text.encode("utf-16-be")
    return b"".join(_OCTETS[letter] for letter in text)


def _part_of(delivered: Delivered) -> Part | None:
    reference, total, number = (
        delivered.number(option)
        for option in (Option.SAR_REFERENCE, Option.SAR_TOTAL, Option.SAR_NUMBER)
    )
    return _sound(reference or 0, total or 0, number or 0)


def _part_in(header: bytes) -> Part | None:
    while len(header) >= 2:
        kind, length = header[0], header[1]
        element, header = header[2 : length + 2], header[length + 2 :]
        if (kind, len(element)) in ((_PART, 3), (_PART_16, 4)):
            *reference, total, number = element
            return _sound(int.from_bytes(bytes(reference)), total, number)
    return None


def _sound(reference: int, total: int, number: int) -> Part | None:
    return Part(reference, total, number) if 1 <= number <= total > 1 else None
