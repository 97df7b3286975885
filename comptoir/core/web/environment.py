"""The Jinja environment: one loader over every package's templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from comptoir.core import i18n
from comptoir.core.errors import FieldError
from comptoir.core.web import formats
from comptoir.core.web.static import StaticFiles


def make_environment(
    packages: Mapping[str, Path], static: StaticFiles, *, auto_reload: bool
) -> Environment:
    """An environment that escapes, refuses undefined names, and translates.

    ``auto_reload`` looks at the files before each use: for development.
    """
    environment = Environment(
        loader=FileSystemLoader([folder / "templates" for folder in packages.values()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=auto_reload,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Jinja fills the %(name)s places itself, so it is given the bare catalogue.
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: i18n.translations(i18n.current_language()).gettext(text),
        ngettext=lambda one, many, n: i18n.translations(i18n.current_language()).ngettext(
            one, many, n
        ),
        newstyle=True,
    )
    environment.globals.update(
        static=static.url,
        languages=i18n.LANGUAGE_NAMES,
        error_for=error_for,
    )
    environment.filters.update(
        clock=formats.format_clock,
        format_date=formats.format_day,
        format_datetime=formats.format_moment,
        format_money=formats.format_money,
        format_number=formats.format_number,
        localtime=formats.localtime,
        relative_day=formats.relative_day,
        tag_code=formats.tag_code,
    )
    return environment


def error_for(errors: Sequence[FieldError], field: str) -> str:
    """What is wrong with a field of a form, or an empty text."""
    return next((error.message for error in errors if error.field == field), "")
