"""What each command of the command line does; ``comptoir.cli`` has their options."""

from __future__ import annotations


class CommandFailed(Exception):
    """A command cannot do what it was asked; the text says why and what to do."""
