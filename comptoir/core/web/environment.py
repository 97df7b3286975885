"""The Jinja environment: one loader over every package's templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from comptoir.core import clock, i18n
from comptoir.core.errors import FieldError
from comptoir.core.ids import new_id
from comptoir.core.phones import show_phone
from comptoir.core.web import formats
from comptoir.core.web.elements import Icons, cell, heading
from comptoir.core.web.forms import field_type
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
    # The extension adds this method, where no type checker sees it.
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    # Jinja wraps these in a slower way to do the same.
    environment.globals.update(gettext=_gettext, ngettext=_ngettext, _=_gettext)
    icons = Icons(static.url("core/icons.svg"))
    environment.globals.update(
        static=static.url,
        in_language=_in_language,
        languages=i18n.LANGUAGE_NAMES,
        error_for=error_for,
        field_type=field_type,
        new_id=new_id,
        draw_icon=icons.icon,
        draw_chip=icons.chip,
        draw_cell=cell,
        draw_heading=heading,
    )
    environment.filters.update(
        breaks_between_parts=formats.breaks_between_parts,
        clock=formats.format_clock,
        format_date=formats.format_day,
        format_datetime=formats.format_moment,
        format_money=formats.format_money,
        format_number=formats.format_number,
        in_words=i18n.localized,
        phone=show_phone,
        localtime=clock.localtime,
        relative_day=formats.relative_day,
        tag_code=formats.tag_code,
    )
    return environment


def _in_language(language: str, caller: Callable[[], str]) -> str:
    """``{% call in_language("de") %}``: what is in the block is said in that language."""
    with i18n.use_language(language):
        return caller()


def _gettext(__text: str, **values: object) -> Markup:
    return _filled(_translated(i18n.current_language(), __text), values)


def _ngettext(__one: str, __many: str, __n: int, **values: object) -> Markup:
    catalogue = i18n.translations(i18n.current_language())
    text = Markup(catalogue.ngettext(__one, __many, __n))  # noqa: S704 - as below
    return _filled(text, {"num": __n, **values})


@lru_cache(4096)
def _translated(language: str, text: str) -> Markup:
    # The catalogue is ours, so its text is safe; the values put into it are escaped.
    return Markup(i18n.translations(language).gettext(text))  # noqa: S704


def _filled(text: Markup, values: dict[str, object]) -> Markup:
    """Fill the ``%(name)s`` places; templates write a real percent sign as ``%%``."""
    return text % values if values or "%" in text else text


def error_for(errors: Sequence[FieldError], field: str) -> str:
    """What is wrong with a field of a form, or an empty text."""
    return next((error.message for error in errors if error.field == field), "")
