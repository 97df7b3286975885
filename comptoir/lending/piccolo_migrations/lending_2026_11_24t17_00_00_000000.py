from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-24T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one open loan per item, one policy per pair, agreements that never change"


def immutable(table: str) -> list[str]:
    """Triggers that refuse to change a row of ``table``; deleting stays possible."""
    if not db.is_postgres():
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF pdf, sha256, signature, "
            f"signed_name, number, language, created_at ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
        ]
    return [
        f"CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} never changes'; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF pdf, sha256, signature, "
        f"signed_name, number, language, created_at ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_immutable()",
    ]


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE UNIQUE INDEX lending_loan_one_open_per_item "
        "ON lending_loan (item) WHERE returned_at IS NULL",
        "CREATE INDEX lending_loan_open_by_borrower "
        "ON lending_loan (borrower) WHERE returned_at IS NULL",
        "CREATE INDEX lending_loan_open_by_due "
        "ON lending_loan (return_site, due_at) WHERE returned_at IS NULL",
        "CREATE UNIQUE INDEX lending_policy_pair "
        "ON lending_policy (category, borrower_group) WHERE borrower_group IS NOT NULL",
        "CREATE UNIQUE INDEX lending_policy_any_group "
        "ON lending_policy (category) WHERE borrower_group IS NULL",
        "CREATE UNIQUE INDEX lending_borrower_site_once "
        "ON lending_borrower_site (borrower, site)",
        "CREATE UNIQUE INDEX lending_borrower_card_one_live "
        "ON lending_borrower_card (borrower) WHERE revoked_at IS NULL",
        "CREATE UNIQUE INDEX lending_borrower_group_one_default "
        "ON lending_borrower_group (is_default) WHERE is_default",
        "CREATE INDEX lending_borrower_term_lookup "
        "ON lending_borrower_term (term, kind, borrower)",
        *immutable("lending_agreement"),
    )
