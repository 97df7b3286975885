"""``comptoir settings``: what can be set, as the Markdown of ``docs/operator/settings.md``."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from comptoir.core.settings import Settings
from comptoir.notifications.gateways.configuration import VARIABLES

HEAD = """\
# Settings

All of them come from the environment. What is unset has the default; `comptoir check`
says if something set does not work. This page is made by `make docs` from the class
`Settings`: change that, not this.

| Variable | What it is for | Default |
|---|---|---|
"""


GATEWAYS = """
## Gateways for messages

Those that `COMPTOIR_GATEWAYS` names need these besides.

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
    gateways = (f"| `{each.name}` | {each.about} | {_shown(each.default)} |" for each in VARIABLES)
    return HEAD + "\n".join(rows) + "\n" + GATEWAYS + "\n".join(gateways) + "\n"


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "`yes`" if default else "`no`"
    return f"`{default}`" if default not in ("", ()) else "unset"
