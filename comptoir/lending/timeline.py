"""How what lending does reads in a timeline."""

from __future__ import annotations

from datetime import date, datetime

from comptoir.core.audit.sentences import Story, describe, name_field
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.i18n import localized
from comptoir.core.web.formats import format_day
from comptoir.inventory.codes import display
from comptoir.inventory.statuses import ItemStatus
from comptoir.inventory.timeline import accessory, problem
from comptoir.lending.closures.causes import cause_text
from comptoir.lending.errors import reason_of


def describe_all() -> None:
    """Give every action of lending's its sentence."""
    describe("loan.opened", _opened)
    describe("loan.closed", lambda story: _("Brought back: %(code)s.", code=_code(story)))
    describe("loan.written_off", _written_off)
    describe("loan.renewed", _renewed)
    describe("loan.renewal_undone", _renewal_undone)
    describe("loan.due_date_moved", _due_date_moved)
    describe("loan.due_date_restored", _due_date_restored)
    describe("loan.move_told", _move_told)
    describe(
        "loan.move_not_told", lambda story: _("Not told after all: %(code)s.", code=_code(story))
    )
    describe("loan.return_site_chosen", _return_site_chosen)
    describe("loan.opening_undone", _undone)
    describe("loan.closing_undone", _l("The return was undone."))
    describe("loan.reopened", _l("Opened again: it had not been brought back."))
    describe("scan.refused", _refused)
    describe("voucher.issued", _voucher_issued)
    describe(
        "voucher.shown",
        lambda story: _("Code shown: %(kind)s.", kind=_voucher_kind(story)),
        repeats=True,
    )
    describe("voucher.sent_to_phone", _voucher_sent)
    describe("voucher.issue_undone", _voucher_undone)
    describe("voucher.refused", _voucher_refused)
    describe("voucher.reserved", _voucher_reserved)
    describe("voucher.not_reserved", _voucher_not_reserved)
    describe(
        "voucher.released",
        lambda story: _("Not set aside any more: %(kind)s.", kind=_voucher_kind(story)),
    )
    describe("voucher.reservation_lapsed", _reservation_lapsed)
    describe("item.found", _l("Found again."))
    describe("item.finding_undone", _l("It was not found after all."))
    describe("item.report_taken_back", _report_taken_back)
    describe("item.accessory_brought", _accessory_brought)
    describe("item.accessory_not_brought", _accessory_not_brought)
    describe("visit.opened", _l("Came to the desk."))
    describe("visit.closed", _l("Left the desk."))
    describe("visit.return_site_chosen", _l("Chose where to bring things back."))
    describe("agreement.made", _agreement)
    describe("agreement.signed", _signed)
    describe("borrower.registered", _l("Registered."))
    describe("borrower.edited", _l("Details changed."))
    describe("borrower.suspended", _suspended)
    describe("borrower.suspension_lifted", _l("May borrow again."))
    describe("borrower.household_joined", _l("Came into a household."))
    describe("borrower.household_left", _l("Left the household."))
    describe("borrower.card_issued", _l("Got a card."))
    describe("borrower.card_replaced", _l("Got another card. The old one is refused."))
    for field, label in _BORROWER_FIELDS.items():
        name_field("borrower", field, label)


#: Fields of a borrower by which an edit is told. What they were and became is not.
_BORROWER_FIELDS = {
    "name": _l("Name"),
    "language": _l("Language"),
    "contact_kind": _l("Way to reach them"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "address": _l("Address"),
    "referrer": _l("Organisation"),
    "counsellor": _l("Counsellor"),
    "note": _l("Note"),
    "eligible_until": _l("Last day to borrow"),
    "borrower_group": _l("Group"),
}


def _refused(story: Story) -> str:
    reason = reason_of(story.entry.changes.get("code"))
    if not reason:
        return _("A scan was refused.")
    return _("A scan was refused: “%(reason)s.”", reason=reason)


def _voucher_issued(story: Story) -> str:
    if story.after("replaces"):
        return _("Given for one that does not work: %(kind)s.", kind=_voucher_kind(story))
    if story.after("limit_passed"):
        return _("Given, with a reason to pass the limit: %(kind)s.", kind=_voucher_kind(story))
    return _("Given: %(kind)s.", kind=_voucher_kind(story))


def _voucher_sent(story: Story) -> str:
    return _("To be sent in a text message: %(kind)s.", kind=_voucher_kind(story))


def _voucher_undone(story: Story) -> str:
    return _("Not given after all: %(kind)s.", kind=_voucher_kind(story))


def _voucher_refused(story: Story) -> str:
    reason = reason_of(story.entry.changes.get("code"))
    if not reason:
        return _("A voucher was not given: %(kind)s.", kind=_voucher_kind(story))
    return _(
        "A voucher was not given: %(kind)s. “%(reason)s.”",
        kind=_voucher_kind(story),
        reason=reason,
    )


def _voucher_reserved(story: Story) -> str:
    day = story.after("until")
    if not isinstance(day, str):
        return _("Set aside: %(kind)s.", kind=_voucher_kind(story))
    shown = format_day(date.fromisoformat(day), "medium")
    return _("Set aside: %(kind)s, until %(day)s.", kind=_voucher_kind(story), day=shown)


def _voucher_not_reserved(story: Story) -> str:
    return _(
        "Not set aside: %(kind)s. “%(reason)s.”",
        kind=_voucher_kind(story),
        reason=reason_of(story.entry.changes.get("code")),
    )


def _reservation_lapsed(story: Story) -> str:
    return _("Set aside until then and not fetched: %(kind)s.", kind=_voucher_kind(story))


def _voucher_kind(story: Story) -> str:
    names = story.entry.changes.get("kind")
    return localized(names) if isinstance(names, dict) else ""


def _suspended(story: Story) -> str:
    day = story.after("may_borrow_from")
    if not isinstance(day, str):
        return _("May not borrow until this is lifted.")
    shown = format_day(date.fromisoformat(day), "medium")
    return _("May not borrow before %(day)s.", day=shown)


def _opened(story: Story) -> str:
    if site := story.name(story.after("return_site")):
        return _(
            "Lent: %(code)s, until %(day)s, to be brought back to %(site)s.",
            code=_code(story),
            day=_day(story),
            site=site,
        )
    return _("Lent: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _renewed(story: Story) -> str:
    return _("Renewed: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _renewal_undone(story: Story) -> str:
    return _("The renewal was undone: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _due_date_moved(story: Story) -> str:
    text = _("The due date moved: %(code)s, until %(day)s.", code=_code(story), day=_day(story))
    return _with_cause(text, story)


def _due_date_restored(story: Story) -> str:
    text = _("Due as before: %(code)s, until %(day)s.", code=_code(story), day=_day(story))
    return _with_cause(text, story)


def _with_cause(text: str, story: Story) -> str:
    cause = cause_text(story.entry.changes.get("cause"))
    return f"{text} {cause}." if cause else text


def _move_told(story: Story) -> str:
    return _("Told when it is due: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _move_not_told(story: Story) -> str:
    return _("Not told after all: %(code)s.", code=_code(story))


def _return_site_chosen(story: Story) -> str:
    if site := story.name(story.after("return_site")):
        return _(
            "To be brought back to %(site)s: %(code)s, until %(day)s.",
            site=site,
            code=_code(story),
            day=_day(story),
        )
    return _(
        "To be brought back elsewhere: %(code)s, until %(day)s.", code=_code(story), day=_day(story)
    )


def _written_off(story: Story) -> str:
    return _("Closed without a return: %(code)s is retired.", code=_code(story))


def _undone(story: Story) -> str:
    text = _("The loan was undone.")
    return f"{text} {problem(story)}" if story.after("problem") else text


def _report_taken_back(story: Story) -> str:
    text = _("The report was taken back: all is there and works.")
    if story.after("status") != ItemStatus.ON_LOAN:
        return text
    stands = _("The loan stands.")
    return f"{text} {stands}"


def _accessory_brought(story: Story) -> str:
    return _("Brought after all: %(what)s.", what=accessory(story))


def _accessory_not_brought(story: Story) -> str:
    return _("It was not brought after all: %(what)s.", what=accessory(story))


def _agreement(story: Story) -> str:
    number = story.entry.changes.get("number", "")
    if story.entry.changes.get("signature") == "paper":
        return _("Agreement %(number)s, printed to be signed.", number=number)
    return _("Agreement %(number)s.", number=number)


def _signed(story: Story) -> str:
    number = story.entry.changes.get("number", "")
    return _("Agreement %(number)s was signed on paper.", number=number)


def _code(story: Story) -> str:
    """The thing: its code, and before that what it is where the page speaks of several."""
    code = story.entry.changes.get("item")
    if not isinstance(code, str):
        return ""
    return f"{story.name(code)} {display(code)}".lstrip()


def _day(story: Story) -> str:
    due = story.after("due_at")
    return format_day(datetime.fromisoformat(due).date(), "medium") if isinstance(due, str) else ""
