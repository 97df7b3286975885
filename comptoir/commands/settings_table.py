"""``comptoir settings``: what can be set, as the Markdown of ``docs/operator/settings.md``."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from comptoir.core.settings import Settings

HEAD = """\
# Settings

All of them come from the environment. What is unset has the default; `comptoir check`
says if something set does not work. This page is made by `make docs` from the class
`Settings`: change that, not this.

| Variable | What it is for | Default |
|---|---|---|
"""


def show(arguments: argparse.Namespace) -> None:
    """Print the page."""
    print(page(), end="")


def page() -> str:
    """The settings page in Markdown."""
    rows = (
        f"| `{item.metadata['variable']}` | {item.metadata['about']} | {_shown(item.default)} |"
        for item in fields(Settings)
    )
    return HEAD + "\n".join(rows) + "\n"


def _shown(default: Any) -> str:
    return f"`{default}`" if default not in ("", ()) else "unset"
