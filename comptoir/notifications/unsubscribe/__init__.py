"""The link in the head of an e-mail by which somebody stops e-mails to themselves (RFC 8058)."""
