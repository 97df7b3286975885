"""Wordings as pages: the list, and the editor, which shows what a text makes as one types."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, fragment, is_htmx, page, redirect
from comptoir.core.web.forms import Version, id_or_none, shown_again, status_of_form
from comptoir.core.web.shell import shell_of
from comptoir.lending.errors import LoanNotFound
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import NoSite, TooManyTests, WordingNotFound
from comptoir.notifications.gateways.configuration import text_terms
from comptoir.notifications.kinds import KINDS, NAMES, Matter, kinds_about
from comptoir.notifications.own_wordings import queries
from comptoir.notifications.own_wordings.marks import marked
from comptoir.notifications.own_wordings.previews import loans_to_try, make_preview
from comptoir.notifications.own_wordings.schemas import (
    Form,
    Key,
    Preview,
    SaveWording,
    TestWording,
    TryWording,
)
from comptoir.notifications.own_wordings.services import lines_of, save_wording, ways_of
from comptoir.notifications.own_wordings.testing import send_test
from comptoir.notifications.permissions import answers_for_all

Page = Request[Principal, Any, Any]
Answer = Response[str]

COORDINATOR = [require(Role.COORDINATOR)]
LIST = "/settings/wordings"
ONE = "/settings/wordings/{kind:str}/{language:str}/{form:str}"

#: What the choice of an example holds where it is no loan.
ONE_THING, TWO_THINGS = "one", "two"
_VERSIONS_SHOWN = 20
#: These are tried with no loan.
_ABOUT_VOUCHERS = (*kinds_about(Matter.VOUCHER), *kinds_about(Matter.ENDING))

#: What the ways to somebody are called.
WAYS = {
    Channel.SMS: _l("Text message"),
    Channel.EMAIL: _l("E-mail"),
    Channel.LETTER: _l("Letter"),
    Channel.CALL: _l("What to say on the phone"),
}


class WordingForm(msgspec.Struct, frozen=True):
    """The editor, as it was filled in.

    ``example`` is the id of a loan, or one or two things; empty: the loan that is due next.
    """

    text: str = ""
    version: Version = 0
    example: str = ""
    number: str = ""
    use: str = ""

    def tried(self) -> TryWording:
        """What is to be shown."""
        return TryWording(
            text=self.text, loan=id_or_none(self.example), several=self.example == TWO_THINGS
        )

    def sent(self) -> TestWording:
        """What is to be sent."""
        tried = self.tried()
        return TestWording(
            text=tried.text, loan=tried.loan, several=tried.several, number=self.number
        )


Posted = Annotated[WordingForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get(LIST, guards=COORDINATOR)
async def wordings(request: Page) -> Answer:
    """All kinds of message, and which the place words itself."""
    own: dict[str, list[str]] = {}
    for each in await queries.list_wordings():
        if each.is_own and each.language not in own.setdefault(each.kind, []):
            own[each.kind].append(each.language)
    return page(
        request,
        "notifications/wordings.html",
        kinds=[(kind.code, kind.title, own.get(kind.code, [])) for kind in KINDS.values()],
        decides=answers_for_all(request.user),
    )


@get(ONE, guards=COORDINATOR)
async def wording(
    request: Page,
    kind: FromPath[str],
    language: FromPath[str],
    form: FromPath[str],
    version: FromQuery[int | None] = None,
) -> Answer:
    """The editor; with ``version``, what was saved then stands in it, not yet saved anew."""
    key = key_of(kind, language, form)
    view = await queries.read_wording_view(key)
    text = view.text if version is None else await queries.saved_text(key, version)
    return await _editor(request, key, WordingForm(text=text, version=view.version), [])


@post(ONE, status_code=200, guards=COORDINATOR)
async def save(
    request: Page, kind: FromPath[str], language: FromPath[str], form: FromPath[str], data: Posted
) -> Answer:
    """Save what stands in the editor."""
    key = key_of(kind, language, form)
    try:
        command = SaveWording(text=data.text)
        await save_wording(request.user, key, command, version=data.version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        view = await queries.read_wording_view(key)
        errors, version = shown_again(error, sent=data.version, saved=view.version)
        return await _editor(request, key, msgspec.structs.replace(data, version=version), errors)
    return redirect(request, address_of(key), flash=Flash("ok", _("Saved.")))


@post(f"{ONE}/preview", status_code=200, guards=COORDINATOR)
async def show(
    request: Page, kind: FromPath[str], language: FromPath[str], form: FromPath[str], data: Posted
) -> Answer:
    """What stands in the editor as a message: a fragment while one types, else the whole page."""
    key = key_of(kind, language, form)
    if data.use:
        data = msgspec.structs.replace(data, text=data.use)
    if not is_htmx(request.scope):
        return await _editor(request, key, data, [])
    made, wrong = await _preview(request, key, data)
    if wrong:  # the last preview stays beside it
        return fragment(
            request,
            "notifications/_wording_problem.html",
            headers={"HX-Retarget": "#preview-problem"},
            language=key.language,
            marks=marked(lines_of(data.text), KINDS[key.kind].names),
            errors=wrong,
            tells=True,
        )
    return fragment(
        request,
        "notifications/_wording_preview.html",
        action=address_of(key),
        language=key.language,
        titles=WAYS,
        preview=made,
        decides=answers_for_all(request.user),
        vouchers=key.kind in _ABOUT_VOUCHERS,
        tells=True,
    )


@post(f"{ONE}/test", status_code=200, guards=COORDINATOR)
async def test(
    request: Page, kind: FromPath[str], language: FromPath[str], form: FromPath[str], data: Posted
) -> Answer:
    """Send what stands in the editor to a phone; it is not saved by that."""
    key = key_of(kind, language, form)
    errors: list[FieldError] = []
    sent = False
    try:
        await send_test(
            request.user, key, data.sent(), base_url=_base_url(request), now=clock.now()
        )
        sent = True
    except Invalid as invalid:
        errors = invalid.errors
    except TooManyTests as error:
        errors = [FieldError("number", error.code, error.message())]
    return await _editor(request, key, data, errors, sent=sent)


async def _editor(
    request: Page, key: Key, form: WordingForm, errors: list[FieldError], *, sent: bool = False
) -> Answer:
    vouchers = key.kind in _ABOUT_VOUCHERS
    examples = [] if vouchers else await loans_to_try(request.user)
    example = form.example or (str(examples[0].id) if examples else ONE_THING)
    form = msgspec.structs.replace(form, text=lines_of(form.text), example=example)
    view = await queries.read_wording_view(key)
    made, wrong = await _preview(request, key, form)
    if wrong:  # what holds today is seen beside it
        made, _unsaid = await _preview(request, key, msgspec.structs.replace(form, text=view.text))
    # What a preview finds wrong stands above it; what is refused, also at the top.
    return page(
        request,
        "notifications/wording.html",
        status=status_of_form(errors),
        key=key,
        view=view,
        title=KINDS[key.kind].title,
        action=address_of(key),
        by_language=[(each, address_of(Key(key.kind, each, key.form))) for each in LANGUAGES],
        by_form=[
            (each, address_of(Key(key.kind, key.language, each)))
            for each in queries.forms_of(key.kind)
        ],
        names=[(name, str(NAMES[name])) for name in view.names],
        form=form,
        preview=made,
        wrong=wrong,
        marks=marked(form.text, KINDS[key.kind].names),
        errors=errors or [each for each in wrong if each.field == "text"],
        examples=examples,
        titles=WAYS,
        texted=Channel.SMS in ways_of(key),
        versions=await queries.saved(key, limit=_VERSIONS_SHOWN),
        decides=answers_for_all(request.user),
        sent=sent,
        vouchers=vouchers,
        tells=False,
    )


async def _preview(
    request: Page, key: Key, form: WordingForm
) -> tuple[Preview | None, list[FieldError]]:
    now, url = clock.now(), _base_url(request)
    terms = text_terms(shell_of(request.app).settings)

    async def made(tried: TryWording) -> Preview:
        return await make_preview(request.user, key, tried, base_url=url, terms=terms, now=now)

    try:
        return await made(form.tried()), []
    except LoanNotFound:  # it came back meanwhile: the example does
        return await made(TryWording(text=form.text)), []
    except Invalid as invalid:
        return None, invalid.errors
    except NoSite as error:
        return None, [FieldError("", error.code, error.message())]


def _base_url(request: Page) -> str:
    return shell_of(request.app).settings.base_url


def key_of(kind: str, language: str, form: str) -> Key:
    """The wording that an address names.

    Raises:
        WordingNotFound: there is none.
    """
    try:
        key = Key(kind, language, Form(form))
    except ValueError as unknown:
        raise WordingNotFound from unknown
    queries.need_wording(key)
    return key


def address_of(key: Key) -> str:
    """The page of a wording."""
    return f"{LIST}/{key.kind}/{key.language}/{key.form.value}"


ROUTES = [wordings, wording, save, show, test]
