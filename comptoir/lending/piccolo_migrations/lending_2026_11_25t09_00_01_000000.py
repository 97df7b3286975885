from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-25T09:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "folded names and terms sorted letter by letter, on both engines"


def bytewise(table: str, column: str, length: int) -> list[str]:
    """Compare a column by code point on PostgreSQL too, whatever the language of the server.

    Starts of words are found as a range, and a list is paged by its last name:
    both need one order that never changes.
    """
    if not db.is_postgres():
        return []
    return [f'ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR({length}) COLLATE "C"']


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "DROP INDEX lending_borrower_term_lookup",
        *bytewise("lending_borrower_term", "term", 40),
        *bytewise("lending_borrower", "sort_name", 400),
        "CREATE INDEX lending_borrower_term_lookup "
        "ON lending_borrower_term (term, kind, borrower)",
        "CREATE INDEX lending_borrower_by_name ON lending_borrower (sort_name, id)",
    )
