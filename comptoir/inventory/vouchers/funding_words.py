"""The report for a funder in words: on a page, as CSV, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.spreadsheets import first_lines
from comptoir.core.web.formats import format_day, format_money
from comptoir.inventory.vouchers.funding import (
    Amount,
    FundingReport,
    KindOfYear,
    Period,
    TotalOfYear,
)

_TEMPLATE = Path(__file__).parents[1] / "print" / "funding.typ"
#: What stands for a number that is not told, as there are too few so far.
UNTOLD = "–"


def period_name(year: int, period: Period) -> str:
    """A month, a quarter or the year, as the reader says it."""
    if isinstance(period, int):
        return format_day(date(year, period, 1), "LLLL")
    if period == "year":
        return _("The year")
    return _("Quarter %(number)s", number=period[1])


def number_text(number: int | None) -> str:
    """A number, or the dash for one that is not told."""
    return UNTOLD if number is None else str(number)


def money_text(amount: Amount, currency: str) -> str:
    """What vouchers cost; nothing where they cost nothing."""
    if amount.cents is None:
        return UNTOLD
    return format_money(Decimal(amount.cents) / 100, currency) if amount.cents else ""


def funder_name(funder: str) -> str:
    """A funder in one line, also where nobody is named."""
    return clean_line(funder) or _("No funder named")


def title(report: FundingReport) -> str:
    """What the document is of."""
    funder = clean_line(report.funder)
    if not funder:
        return _("Vouchers without a funder named")
    return _("Vouchers paid by %(funder)s", funder=funder)


def file_name(report: FundingReport, ending: str) -> str:
    """What the file is called on the reader's computer: plain letters, as it is in a header."""
    word = _("vouchers")
    return f"{word}-{report.year}.{ending}"


def footnote(report: FundingReport) -> str:
    """What the dash stands for, and which uses are counted."""
    said = [
        _(
            "Fewer than five of a kind at a site in a month are counted with the next months, once "
            "there are five. A dash stands for what is not told yet. A month is told once it is "
            "over. So nobody can be found in the table, nor by comparing several: it can be passed "
            "on."
        )
    ]
    if not report.uses_all_known:
        said.append(
            _(
                "Used counts what somebody said is in use. Where nobody ever said so of a kind, it "
                "is not known."
            )
        )
    return " ".join(said)


def kind_columns() -> list[str]:
    """The names of the columns of the table of kinds."""
    return [
        _("Kind"),
        _("Bought"),
        _("Cost"),
        _("Given out"),
        _("Worth"),
        _("Used"),
        _("Expired unused"),
        _("Value lost"),
    ]


def kind_rows(report: FundingReport) -> Iterator[list[str]]:
    """A row for each kind."""
    for kind in report.kinds:
        yield _row(kind.name, kind)


def total_rows(report: FundingReport) -> Iterator[list[str]]:
    """A row for all kinds together, in each currency."""
    for total in report.totals:
        yield _row(_("All in %(currency)s", currency=total.currency), total)


def _row(name: str, of: KindOfYear | TotalOfYear) -> list[str]:
    return [
        name,
        number_text(of.bought.number),
        money_text(of.bought, of.currency),
        number_text(of.given.number),
        money_text(of.given, of.currency),
        _("not known") if of.used is None else number_text(of.used.number),
        number_text(of.unused.number),
        money_text(of.unused, of.currency),
    ]


def period_columns() -> list[str]:
    """The names of the columns of the table of months."""
    return [_("Period"), _("Given out"), _("Used"), _("Expired unused")]


def period_rows(report: FundingReport) -> Iterator[list[str]]:
    """A row for each month, quarter, and the year."""
    for each in report.periods:
        yield [
            period_name(report.year, each.period),
            number_text(each.given),
            number_text(each.used) if report.uses_known else _("not known"),
            number_text(each.unused),
        ]


def csv_of(report: FundingReport) -> bytes:
    """Both tables, for a spreadsheet."""
    lines = [
        [funder_name(report.funder), str(report.year)],
        kind_columns(),
        *kind_rows(report),
        *total_rows(report),
        [],
        period_columns(),
        *period_rows(report),
    ]
    return first_lines(lines)


def pdf_of(report: FundingReport, place: str, today: date) -> bytes:
    """The report as PDF/UA; ``place`` says which sites it is of."""
    return make_pdf(
        _TEMPLATE,
        {
            "title": title(report),
            "language": current_language(),
            "about": f"{place}, {report.year}",
            "kinds_title": _("What became of each kind"),
            "kind_columns": kind_columns(),
            "kinds": [*kind_rows(report), *total_rows(report)],
            "strong_kinds": [False] * len(report.kinds) + [True] * len(report.totals),
            "nothing": _("Nothing was bought or given in this year."),
            "periods_title": _("Month by month"),
            "period_columns": period_columns(),
            "periods": list(period_rows(report)),
            "strong": [not isinstance(each.period, int) for each in report.periods],
            "footnote": footnote(report),
            "footer": _("Printed on %(day)s.", day=format_day(today, "long")),
        },
    )
