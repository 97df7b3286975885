"""Random days at a desk with two computers, compared step by step with a plain model.

``desk_model`` says what should happen; here the services do it, on a real
database. Each example has a site, people and items of its own, so that one
database serves them all.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from comptoir.core import db
from comptoir.core.errors import ComptoirError
from comptoir.core.idempotency import Attempt
from comptoir.core.ids import new_id
from comptoir.inventory import codes
from comptoir.inventory.services import actions
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.borrowers.cards import issue_card
from comptoir.lending.desk import visits
from comptoir.lending.desk.reports import last_report, take_report_back
from comptoir.lending.desk.scanning import scan
from comptoir.lending.desk.schemas import DeskResult, DeskScan
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.loans import endings
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.undo import (
    undo_check_in,
    undo_check_out,
    undo_found,
    undo_renewal,
)
from comptoir.lending.scans import WaitingItem
from tests.lending.desk_model import DeskModel, Lent, Step
from tests.lending.desk_steps import PAUSES, START, STEPS
from tests.lending.desk_world import World, build

_ITEMS = """
SELECT item.id, item.status, item.present_site, loan.id AS loan_id
FROM inventory_item item
LEFT JOIN lending_loan loan ON loan.item = item.id AND loan.returned_at IS NULL
WHERE item.id IN :ids
"""
_LOANS = """
SELECT loan.id, loan.item, loan.borrower, loan.checked_out_at, loan.returned_at,
       loan.undone_at, loan.written_off_at, loan.renewals, loan.return_site
FROM lending_loan loan WHERE loan.item IN :ids
"""
_TRAIL = """
SELECT action, subject_id FROM core_audit_event WHERE actor_id = :actor_id
"""


class Desk(RuleBasedStateMachine):
    """Does each step twice: in the model and in the program.

    All steps are one rule, so that each example may use all of them: a loan needs
    several to come together.
    """

    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.world: World = self.run(build(START))
        self.model: DeskModel = self.world.model
        self.visits: list[UUID | None] = [None, None]
        self.waiting: list[tuple[WaitingItem, ...]] = [(), ()]
        self.visit_ids: list[UUID | None] = []
        self.report_ids: list[UUID] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def refusal(self, work: Coroutine[Any, Any, Any]) -> str:
        """The code of the error that a service raises, or nothing."""
        try:
            self.run(work)
        except ComptoirError as error:
            return error.code
        return ""

    @rule(step=STEPS, pause=PAUSES)
    def step(self, step: tuple[Any, ...], pause: int) -> None:
        self.wait(pause)
        method, *values = step
        getattr(self, method)(*values)

    # What is often done together

    def lend(self, counter: int, borrower: str, item: str, then: str, pause: int) -> None:
        self.scan_a_card(counter, borrower)
        self.wait(3)
        self.scan_an_item(counter, item)
        self.wait(pause)
        if then == "undo":
            self.undo_the_check_out(item)
        else:
            self.do(then, counter, item)

    def lend_to_be_returned_elsewhere(self, counter: int, borrower: str, item: str) -> None:
        self.scan_a_card(counter, borrower)
        self.choose_where_to_return(counter, here=False)
        self.wait(3)
        self.scan_an_item(counter, item)

    def bring_back(self, counter: int, item: str, then: str, pause: int) -> None:
        self.scan_an_item(counter, item)
        self.wait(pause)
        if then == "undo":
            self.undo_the_check_in(item)
        else:
            self.do(then, counter, item)

    def do(self, then: str, counter: int, item: str) -> None:
        if then == "scan":
            self.scan_an_item(counter, item)
        elif then == "scan_elsewhere":
            self.scan_an_item(1 - counter, item)
        elif then == "set_aside":
            self.set_aside(item, ProblemKind.DAMAGED)
        elif then == "renew":
            self.renew(item)

    def do_in_turn(self, item: str, steps: tuple[str, ...], pause: int) -> None:
        """Steps at one item, or at what was lent last; ``pause`` is before the last of them."""
        if steps[0] == "renew":
            item = next((x.item for x in self.model.loans[::-1] if x.returned is None), item)
        for number, step in enumerate(steps, 1):
            self.wait(pause if number == len(steps) else 3)
            if step in ("lose", "steal", "find"):
                self.change_an_item(item, step)
            elif step == "report":
                self.set_aside(item, ProblemKind.DAMAGED)
            else:
                getattr(self, step)(item)

    def meet_at_two_computers(self, item: str, one: str, other: str, pause: int) -> None:
        """An item waits for a card at both; then two cards come, or one twice."""
        for counter in (0, 1):
            self.end_the_visit(counter)
            self.scan_an_item(counter, item)
        self.wait(pause)
        self.scan_a_card(0, one)
        self.scan_a_card(1, other)

    def put_in_order(self) -> None:
        """Somebody checks what is to be checked."""
        for item in self.model.items.values():
            if item.status == "to_check" and item.name != "checked":
                self.change_an_item(item.name, "check")

    # Scans

    def scan_a_card(self, counter: int, borrower: str) -> None:
        expected = self.model.scan_card(counter, borrower)
        self.scan(counter, self.world.cards[borrower], expected)

    def scan_an_item(self, counter: int, item: str) -> None:
        expected = self.model.scan_item(counter, item)
        self.scan(counter, self.world.codes[item], expected)

    def scan_something_else(self, counter: int, which: int) -> None:
        code = self.world.codes["laptop1"]
        wrong = next(letter for letter in codes.ALPHABET if letter != code[7])
        text, refusal = (
            (self.world.old_cards[-1], "lending.card-replaced"),
            (codes.with_check_letter("BCDFGHJ"), "lending.code-unknown"),
            (code[:7] + wrong, "lending.code-misread"),
            ("https://example.org/menu", "lending.code-foreign"),
        )[which]
        self.scan(counter, text, self.model.scan_other(counter, refusal))

    def end_the_visit(self, counter: int) -> None:
        self.model.end_visit(counter)
        visit_id, self.visits[counter] = self.visits[counter], None
        self.waiting[counter] = ()
        if visit_id is not None:
            self.run(visits.close_visit(self.world.actor, visit_id, now=self.model.now))

    # Buttons

    def choose_where_to_return(self, counter: int, here: bool) -> None:
        visit = self.model.counters[counter].visit
        visit_id = self.visits[counter]
        if visit is None or visit_id is None:
            return
        expected = self.model.choose_return(counter, here=here)
        site_id = self.world.site_id if here else self.world.other_site_id
        work = visits.choose_return_site(self.world.actor, visit_id, site_id, now=self.model.now)
        assert self.refusal(work) == expected

    def undo_the_check_out(self, item: str, back: int = 0) -> None:
        for loan, loan_id in self.loan_of(item, back):
            expected = self.model.undo_check_out(loan)
            work = undo_check_out(self.world.actor, loan_id, now=self.model.now)
            assert self.refusal(work) == expected

    def undo_the_check_in(self, item: str, back: int = 0) -> None:
        for loan, loan_id in self.loan_of(item, back):
            expected = self.model.undo_check_in(loan)
            work = undo_check_in(self.world.actor, loan_id, now=self.model.now)
            assert self.refusal(work) == expected

    def undo_the_renewal(self, item: str) -> None:
        for loan, loan_id in self.loan_of(item):
            expected = self.model.undo_renewal(loan)
            work = undo_renewal(self.world.actor, loan_id, now=self.model.now)
            assert self.refusal(work) == expected

    def undo_the_find(self, item: str) -> None:
        expected = self.model.undo_find(item)
        work = undo_found(self.world.actor, self.world.items[item], now=self.model.now)
        assert self.refusal(work) == expected

    def take_the_report_back(self, item: str, back: int = 0) -> None:
        for report in self.model.items[item].reports[::-1][back : back + 1]:
            expected = self.model.take_report_back(report)
            problem_id = self.report_ids[report.number]
            work = take_report_back(self.world.actor, problem_id, now=self.model.now)
            assert self.refusal(work) == expected

    def renew(self, item: str, taps: int = 1, stale: bool = False) -> None:
        """``stale``: the taps come from a screen that shows the renewals as they were."""
        for loan, loan_id in self.loan_of(item):
            seen = loan.renewals
            for _ in range(taps):
                seen = seen if stale else loan.renewals
                expected = self.model.renew(loan, seen)
                work = renew_loan(self.world.actor, loan_id, seen=seen, now=self.model.now)
                assert self.refusal(work) == expected

    def set_aside(self, item: str, kind: ProblemKind) -> None:
        expected = self.model.set_aside(item)
        missing = kind is ProblemKind.MISSING and self.model.items[item].lendable
        work = set_aside(
            self.world.actor,
            self.world.codes[item],
            kind=kind,
            accessory_id=self.world.charger if missing else None,
            now=self.model.now,
        )
        assert self.refusal(work) == expected
        if not expected:
            self.report_ids.append(self.run(last_report(self.world.codes[item])))

    # Other pages

    def change_an_item(self, item: str, action: str) -> None:
        actor, code, now = self.world.actor, self.world.codes[item], self.model.now
        expected = self.model.change(item, action)
        work = {
            "check": lambda: actions.check_item(actor, code, now=now),
            "lose": lambda: actions.mark_lost(actor, code, now=now),
            "steal": lambda: actions.mark_stolen(actor, code, now=now),
            "find": lambda: actions.mark_found(actor, code, site_id=self.world.site_id, now=now),
            "retire": lambda: actions.retire_item(actor, code, now=now),
            "restore": lambda: actions.restore_item(actor, code, now=now),
        }[action]()
        assert self.refusal(work) == expected

    def replace_a_card(self, borrower: str) -> None:
        self.model.replace_card(borrower)
        old = self.world.cards[borrower]
        self.world.old_cards.append(old)
        self.world.cards[borrower] = self.run(
            issue_card(
                self.world.actor,
                self.world.borrowers[borrower],
                replaces=old,
                now=self.model.now,
            )
        )

    # How it is done, and compared

    def wait(self, seconds: int) -> None:
        self.model.now += timedelta(seconds=seconds)

    def loan_of(self, item: str, back: int = 0) -> list[tuple[Lent, UUID]]:
        """The last loan of an item, or the one so many before it, if there was any."""
        loans = [loan for loan in self.model.loans if loan.item == item]
        return [(loan, self.world.loans[loan.number]) for loan in loans[::-1][back : back + 1]]

    def scan(self, counter: int, text: str, expected: list[Step]) -> None:
        """Scan, and send the same again: the answer was lost on its way."""
        command = DeskScan(
            text=text,
            site_id=self.world.site_id,
            visit_id=self.visits[counter],
            waiting=self.waiting[counter],
            attempt=Attempt(key=str(new_id()), fingerprint=text[:64]),
        )
        result = self.run(scan(self.world.actor, command, now=self.model.now))
        assert self.steps(result) == expected
        again = self.run(scan(self.world.actor, command, now=self.model.now))
        assert again.steps == result.steps
        self.world.loans += [step.loan.id for step in result.steps if step.loan is not None]
        self.visits[counter], self.waiting[counter] = result.visit_id, result.waiting
        visit = self.model.counters[counter].visit
        assert (result.visit_id is None) == (visit is None)
        if visit is not None and visit.number == len(self.visit_ids):
            self.visit_ids.append(result.visit_id)
        assert visit is None or self.visit_ids[visit.number] == result.visit_id

    def steps(self, result: DeskResult) -> list[Step]:
        names = {code: name for name, code in self.world.codes.items()} | {"": ""}
        return [
            (str(step.kind), names[step.item], str(step.refusal.code) if step.refusal else "")
            for step in result.steps
        ]

    @invariant()
    def everything_is_where_the_model_has_it(self) -> None:
        model, world = self.model, self.world
        names = {row_id: name for name, row_id in world.items.items()}
        ids = list(names)
        found = {}
        for row in self.run(db.fetch(_ITEMS, ids=ids)):
            assert names[row["id"]] not in found, "two open loans of one item"
            here = row["present_site"] == world.site_id
            found[names[row["id"]]] = (row["status"], here, row["loan_id"])
        expected = {}
        for name, item in model.items.items():
            loan = model.open_loan(name)
            expected[name] = (item.status, item.here, world.loans[loan.number] if loan else None)
        assert found == expected

    @invariant()
    def every_loan_is_as_the_model_has_it(self) -> None:
        rows = self.run(db.fetch(_LOANS, ids=list(self.world.items.values())))
        assert {row["id"]: tuple(row.values())[1:] for row in rows} == {
            loan_id: (
                self.world.items[loan.item],
                self.world.borrowers[loan.borrower],
                loan.since,
                loan.returned,
                loan.returned if loan.undone else None,
                loan.returned if loan.written_off else None,
                loan.renewals,
                self.world.site_id if loan.back_here else self.world.other_site_id,
            )
            for loan_id, loan in zip(self.world.loans, self.model.loans, strict=True)
        }

    def teardown(self) -> None:
        """The audit holds one row for each thing that was done or refused, and no more."""
        world = self.world
        names: dict[UUID | None, str] = {None: ""}
        names |= {row_id: name for name, row_id in (*world.items.items(), *world.borrowers.items())}
        names |= {loan_id: f"loan{number}" for number, loan_id in enumerate(world.loans)}
        names |= {visit_id: f"visit{number}" for number, visit_id in enumerate(self.visit_ids)}
        rows = self.run(db.fetch(_TRAIL, actor_id=world.actor.id))
        trail = Tally((row["action"], names[row["subject_id"]]) for row in rows)
        assert trail == Tally(self.model.trail)


@pytest.mark.long
def test_random_days_at_the_desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A failure is told within a minute, if with a few steps too many: by itself Hypothesis
    # takes five to leave out what does not matter. It has no setting for that.
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 30)
    endings.register()
    with asyncio.Runner() as runner:
        Desk.runner = runner
        db.connect(database_url)
        try:
            run_state_machine_as_test(
                Desk,
                settings=settings(
                    max_examples=40,
                    stateful_step_count=40,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.disconnect())
