"""A desk in plain Python: what a receptionist would expect of it.

It is what ``test_desk_model`` compares the program with, so it knows none of the
program's rules: they are written down here once more, as plainly as can be.

An answer is a list of steps, each ``(what was done, the item, the code of a
refusal)``. ``trail`` is what the audit should hold, as ``(action, subject)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)
REPEATED = 2 * SECOND
WAITS = 60 * SECOND
UNDOABLE = 70 * SECOND
VISIT_LASTS = timedelta(hours=1)

MOST_PER_PERSON = 2
MOST_PER_HOUSEHOLD = 2
MOST_RENEWALS = 2

NOT_LENT = ("retired", "lost", "stolen", "in_repair", "to_check", "in_transit")

Step = tuple[str, str, str]


@dataclass
class Report:
    """Something missing or damaged; ``undid``: the loan that it put an end to."""

    number: int
    item: str
    since: datetime
    undid: Lent | None = None
    solved: bool = False


@dataclass
class Thing:
    """An item. ``lendable``: there is a rule for lending its kind.

    ``by_report``: it is to be checked because somebody reported something, and for
    no other reason. ``before_find`` is what it was, and where, when it was found last.
    """

    name: str
    status: str = "available"
    here: bool = True
    from_here: bool = True
    lendable: bool = True
    by_report: bool = False
    before_find: tuple[str, bool] = ("", True)
    reports: list[Report] = field(default_factory=list)

    @property
    def problems(self) -> list[Report]:
        return [report for report in self.reports if not report.solved]

    def put(self, status: str, *, by_report: bool = False) -> None:
        self.status, self.by_report = status, by_report

    @property
    def known(self) -> bool:
        return self.here or self.from_here


@dataclass
class Person:
    """A borrower, and what is in the way of lending to them."""

    name: str
    household: str = ""
    suspended_until: datetime | None = None
    eligible: bool = True


@dataclass
class Lent:
    """A loan; ``from_here``: it was made at this site, ``back_here``: it is to come back here."""

    number: int
    item: str
    borrower: str
    since: datetime
    from_here: bool = True
    back_here: bool = True
    returned: datetime | None = None
    undone: bool = False
    written_off: bool = False
    renewals: int = 0
    closed_from: str = "on_loan"  # what its item was when it came back
    overtaken: bool = False  # something was done to its item since it came back


@dataclass
class Stay:
    """A visit to the site; ``back_here``: what is lent now is to be brought back here."""

    number: int
    borrower: str
    since: datetime
    over: bool = False
    back_here: bool = True


@dataclass
class Counter:
    """One computer of the desk: whose visit it shows, and what waits for a card."""

    visit: Stay | None = None
    waiting: dict[str, datetime] = field(default_factory=dict)


class DeskModel:
    """The site as everybody there believes it to be."""

    def __init__(self, now: datetime, items: list[Thing], people: list[Person]) -> None:
        self.now = now
        self.items = {item.name: item for item in items}
        self.people = {person.name: person for person in people}
        self.loans: list[Lent] = []
        self.visits: list[Stay] = []
        self.counters = [Counter(), Counter()]
        self.trail: list[tuple[str, str]] = []
        self.reports: list[Report] = []
        self.last: dict[str, tuple[str, datetime]] = {}  # what happened to a thing or a loan

    # What is known

    def open_loan(self, item: str) -> Lent | None:
        return next((x for x in self.loans if x.item == item and x.returned is None), None)

    def held_by(self, *people: str) -> int:
        """Open loans of things that limits count; all are of one kind here."""
        return sum(x.borrower in people and x.returned is None for x in self.loans)

    def visitor(self, counter: Counter) -> str | None:
        """Whose visit is open; one of an hour ago is over though nobody said so."""
        visit = counter.visit
        if visit is None or visit.over or self.now - visit.since >= VISIT_LASTS:
            counter.visit = None
            return None
        return visit.borrower

    # Scans

    def scan_card(self, number: int, borrower: str) -> list[Step]:
        counter = self.counters[number]
        before = self.visitor(counter)
        waiting, counter.waiting = counter.waiting, {}
        if before not in (None, borrower):
            self.end_visit(number)
            waiting = {}
        counter.visit = self._open_visit(borrower)
        steps = [("opened", "", "")]
        for item, since in waiting.items():
            if self.now - since < WAITS:
                steps.append(self._lend(item, counter.visit))
        return steps

    def scan_item(self, number: int, name: str) -> list[Step]:
        counter, item, loan = self.counters[number], self.items[name], self.open_loan(name)
        visitor = self.visitor(counter)
        if self._just_handled(name):
            if loan and visitor not in (None, loan.borrower):
                return [self._refuse(name, "lending.item-on-loan")]
            return [("ignored", name, "lending.scan-repeated")]
        if item.status in ("lost", "stolen"):
            self._come_back(item, loan, "item.found", found=True)
            return [("found", name, "")]
        if loan:
            self._come_back(item, loan, "loan.closed")
            return [("returned", name, "")]
        if item.status in NOT_LENT:
            return [self._refuse(name, _status_code(item))]
        if visitor is None:
            counter.waiting.pop(name, None)
            counter.waiting[name] = self.now
            return [("awaiting", name, "")]
        assert counter.visit is not None
        return [self._lend(name, counter.visit)]

    def scan_other(self, number: int, code: str) -> list[Step]:
        """A replaced card, a code that nothing has, a wrong one, something foreign."""
        self.visitor(self.counters[number])
        return [self._refuse("", code)]

    def choose_return(self, number: int, *, here: bool) -> str:
        """Where what is lent from now on in the visit is to be brought back."""
        visit = self.counters[number].visit
        if self.visitor(self.counters[number]) is None or visit is None:
            return "lending.visit-not-found"
        if visit.back_here is not here:
            visit.back_here = here
            self._write("visit.return_site_chosen", f"visit{visit.number}")
        return ""

    def end_visit(self, number: int) -> None:
        visit, self.counters[number].visit = self.counters[number].visit, None
        self.counters[number].waiting = {}
        if visit and not visit.over:
            visit.over = True
            self._write("visit.closed", f"visit{visit.number}")

    # Buttons

    def undo_check_out(self, loan: Lent) -> str:
        if not loan.from_here and loan.returned is None:
            return "lending.loan-not-found"
        item = self.items[loan.item]
        if self.now - loan.since > UNDOABLE:
            return "lending.undo-too-late"
        if not self._can_undo(loan, item):
            return "lending.undo-overtaken"
        loan.returned, loan.undone = self.now, True
        item.put("to_check" if item.problems else "available")
        self._write("loan.opening_undone", f"loan{loan.number}", loan.item)
        return ""

    def undo_check_in(self, loan: Lent) -> str:
        if not loan.from_here and loan.returned is None:
            return "lending.loan-not-found"
        item = self.items[loan.item]
        again = any(x.item == loan.item and x.number > loan.number for x in self.loans)
        if loan.returned is not None and self.now - loan.returned > UNDOABLE:
            return "lending.undo-too-late"
        if (
            loan.returned is None
            or loan.undone
            or loan.written_off
            or again
            or loan.overtaken
            or item.status not in ("available", "to_check")
        ):
            return "lending.undo-overtaken"
        if refusal := self._refuse_limits(self.people[loan.borrower]):
            return refusal
        loan.returned = None
        item.put(loan.closed_from)
        item.here = loan.from_here
        self._write("loan.closing_undone", f"loan{loan.number}", loan.item)
        return ""

    def undo_renewal(self, loan: Lent) -> str:
        """The last one, where nothing has happened to the loan since."""
        if not loan.from_here and loan.returned is None:
            return "lending.loan-not-found"
        if loan.returned:
            return "lending.undo-overtaken"
        if refusal := self._refuse_undo(f"loan{loan.number}", "loan.renewed"):
            return refusal
        loan.renewals -= 1
        self._write("loan.renewal_undone", f"loan{loan.number}", loan.item)
        return ""

    def undo_find(self, name: str) -> str:
        """It is as lost as before; a loan that the find ended is open again."""
        item = self.items[name]
        if not item.known:
            return "inventory.item-not-found"
        if refusal := self._refuse_undo(name, "item.found"):
            return refusal
        found = self.last[name][1]
        for loan in self.loans:
            if loan.item == name and loan.returned == found and not loan.undone:
                return self.undo_check_in(loan)
        status, item.here = item.before_find
        item.put(status)
        self._write("item.finding_undone", name)
        return ""

    def take_report_back(self, report: Report) -> str:
        """With the last one gone, it is as before: free, or lent where the report undid that."""
        item, loan = self.items[report.item], None
        if not item.known:
            return "inventory.item-not-found"
        if report.solved:
            return "lending.undo-overtaken"
        if self.now - report.since > UNDOABLE:
            return "lending.undo-too-late"
        if item.status == "to_check" and item.problems == [report]:
            loan = self._undone_by_report(item)
            if loan and (refusal := self._refuse_limits(self.people[loan.borrower])):
                return refusal
            if loan:
                loan.returned, loan.undone = None, False
                item.put("on_loan")
            elif item.by_report:
                item.put("available")
        report.solved = True
        self._write("item.report_taken_back", item.name, *([f"loan{loan.number}"] if loan else []))
        return ""

    def renew(self, loan: Lent, seen: int) -> str:
        person = self.people[loan.borrower]
        if not loan.from_here:
            return "lending.loan-not-found"
        if seen != loan.renewals:
            return ""
        if loan.returned:
            return "lending.loan-returned"
        if self.items[loan.item].status in ("lost", "stolen"):
            return _status_code(self.items[loan.item])
        if loan.renewals >= MOST_RENEWALS:
            return "lending.renewals-used"
        if refusal := self._refuse_person(person):
            return refusal
        loan.renewals += 1
        self._write("loan.renewed", f"loan{loan.number}", loan.item)
        return ""

    def set_aside(self, name: str) -> str:
        """Missing or damaged. Just lent, it is not lent after all."""
        item, loan = self.items[name], self.open_loan(name)
        if not item.known:
            return "inventory.item-not-found"
        if item.status in ("lost", "stolen", "retired"):
            return "inventory.item-" + item.status
        report = Report(len(self.reports), name, self.now)
        self.reports.append(report)
        item.reports.append(report)
        if loan and self._can_undo(loan, item):
            self.undo_check_out(loan)
            report.undid = loan
            return ""
        if item.status == "available":
            item.put("to_check", by_report=True)
        self._write("item.problem_reported", name)
        return ""

    # The pages of an item

    def change(self, name: str, action: str) -> str:
        item = self.items[name]
        allowed, after = {
            "check": (("to_check",), "available"),
            "lose": (("available", "to_check", "on_loan", "stolen"), "lost"),
            "steal": (("available", "to_check", "on_loan", "lost"), "stolen"),
            "find": (("lost", "stolen"), "to_check"),
            "retire": (("available", "to_check", "lost", "stolen"), "retired"),
            "restore": (("retired",), "to_check"),
        }[action]
        if not item.known:
            return "inventory.item-not-found"
        if item.status not in allowed:
            return "inventory.item-" + item.status.replace("_", "-")
        before, here = item.status, item.here
        item.put(after)
        if action == "check":
            for report in item.problems:
                report.solved = True
        if action == "find":
            item.here, item.before_find = True, (before, here)
        for over in self.loans:
            over.overtaken |= over.item == name and over.returned is not None
        loan = self.open_loan(name)
        if loan and action in ("find", "retire"):
            loan.returned, loan.written_off = self.now, action == "retire"
            loan.closed_from, loan.overtaken = before, False
            ended = "loan.closed" if action == "find" else "loan.written_off"
            self._write(ended, f"loan{loan.number}", name)
        self._write(
            {
                "check": "item.checked",
                "lose": "item.lost",
                "steal": "item.stolen",
                "find": "item.found",
                "retire": "item.retired",
                "restore": "item.restored",
            }[action],
            name,
        )
        return ""

    def replace_card(self, borrower: str) -> None:
        self._write("borrower.card_replaced", borrower)

    # How it comes about

    def _write(self, action: str, subject: str, *also_of: str) -> None:
        self.trail.append((action, subject))
        self.last |= dict.fromkeys((subject, *also_of), (action, self.now))

    def _refuse_undo(self, subject: str, action: str) -> str:
        """Why that cannot be undone: it was not the last thing that happened, or too long ago."""
        last, since = self.last.get(subject, ("", self.now))
        if last != action:
            return "lending.undo-overtaken"
        return "" if self.now - since <= UNDOABLE else "lending.undo-too-late"

    def _undone_by_report(self, item: Thing) -> Lent | None:
        """The item's last loan, where a report has just put an end to it."""
        loan = next((loan for loan in reversed(self.loans) if loan.item == item.name), None)
        if loan is None or not loan.undone or not any(x.undid is loan for x in item.reports):
            return None
        return loan if self.now - (loan.returned or self.now) <= UNDOABLE else None

    def _refuse(self, item: str, code: str) -> Step:
        self._write("scan.refused", item)
        return ("refused", item, code)

    def _just_handled(self, item: str) -> bool:
        return any(
            self.now - moment < REPEATED
            for loan in self.loans
            if loan.item == item and not loan.undone
            for moment in (loan.since, loan.returned)
            if moment
        )

    def _can_undo(self, loan: Lent, item: Thing) -> bool:
        return (
            loan.from_here
            and loan.returned is None
            and item.status == "on_loan"
            and self.now - loan.since <= UNDOABLE
        )

    def _open_visit(self, borrower: str) -> Stay:
        for visit in reversed(self.visits):
            same = visit.borrower == borrower and not visit.over
            if same and self.now - visit.since < VISIT_LASTS:
                return visit
        self.visits.append(Stay(len(self.visits), borrower, self.now))
        self._write("visit.opened", f"visit{len(self.visits) - 1}")
        return self.visits[-1]

    def _come_back(
        self, item: Thing, loan: Lent | None, action: str, *, found: bool = False
    ) -> None:
        before = item.status
        if found:
            item.before_find = (before, item.here)
        item.put("to_check" if found or item.problems else "available")
        item.here = True
        if loan:
            loan.returned, loan.closed_from, loan.overtaken = self.now, before, False
            self._write("loan.closed", f"loan{loan.number}", item.name)
        else:
            self._write(action, item.name)

    def _lend(self, name: str, visit: Stay) -> Step:
        borrower = visit.borrower
        item, loan, person = self.items[name], self.open_loan(name), self.people[borrower]
        if item.status in NOT_LENT:
            return self._refuse(name, _status_code(item))
        if loan:
            theirs = loan.borrower == borrower
            return self._refuse(
                name, "lending.item-already-theirs" if theirs else "lending.item-on-loan"
            )
        if not item.lendable:
            return self._refuse(name, "lending.no-policy")
        if refusal := self._refuse_person(person) or self._refuse_limits(person):
            return self._refuse(name, refusal)
        lent = Lent(len(self.loans), name, borrower, self.now, back_here=visit.back_here)
        self.loans.append(lent)
        item.put("on_loan")
        item.here = True
        self._write("loan.opened", f"loan{len(self.loans) - 1}", name)
        return ("lent", name, "")

    def _refuse_person(self, person: Person) -> str:
        if person.suspended_until and self.now < person.suspended_until:
            return "lending.borrower-suspended"
        return "" if person.eligible else "lending.borrower-ineligible"

    def _refuse_limits(self, person: Person) -> str:
        if self.held_by(person.name) >= MOST_PER_PERSON:
            return "lending.person-limit-reached"
        home = [x.name for x in self.people.values() if x.household == person.household]
        if person.household and self.held_by(*home) >= MOST_PER_HOUSEHOLD:
            return "lending.household-limit-reached"
        return ""


def _status_code(item: Thing) -> str:
    return "lending.item-" + item.status.replace("_", "-")
