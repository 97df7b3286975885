"""The borrower's link: a page in a text message, without an account, for a while."""
