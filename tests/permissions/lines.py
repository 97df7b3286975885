"""What a line of the table says: each person or token, and the status they get.

``IN`` means that the guard lets the call through; what the handler then answers to an
empty form and ids that do not exist is for its own tests.
"""

from __future__ import annotations

from collections.abc import Mapping

IN = 0
#: To the page where one signs in.
SIGN_IN = 303

Line = Mapping[str, int]

# People on pages. "pin" is an administrator who was let in by a PIN.
PEOPLE = ("nobody", "pin", "reception", "coordinator", "admin")
EVERYBODY: Line = dict.fromkeys(PEOPLE, IN)
SIGNED_IN: Line = {**EVERYBODY, "nobody": SIGN_IN}
BY_PASSWORD: Line = {**SIGNED_IN, "pin": SIGN_IN}
RECEPTION: Line = SIGNED_IN
COORDINATOR: Line = {**BY_PASSWORD, "reception": 403}
ADMIN: Line = {**COORDINATOR, "coordinator": 403}

# Tokens on the API, each with one scope.
SCOPES = ("read", "desk", "borrowers", "inventory", "settings")


def scopes(*let_in: str) -> Line:
    """A call for tokens with one of these scopes."""
    return {
        "nobody": 401,
        **dict.fromkeys(SCOPES, 403),
        **dict.fromkeys(let_in, IN),
    }


ANY_TOKEN = scopes(*SCOPES)
