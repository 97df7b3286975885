"""SMPP's units and texts as octets, beside another program's and beside the table of letters."""

from __future__ import annotations

import pytest
import smpp34
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.notifications.gateways.lines import Part, Receipt
from comptoir.notifications.gateways.smpp.coding import decode, encode, read
from comptoir.notifications.gateways.smpp.receipts import other_names, read_receipt
from comptoir.notifications.gateways.smpp.units import (
    HEADER,
    Command,
    Delivered,
    Option,
    Submitted,
    Unit,
    bind_transceiver,
    read_delivered,
)
from comptoir.notifications.reasons import Reason
from comptoir.notifications.segments import split
from comptoir.notifications.statuses import Status
from tests.notifications.gsm_table import ONE_SEPTET, TWO_SEPTETS, encoded

UCS2 = "Œuvre prêtée, fête 👍 "


def submitted(sender: str = "+41265550110", octets: bytes = b"Bonjour") -> smpp34.SubmitSm:
    unit = Submitted(
        sender=sender,
        recipient="+41791234567",
        octets=octets,
        coding=8,
        has_header=True,
        wants_receipt=True,
    )
    read = smpp34.decode(Unit(Command.SUBMIT_SM, 0, 7, unit.body()).octets())
    assert isinstance(read, smpp34.SubmitSm)
    return read


def body(**values: object) -> bytes:
    """A ``deliver_sm`` as another program writes it."""
    given = {"source_addr": "41791234567", "destination_addr": "41265550110", **values}
    return smpp34.DeliverSm(**given).encode()[HEADER.size :]  # type: ignore[arg-type]


def test_another_program_reads_what_we_write() -> None:
    read = submitted()
    assert (read.source_addr, read.source_addr_ton, read.source_addr_npi) == ("41265550110", 1, 1)
    assert (read.destination_addr, read.dest_addr_ton, read.dest_addr_npi) == ("41791234567", 1, 1)
    assert (read.esm_class, read.data_coding, read.registered_delivery) == (0x40, 8, 1)
    assert (read.short_message, read.sequence_number) == (b"Bonjour", 7)


@pytest.mark.parametrize(("sender", "kind"), [("Espace Info", (5, 0)), ("2030", (0, 1))])
def test_a_sender_is_of_its_kind(sender: str, kind: tuple[int, int]) -> None:
    read = submitted(sender)
    assert (read.source_addr, (read.source_addr_ton, read.source_addr_npi)) == (sender, kind)


@pytest.mark.parametrize("wrong", [("u" * 16, "p", ""), ("u", "p" * 65, ""), ("é", "p", "")])
def test_what_no_network_reads_is_not_sent(wrong: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"long|ascii"):
        bind_transceiver(*wrong)


def test_we_read_what_another_program_writes() -> None:
    options = [smpp34.Tlv(Option.RECEIPTED_MESSAGE_ID, b"m1\x00"), smpp34.Tlv(0x1400, b"x")]
    read = read_delivered(
        body(source_addr_ton=1, short_message=b"id:m2", esm_class=4, data_coding=3, tlvs=options)
    )
    assert (read.sender, read.recipient) == ("+41791234567", "41265550110")
    assert (read.octets, read.coding) == (b"id:m2", 3)
    assert (read.is_receipt, read.is_message, read.has_header) == (True, False, False)
    assert read.options == {Option.RECEIPTED_MESSAGE_ID: b"m1\x00", 0x1400: b"x"}


def test_a_text_may_be_in_the_payload() -> None:
    options = [smpp34.Tlv(Option.MESSAGE_PAYLOAD, b"PROLONGER")]
    assert read_delivered(body(tlvs=options)).octets == b"PROLONGER"


def test_one_that_is_cut_anywhere_is_refused() -> None:
    whole = body(short_message=b"Bonjour", tlvs=[smpp34.Tlv(Option.SAR_TOTAL, b"\x02")])
    # Without its options, it is whole as well.
    for length in {*range(len(whole))} - {len(whole) - 5}:
        with pytest.raises(ValueError, match=r"cut|subsection"):
            read_delivered(whole[:length])


@settings(max_examples=50)
@given(st.binary(max_size=80))
def test_what_makes_no_sense_is_refused_or_read(octets: bytes) -> None:
    try:
        delivered = read_delivered(octets)
    except ValueError:
        return
    read(delivered)
    read_receipt(delivered)


def test_every_letter_of_the_alphabet_goes_and_comes_back() -> None:
    for letter in (*ONE_SEPTET, *TWO_SEPTETS):
        coding, [octets] = encode(letter, reference=1)
        assert (coding, octets) == (0, encoded(letter))
        assert decode(octets, 0) == letter


@settings(max_examples=40)
@given(st.text(st.sampled_from("aé€ [ù\nçœ👍"), max_size=400))
def test_a_text_in_parts_is_the_same_text(text: str) -> None:
    coding, parts = encode(text, reference=200)
    assert len(parts) == max(1, len(split(text).parts))
    said, numbers = "", []
    for octets in parts:
        several = len(parts) > 1
        each = Delivered(sender="", recipient="", octets=octets, coding=coding, has_header=several)
        piece, part = read(each)
        said += piece
        numbers.append(part)
        assert len(octets) <= (159 if coding == 0 else 140) or not several
    assert said == text
    if len(parts) > 1:
        assert numbers == [Part(200, len(parts), number + 1) for number in range(len(parts))]


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (UCS2.encode("utf-16-be"), 8, UCS2),
        (UCS2.encode("utf-16-be"), 0x18, UCS2),
        ("é ç".encode("latin-1"), 3, "é ç"),
        ("é ç".encode("latin-1"), 0, "é ç"),
        (b"PROLONGER", 1, "PROLONGER"),
        (b"PROLONGER", 0xF1, "PROLONGER"),
        (b"a\x1b", 0, "a"),
        (b"\x1b\x05", 0, "é"),
        (b"\xd8", 8, "�"),
        (b"", 0, ""),
    ],
)
def test_a_text_is_read_as_well_as_can_be(octets: bytes, coding: int, text: str) -> None:
    assert decode(octets, coding) == text


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"\x05\x00\x03\x07\x02\x01", Part(7, 2, 1)),
        (b"\x06\x08\x04\x01\x07\x02\x01", Part(0x107, 2, 1)),
        (b"\x09\x24\x02\x01\x01\x00\x03\x07\x02\x02", Part(7, 2, 2)),
        (b"\x05\x00\x03\x07\x01\x01", None),
        (b"\x05\x00\x03\x07\x02\x03", None),
        (b"\x05\x00\x03\x07\x02\x00", None),
        (b"\x02\x24\x00", None),
    ],
)
def test_a_header_says_which_part_it_is(header: bytes, part: Part | None) -> None:
    delivered = Delivered(sender="", recipient="", octets=header + b"ok", has_header=True)
    assert read(delivered) == ("ok", part)


def test_so_do_options() -> None:
    options: dict[int, bytes] = {
        Option.SAR_REFERENCE: b"\x01\x07",
        Option.SAR_TOTAL: b"\x02",
        Option.SAR_NUMBER: b"\x01",
    }
    delivered = Delivered(sender="", recipient="", octets=b"ok", options=options)
    assert read(delivered) == ("ok", Part(0x107, 2, 1))


@pytest.mark.parametrize(
    ("called", "told"),
    [
        ("4D2", "1234"),
        ("4d2", "0000001234"),
        ("000004D2", "1234"),
        ("1234", "4d2"),
        ("1234", "0000001234"),
        ("0000001234", "1234"),
        ("FFFFFFFFFFFFFFFF", "18446744073709551615"),
        ("18446744073709551615", "ffffffffffffffff"),
    ],
)
def test_a_number_is_the_same_in_another_radix(called: str, told: str) -> None:
    assert called in other_names(told)
    assert told in other_names(called)


@pytest.mark.parametrize("called", ["", "m1", "0x4D2", "4D2-1", "123456789012345678901", "١٢"])
def test_what_is_no_number_has_one_name(called: str) -> None:
    assert other_names(called) == ()


@pytest.mark.parametrize(
    ("text", "options", "receipt"),
    [
        (b"id:m1 stat:DELIVRD err:000", {}, ("m1", "DELIVRD", Status.DELIVERED, None)),
        (b"ID:m1 STAT:undeliv", {}, ("m1", "UNDELIV", Status.FAILED, Reason.NOT_DELIVERED)),
        (b"id:m1 stat:ACCEPTD err:0A1", {}, ("m1", "ACCEPTD", Status.ACCEPTED, None)),
        (b"id:m1 stat:NEWWORD", {}, ("m1", "NEWWORD", Status.ACCEPTED, None)),
        (
            b"",
            {Option.RECEIPTED_MESSAGE_ID: b"m1\x00", Option.MESSAGE_STATE: b"\x02"},
            ("m1", "DELIVRD", Status.DELIVERED, None),
        ),
        (
            b"id:other stat:UNKNOWN",
            {Option.RECEIPTED_MESSAGE_ID: b"m1\x00", Option.MESSAGE_STATE: b"\x03"},
            ("m1", "EXPIRED", Status.FAILED, Reason.NOT_DELIVERED),
        ),
        (b"stat:DELIVRD", {}, None),
        (b"id:m1", {}, None),
        (b"\xff\xfe", {}, None),
    ],
)
def test_a_receipt_says_what_became_of_it(
    text: bytes,
    options: dict[int, bytes],
    receipt: tuple[str, str, Status, Reason | None] | None,
) -> None:
    delivered = Delivered(sender="", recipient="", octets=text, is_receipt=True, options=options)
    assert read_receipt(delivered) == (Receipt(*receipt) if receipt else None)
