"""Calls for other programs: one decorator says all of a call.

    @post("/check-outs", scope="desk", tag="Desk", status=201)
    async def check_out(call: Call, data: CheckOutBody) -> LoanView:
        \"\"\"Lend one item to one borrower.\"\"\"

``docs/engineering/api.md`` tells how to add one.
"""

from comptoir.core.api.calls import Call
from comptoir.core.api.operations import delete, get, patch, post, put
from comptoir.core.api.paging import (
    Cursor,
    Limit,
    Page,
    PageQuery,
    decode_cursor,
    encode_cursor,
    page_of,
)
from comptoir.core.api.timelines import TimelineEvent, timeline_page
from comptoir.core.api.types import CardCode, Code, Csv, Moment, Pdf, PlainText

__all__ = [
    "Call",
    "CardCode",
    "Code",
    "Csv",
    "Cursor",
    "Limit",
    "Moment",
    "Page",
    "PageQuery",
    "Pdf",
    "PlainText",
    "TimelineEvent",
    "decode_cursor",
    "delete",
    "encode_cursor",
    "get",
    "page_of",
    "patch",
    "post",
    "put",
    "timeline_page",
]
