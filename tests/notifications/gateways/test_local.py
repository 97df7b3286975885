"""The gateways that send nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from comptoir.core.ids import new_id
from comptoir.notifications.gateways.local import ConsoleGateway, FileGateway
from comptoir.notifications.gateways.protocol import Accepted, NotTaken, Outgoing
from comptoir.notifications.reasons import Reason


def message() -> Outgoing:
    return Outgoing(id=new_id(), address="+41791234567", text="Un cœur, une fête\nà demain")


async def test_a_file_has_a_line_for_each_message_and_only_its_owner_reads_it(
    tmp_path: Path,
) -> None:
    gateway = FileGateway(tmp_path / "new" / "messages.jsonl")
    first, second = message(), message()
    for each in (first, second):
        assert await gateway.send(each) == Accepted(str(each.id))
    lines = [msgspec.json.decode(line) for line in gateway.path.read_bytes().splitlines()]
    assert [line["id"] for line in lines] == [str(first.id), str(second.id)]
    assert (lines[0]["to"], lines[0]["text"]) == (first.address, first.text)
    assert stat.S_IMODE(gateway.path.stat().st_mode) == 0o600


async def test_a_file_can_tell_what_is_in_it(tmp_path: Path) -> None:
    gateway = FileGateway(tmp_path / "messages.jsonl")
    sent, lost = message(), message()
    assert await gateway.ask(sent) == NotTaken(Reason.ANSWER_LOST)
    await gateway.send(sent)
    assert await gateway.ask(sent) == Accepted(str(sent.id))
    assert await gateway.ask(lost) == NotTaken(Reason.ANSWER_LOST)


async def test_a_file_that_cannot_be_written_has_taken_nothing(tmp_path: Path) -> None:
    assert await FileGateway(tmp_path).send(message()) == NotTaken(Reason.GATEWAY_ERROR)


async def test_the_console_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    sent = message()
    await ConsoleGateway().send(sent)
    assert sent.text in capsys.readouterr().out
