"""Who may call what: one table of (method, path, role) → status.

A new route gets a line here, or ``test_every_route_has_a_line`` fails. ``IN``
means that the guard lets the call through; what the handler then answers to an
empty form and ids that do not exist is for its own tests.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories
from tests.http_client import ORIGIN, client_of, shared_app, sign_in, use_token
from tests.test_declarations import handlers

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

TABLE: dict[str, Line] = {
    "GET /": RECEPTION,
    "GET /account": SIGNED_IN,
    "POST /account/badge": BY_PASSWORD,
    "POST /account/badge/remove": BY_PASSWORD,
    "POST /account/language": SIGNED_IN,
    "GET /account/password": BY_PASSWORD,
    "POST /account/password": BY_PASSWORD,
    "POST /account/pin": BY_PASSWORD,
    "POST /account/pin/remove": BY_PASSWORD,
    "GET /account/second-factor": BY_PASSWORD,
    "POST /account/second-factor": BY_PASSWORD,
    "GET /account/second-factor/change": BY_PASSWORD,
    "POST /account/second-factor/confirm": BY_PASSWORD,
    "POST /account/second-factor/recovery-codes": BY_PASSWORD,
    "POST /account/second-factor/turn-off": BY_PASSWORD,
    "POST /account/sessions/end-all": BY_PASSWORD,
    "POST /account/sessions/{session_id}/end": BY_PASSWORD,
    "POST /account/site": SIGNED_IN,
    "GET /agreements/{agreement_id}": RECEPTION,
    "GET /agreements/{agreement_id}/pdf": RECEPTION,
    "GET /api/docs": EVERYBODY,
    "POST /agreements/{agreement_id}/signed": RECEPTION,
    "POST /api/v1/agreements": scopes("desk"),
    "POST /api/v1/agreements/{agreement_id}/paper-signature": scopes("desk"),
    "GET /api/v1/agreements/{agreement_id}": scopes("read", "desk", "borrowers"),
    "GET /api/v1/agreements/{agreement_id}/pdf": scopes("read", "desk", "borrowers"),
    "GET /api/v1/borrowers": scopes("read", "desk", "borrowers"),
    "GET /api/v1/announcements": scopes("read", "desk", "borrowers"),
    "GET /api/v1/announcements/{announcement_id}/people": scopes("read", "desk", "borrowers"),
    "DELETE /api/v1/announcements/{announcement_id}/people/{borrower_id}/telling": scopes(
        "desk", "borrowers"
    ),
    "POST /api/v1/announcements/{announcement_id}/people/{borrower_id}/telling": scopes(
        "desk", "borrowers"
    ),
    "POST /api/v1/borrowers": scopes("desk", "borrowers"),
    "POST /api/v1/borrowers/duplicates": scopes("read", "desk", "borrowers"),
    "POST /api/v1/borrowers/searches": scopes("read", "desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}": scopes("read", "desk", "borrowers"),
    "PUT /api/v1/borrowers/{borrower_id}": scopes("desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}/agreements": scopes("read", "desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}/card": scopes("read", "desk", "borrowers"),
    "POST /api/v1/borrowers/{borrower_id}/cards": scopes("desk", "borrowers"),
    "DELETE /api/v1/borrowers/{borrower_id}/household": scopes("desk", "borrowers"),
    "PUT /api/v1/borrowers/{borrower_id}/household": scopes("desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}/number-question": scopes("read", "desk", "borrowers"),
    "POST /api/v1/borrowers/{borrower_id}/number-confirmations": scopes("desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}/message-wish": scopes("read", "desk", "borrowers"),
    "PUT /api/v1/borrowers/{borrower_id}/message-wish": scopes("desk", "borrowers"),
    "GET /api/v1/borrowers/{borrower_id}/timeline": scopes("read", "desk", "borrowers"),
    "DELETE /api/v1/borrowers/{borrower_id}/suspension": scopes("borrowers"),
    "PUT /api/v1/borrowers/{borrower_id}/suspension": scopes("borrowers"),
    "GET /api/v1/categories": scopes("read", "desk", "inventory"),
    "POST /api/v1/categories": scopes("inventory"),
    "GET /api/v1/categories/{category_id}": scopes("read", "desk", "inventory"),
    "PUT /api/v1/categories/{category_id}": scopes("inventory"),
    "POST /api/v1/categories/{category_id}/moves": scopes("inventory"),
    "POST /api/v1/check-ins": scopes("desk"),
    "POST /api/v1/check-outs": scopes("desk"),
    "GET /api/v1/groups": ANY_TOKEN,
    "POST /api/v1/groups": scopes("settings"),
    "DELETE /api/v1/groups/{group_id}": scopes("settings"),
    "GET /api/v1/groups/{group_id}": ANY_TOKEN,
    "PUT /api/v1/groups/{group_id}": scopes("settings"),
    "POST /api/v1/groups/{group_id}/default": scopes("settings"),
    "GET /api/v1/items": scopes("read", "desk", "inventory"),
    "POST /api/v1/items": scopes("inventory"),
    "GET /api/v1/items.csv": scopes("read", "desk", "inventory"),
    "POST /api/v1/items/batches": scopes("inventory"),
    "GET /api/v1/items/{code}": scopes("read", "desk", "inventory"),
    "PUT /api/v1/items/{code}": scopes("inventory"),
    "POST /api/v1/items/{code}/arrivals": scopes("desk", "inventory"),
    "POST /api/v1/items/{code}/finds": scopes("desk", "inventory"),
    "POST /api/v1/items/{code}/problems": scopes("desk", "inventory"),
    "POST /api/v1/items/{code}/problems/{problem_id}/brought": scopes("desk"),
    "POST /api/v1/items/{code}/problems/{problem_id}/undo-brought": scopes("desk"),
    "POST /api/v1/loans/{loan_id}/missing-accessories": scopes("desk"),
    "GET /api/v1/borrowers/{borrower_id}/missing-accessories": scopes("read", "desk", "borrowers"),
    "POST /api/v1/items/{code}/problems/{problem_id}/undo-report": scopes("desk", "inventory"),
    "POST /api/v1/items/{code}/steps": scopes("desk", "inventory"),
    "GET /api/v1/items/{code}/timeline": scopes("read", "desk", "inventory"),
    "POST /api/v1/items/{code}/transfers": scopes("desk", "inventory"),
    "POST /api/v1/items/{code}/undo-find": scopes("desk", "inventory"),
    "POST /api/v1/labels": scopes("read", "desk", "inventory"),
    "GET /api/v1/loans": scopes("read", "desk", "borrowers"),
    "GET /api/v1/loans/{loan_id}": scopes("read", "desk", "borrowers"),
    "GET /api/v1/loans/{loan_id}/agreements": scopes("read", "desk", "borrowers"),
    "POST /api/v1/loans/{loan_id}/renewals": scopes("desk"),
    "PUT /api/v1/loans/{loan_id}/return-site": scopes("desk"),
    "GET /api/v1/loans/{loan_id}/timeline": scopes("read", "desk", "borrowers"),
    "POST /api/v1/loans/searches": scopes("read", "desk", "borrowers"),
    "POST /api/v1/loans/{loan_id}/reopen": scopes("borrowers"),
    "POST /api/v1/loans/{loan_id}/undo-check-in": scopes("desk"),
    "POST /api/v1/loans/{loan_id}/undo-check-out": scopes("desk"),
    "POST /api/v1/loans/{loan_id}/undo-renewal": scopes("desk"),
    "GET /api/v1/jobs": scopes("settings"),
    "GET /api/v1/metrics": scopes("settings"),
    "GET /api/v1/this-week": scopes("settings"),
    "GET /api/v1/conversations": scopes("read", "borrowers"),
    "GET /api/v1/conversations/{conversation_id}": scopes("read", "borrowers"),
    "POST /api/v1/conversations/{conversation_id}/answers": scopes("borrowers"),
    "POST /api/v1/conversations/{conversation_id}/done": scopes("borrowers"),
    "GET /api/v1/messages": scopes("read", "borrowers"),
    "GET /api/v1/messages/{message_id}": scopes("read", "borrowers"),
    "POST /api/v1/messages/{message_id}/tries": scopes("borrowers"),
    "POST /api/v1/messages/{message_id}/let-be": scopes("borrowers"),
    "GET /api/v1/reminder-plans": scopes("read", "borrowers", "settings"),
    "POST /api/v1/reminder-plans": scopes("settings"),
    "GET /api/v1/reminder-plans/{plan_id}": scopes("read", "borrowers", "settings"),
    "PUT /api/v1/reminder-plans/{plan_id}": scopes("settings"),
    "DELETE /api/v1/reminder-plans/{plan_id}": scopes("settings"),
    "GET /api/v1/sites/{site_id}/sending-hours": scopes("read", "borrowers", "settings"),
    "PUT /api/v1/sites/{site_id}/sending-hours": scopes("settings"),
    "GET /api/v1/sending": scopes("settings"),
    "PUT /api/v1/sending": scopes("settings"),
    "GET /api/v1/models": scopes("read", "desk", "inventory"),
    "POST /api/v1/models": scopes("inventory"),
    "GET /api/v1/models/{model_id}": scopes("read", "desk", "inventory"),
    "PUT /api/v1/models/{model_id}": scopes("inventory"),
    "GET /api/v1/openapi.json": EVERYBODY,
    "GET /api/v1/organisations": ANY_TOKEN,
    "POST /api/v1/organisations": scopes("settings"),
    "GET /api/v1/organisations/{organisation_id}": ANY_TOKEN,
    "PUT /api/v1/organisations/{organisation_id}": scopes("settings"),
    "GET /api/v1/policies": ANY_TOKEN,
    "POST /api/v1/voucher-issues": scopes("desk"),
    "GET /api/v1/voucher-issues/{issue_id}": ANY_TOKEN,
    "DELETE /api/v1/voucher-issues/{issue_id}": scopes("desk"),
    "POST /api/v1/voucher-issues/{issue_id}/showings": scopes("desk"),
    "GET /api/v1/voucher-policies": ANY_TOKEN,
    "POST /api/v1/voucher-policies": scopes("settings"),
    "GET /api/v1/voucher-policies/{policy_id}": ANY_TOKEN,
    "PUT /api/v1/voucher-policies/{policy_id}": scopes("settings"),
    "DELETE /api/v1/voucher-policies/{policy_id}": scopes("settings"),
    "POST /api/v1/policies": scopes("settings"),
    "DELETE /api/v1/policies/{policy_id}": scopes("settings"),
    "GET /api/v1/policies/{policy_id}": ANY_TOKEN,
    "PUT /api/v1/policies/{policy_id}": scopes("settings"),
    "POST /api/v1/site-imports": scopes("settings"),
    "GET /api/v1/sites": ANY_TOKEN,
    "POST /api/v1/sites": scopes("settings"),
    "GET /api/v1/sites/{site_id}": ANY_TOKEN,
    "PUT /api/v1/sites/{site_id}": scopes("settings"),
    "PUT /api/v1/sites/{site_id}/hours": scopes("settings"),
    "POST /api/v1/sites/{site_id}/hours/preview": scopes("read", "settings"),
    "POST /api/v1/sites/{site_id}/preview": scopes("read", "settings"),
    "GET /api/v1/sites/{site_id}/local-holidays": ANY_TOKEN,
    "POST /api/v1/sites/{site_id}/rota/closed-days/clear": scopes("settings"),
    "POST /api/v1/sites/{site_id}/rota/closed-days/restore": scopes("settings"),
    "PUT /api/v1/sites/{site_id}/local-holidays": scopes("settings"),
    "POST /api/v1/sites/{site_id}/local-holidays/preview": scopes("read", "settings"),
    "GET /api/v1/sites/{site_id}/opening-hours": ANY_TOKEN,
    "GET /api/v1/sites/{site_id}/open-days": ANY_TOKEN,
    "GET /api/v1/sites/{site_id}/exceptions": ANY_TOKEN,
    "POST /api/v1/exceptions": scopes("settings"),
    "POST /api/v1/exceptions/preview": scopes("read", "settings"),
    "POST /api/v1/exceptions/{exception_id}/withdrawal/preview": scopes("read", "settings"),
    "DELETE /api/v1/exceptions/{exception_id}": scopes("settings"),
    "GET /api/v1/tokens": scopes("settings"),
    "POST /api/v1/tokens": scopes("settings"),
    "DELETE /api/v1/tokens/{token_id}": scopes("settings"),
    "GET /api/v1/users": scopes("settings"),
    "POST /api/v1/users": scopes("settings"),
    "POST /api/v1/users/roles": scopes("settings"),
    "GET /api/v1/users/{user_id}": scopes("settings"),
    "POST /api/v1/users/{user_id}/deactivate": scopes("settings"),
    "POST /api/v1/users/{user_id}/reactivate": scopes("settings"),
    "POST /api/v1/users/{user_id}/reset": scopes("settings"),
    "DELETE /api/v1/users/{user_id}/roles": scopes("settings"),
    "GET /api/v1/competences": scopes("settings"),
    "POST /api/v1/competences": scopes("settings"),
    "GET /api/v1/competences/{competence_id}": scopes("settings"),
    "PUT /api/v1/competences/{competence_id}": scopes("settings"),
    "DELETE /api/v1/competences/{competence_id}": scopes("settings"),
    "GET /api/v1/users/{user_id}/skills": scopes("settings"),
    "POST /api/v1/users/{user_id}/skills": scopes("settings"),
    "GET /api/v1/sites/{site_id}/rota": scopes("settings"),
    "POST /api/v1/sites/{site_id}/hours/confirmations": scopes("desk", "settings"),
    "GET /api/v1/sites/{site_id}/visits": scopes("read", "desk", "settings"),
    "POST /api/v1/sites/{site_id}/visits": scopes("desk"),
    "POST /api/v1/sites/{site_id}/visits/take-back": scopes("desk"),
    "GET /api/v1/sites/{site_id}/rota.pdf": scopes("settings"),
    "POST /api/v1/sites/{site_id}/rota/gaps/fill": scopes("settings"),
    "POST /api/v1/shifts": scopes("settings"),
    "POST /api/v1/shifts/{shift_id}/changes": scopes("settings"),
    "DELETE /api/v1/shifts/{shift_id}": scopes("settings"),
    "POST /api/v1/shift-offers": scopes("settings"),
    "POST /api/v1/shift-offers/{offer_id}/take": scopes("settings"),
    "DELETE /api/v1/shift-offers/{offer_id}": scopes("settings"),
    "POST /api/v1/absences": scopes("settings"),
    "DELETE /api/v1/absences/{absence_id}": scopes("settings"),
    "GET /api/v1/sites/{site_id}/needs": scopes("settings"),
    "POST /api/v1/sites/{site_id}/needs": scopes("settings"),
    "DELETE /api/v1/needs/{need_id}": scopes("settings"),
    "POST /api/v1/sites/{site_id}/calendar-link": scopes("settings"),
    "GET /api/v1/sites/{site_id}/public-skills": ANY_TOKEN,
    "GET /b/{code}": EVERYBODY,
    "GET /B/{code}": EVERYBODY,
    "GET /borrowers": RECEPTION,
    "POST /borrowers/duplicates": RECEPTION,
    "GET /borrowers/new": RECEPTION,
    "POST /borrowers/new": RECEPTION,
    "POST /borrowers/quick": RECEPTION,
    "POST /borrowers/search": RECEPTION,
    "GET /borrowers/{borrower_id}": RECEPTION,
    "POST /borrowers/{borrower_id}/card": RECEPTION,
    "GET /borrowers/{borrower_id}/card.pdf": RECEPTION,
    "GET /borrowers/{borrower_id}/card/replace": RECEPTION,
    "GET /borrowers/{borrower_id}/edit": RECEPTION,
    "POST /borrowers/{borrower_id}/edit": RECEPTION,
    "GET /borrowers/{borrower_id}/household": RECEPTION,
    "POST /borrowers/{borrower_id}/household": RECEPTION,
    "POST /borrowers/{borrower_id}/household/leave": RECEPTION,
    "POST /borrowers/{borrower_id}/number-confirmations": RECEPTION,
    "POST /borrowers/{borrower_id}/message-wish": RECEPTION,
    "POST /borrowers/{borrower_id}/household/search": RECEPTION,
    "POST /borrowers/{borrower_id}/lift": COORDINATOR,
    "GET /borrowers/{borrower_id}/suspend": COORDINATOR,
    "POST /borrowers/{borrower_id}/suspend": COORDINATOR,
    "GET /desk": RECEPTION,
    "POST /desk/problems": RECEPTION,
    "POST /desk/brought": RECEPTION,
    "POST /desk/ready": RECEPTION,
    "POST /desk/renew": RECEPTION,
    "POST /desk/returns": RECEPTION,
    "POST /desk/scan": RECEPTION,
    "POST /desk/told": RECEPTION,
    "POST /desk/transfer": RECEPTION,
    "POST /desk/undo": RECEPTION,
    "POST /desk/visits": RECEPTION,
    "POST /desk/vouchers": RECEPTION,
    "POST /desk/vouchers/show": RECEPTION,
    "POST /desk/vouchers/slip": RECEPTION,
    "POST /desk/visits/close": RECEPTION,
    "GET /borrowers/{borrower_id}/agreement": RECEPTION,
    "POST /borrowers/{borrower_id}/agreement": RECEPTION,
    "GET /desk/visits/{visit_id}/return-site": RECEPTION,
    "POST /desk/visits/{visit_id}/return-site": RECEPTION,
    "GET /desk/visits/{visit_id}/agreement": RECEPTION,
    "POST /desk/visits/{visit_id}/agreement": RECEPTION,
    "GET /healthz": EVERYBODY,
    "GET /api/v1/wordings": scopes("settings"),
    "GET /api/v1/wordings/{kind}/{language}/{form}": scopes("settings"),
    "PUT /api/v1/wordings/{kind}/{language}/{form}": scopes("settings"),
    "POST /api/v1/wordings/{kind}/{language}/{form}/previews": scopes("settings"),
    "POST /api/v1/wordings/{kind}/{language}/{form}/tests": scopes("settings"),
    "GET /api/v1/wordings/{kind}/{language}/{form}/versions": scopes("settings"),
    "GET /hooks/{gateway}/messages": EVERYBODY,
    "POST /hooks/{gateway}/messages": EVERYBODY,
    "GET /hooks/{gateway}/reports": EVERYBODY,
    "POST /hooks/{gateway}/reports": EVERYBODY,
    "PUT /hooks/{gateway}/reports": EVERYBODY,
    "POST /hooks/{gateway}/returned": EVERYBODY,
    "GET /invitations/{token}": EVERYBODY,
    "POST /invitations/{token}": EVERYBODY,
    "GET /items": RECEPTION,
    "GET /items.csv": RECEPTION,
    "GET /items/labels": RECEPTION,
    "POST /items/labels": RECEPTION,
    "GET /items/new": COORDINATOR,
    "POST /items/new": COORDINATOR,
    "GET /items/several": COORDINATOR,
    "POST /items/several": COORDINATOR,
    "POST /items/several/check": COORDINATOR,
    "GET /items/{code}": RECEPTION,
    "GET /items/{code}/actions/{action}": RECEPTION,
    "POST /items/{code}/actions/{action}": RECEPTION,
    "GET /items/{code}/edit": COORDINATOR,
    "POST /items/{code}/edit": COORDINATOR,
    "POST /items/{code}/problems": RECEPTION,
    "POST /items/{code}/send": RECEPTION,
    "POST /language": EVERYBODY,
    "GET /loans": RECEPTION,
    "GET /loans/moved": RECEPTION,
    "GET /loans/moved/{announcement_id}": RECEPTION,
    "POST /loans/moved/{announcement_id}/people/{borrower_id}/told": RECEPTION,
    "GET /loans/{loan_id}": RECEPTION,
    "POST /loans/{loan_id}/renew": RECEPTION,
    "POST /loans/search": RECEPTION,
    "POST /loans/{loan_id}/undo-renewal": RECEPTION,
    "GET /loans/{loan_id}/return-site": RECEPTION,
    "POST /loans/{loan_id}/return-site": RECEPTION,
    "GET /loans/{loan_id}/reopen": COORDINATOR,
    "POST /loans/{loan_id}/reopen": COORDINATOR,
    "POST /lock": EVERYBODY,
    "GET /locked": EVERYBODY,
    "GET /messages": COORDINATOR,
    "GET /letters": RECEPTION,
    "POST /letters/batches": RECEPTION,
    "GET /letters/batches/{batch_id}/pdf": RECEPTION,
    "POST /letters/batches/{batch_id}/printed": RECEPTION,
    "POST /letters/batches/{batch_id}/back": RECEPTION,
    "GET /api/v1/letters": scopes("read", "borrowers"),
    "GET /api/v1/letter-batches": scopes("read", "borrowers"),
    "POST /api/v1/letter-batches": scopes("borrowers"),
    "GET /api/v1/letter-batches/{batch_id}/pdf": scopes("read", "borrowers"),
    "POST /api/v1/letter-batches/{batch_id}/printed": scopes("borrowers"),
    "DELETE /api/v1/letter-batches/{batch_id}": scopes("borrowers"),
    "GET /calls": RECEPTION,
    "GET /calls/count": RECEPTION,
    "POST /calls/{borrower_id}/outcomes": RECEPTION,
    "POST /calls/outcomes/{outcome_id}/undo": RECEPTION,
    "GET /api/v1/calls": scopes("read", "borrowers"),
    "POST /api/v1/calls/{borrower_id}/outcomes": scopes("borrowers"),
    "DELETE /api/v1/call-outcomes/{outcome_id}": scopes("borrowers"),
    "GET /replies": RECEPTION,
    "GET /replies/count": RECEPTION,
    "GET /replies/{conversation_id}": RECEPTION,
    "POST /replies/{conversation_id}/answer": RECEPTION,
    "POST /replies/{conversation_id}/done": RECEPTION,
    "GET /settings/reminders": COORDINATOR,
    "GET /settings/reminders/plan": COORDINATOR,
    "POST /settings/reminders/plan": COORDINATOR,
    "POST /settings/reminders/{plan_id}/remove": COORDINATOR,
    "GET /settings/reminders/sites/{site_id}": COORDINATOR,
    "POST /settings/reminders/sites/{site_id}": COORDINATOR,
    "GET /messages/sending": ADMIN,
    "POST /messages/sending": ADMIN,
    "POST /messages/{message_id}/again": COORDINATOR,
    "POST /messages/{message_id}/let-be": COORDINATOR,
    "GET /m/{token}": EVERYBODY,
    "POST /m/{token}": EVERYBODY,
    "GET /places": EVERYBODY,
    "GET /places/{address}": EVERYBODY,
    "GET /places/{address}/hours.ics": EVERYBODY,
    "GET /places/anct.csv": EVERYBODY,
    "GET /places/data-inclusion/services.json": EVERYBODY,
    "GET /places/data-inclusion/structures.json": EVERYBODY,
    "GET /places/places.geojson": EVERYBODY,
    "GET /places/{address}/poster.pdf": EVERYBODY,
    "GET /rota": RECEPTION,
    "GET /rota/rota.pdf": RECEPTION,
    "GET /rota/shifts/new": COORDINATOR,
    "POST /rota/shifts/new": COORDINATOR,
    "GET /rota/shifts/{shift_id}": RECEPTION,
    "POST /rota/shifts/{shift_id}": COORDINATOR,
    "GET /rota/shifts/{shift_id}/remove": COORDINATOR,
    "POST /rota/shifts/{shift_id}/remove": COORDINATOR,
    "POST /rota/offers": RECEPTION,
    "POST /rota/offers/{offer_id}/take": RECEPTION,
    "POST /rota/offers/{offer_id}/withdraw": RECEPTION,
    "POST /rota/gaps": RECEPTION,
    "POST /rota/gaps/{shift_id}/leave": RECEPTION,
    "GET /rota/absences/new": RECEPTION,
    "POST /rota/absences/new": RECEPTION,
    "POST /rota/absences/{absence_id}/remove": RECEPTION,
    "POST /settings/sites/{site_id}/hours/confirm": RECEPTION,
    "GET /u/{token}": EVERYBODY,
    "POST /u/{token}": EVERYBODY,
    "GET /visits": RECEPTION,
    "POST /visits": RECEPTION,
    "GET /vouchers/{voucher_id}/code": RECEPTION,
    "POST /vouchers/{voucher_id}/code": RECEPTION,
    "POST /api/v1/vouchers/{voucher_id}/reveals": scopes("inventory"),
    "GET /vouchers": RECEPTION,
    "GET /vouchers/funding": COORDINATOR,
    "GET /vouchers/funding.csv": COORDINATOR,
    "GET /vouchers/funding.pdf": COORDINATOR,
    "POST /vouchers/levels": COORDINATOR,
    "GET /rota/needs": COORDINATOR,
    "POST /rota/needs": COORDINATOR,
    "POST /rota/needs/{need_id}/remove": COORDINATOR,
    "GET /rota/links": RECEPTION,
    "POST /rota/links/own": RECEPTION,
    "POST /rota/links/site": COORDINATOR,
    "GET /rota/links/{token}/rota.ics": EVERYBODY,
    "GET /settings": COORDINATOR,
    "GET /settings/competences": COORDINATOR,
    "GET /settings/competences/new": COORDINATOR,
    "POST /settings/competences/new": COORDINATOR,
    "GET /settings/competences/{competence_id}": COORDINATOR,
    "POST /settings/competences/{competence_id}": COORDINATOR,
    "GET /settings/competences/{competence_id}/remove": COORDINATOR,
    "POST /settings/competences/{competence_id}/remove": COORDINATOR,
    "GET /staff/{user_id}/skills": COORDINATOR,
    "POST /staff/{user_id}/skills": COORDINATOR,
    "POST /session/alive": {**EVERYBODY, "nobody": 401},
    "GET /settings/categories": COORDINATOR,
    "GET /settings/categories/new": COORDINATOR,
    "POST /settings/categories/new": COORDINATOR,
    "GET /settings/categories/{category_id}": COORDINATOR,
    "POST /settings/categories/{category_id}": COORDINATOR,
    "POST /settings/categories/{category_id}/move": COORDINATOR,
    "GET /settings/groups": COORDINATOR,
    "GET /settings/groups/new": COORDINATOR,
    "POST /settings/groups/new": COORDINATOR,
    "GET /settings/groups/{group_id}": COORDINATOR,
    "POST /settings/groups/{group_id}": COORDINATOR,
    "POST /settings/groups/{group_id}/default": COORDINATOR,
    "POST /settings/groups/{group_id}/remove": COORDINATOR,
    "GET /settings/jobs": COORDINATOR,
    "GET /settings/models": COORDINATOR,
    "GET /settings/models/new": COORDINATOR,
    "POST /settings/models/new": COORDINATOR,
    "GET /settings/models/{model_id}": COORDINATOR,
    "POST /settings/models/{model_id}": COORDINATOR,
    "GET /settings/organisations/new": ADMIN,
    "POST /settings/organisations/new": ADMIN,
    "GET /settings/organisations/{organisation_id}": ADMIN,
    "POST /settings/organisations/{organisation_id}": ADMIN,
    "GET /settings/policies": COORDINATOR,
    "GET /settings/policies/{category_id}/{group}": COORDINATOR,
    "GET /settings/policies/{category_id}/{group}/remove": COORDINATOR,
    "POST /settings/policies/{category_id}/{group}": COORDINATOR,
    "POST /settings/policies/{category_id}/{group}/remove": COORDINATOR,
    "GET /settings/voucher-policies": COORDINATOR,
    "GET /settings/voucher-policies/{kind_id}/{group}": COORDINATOR,
    "POST /settings/voucher-policies/{kind_id}/{group}": COORDINATOR,
    "POST /settings/voucher-policies/{kind_id}/{group}/remove": COORDINATOR,
    "GET /settings/sites": COORDINATOR,
    "GET /settings/sites/import": ADMIN,
    "POST /settings/sites/import": ADMIN,
    "POST /settings/sites/import/check": ADMIN,
    "GET /settings/sites/new": ADMIN,
    "POST /settings/sites/new": COORDINATOR,
    "GET /settings/sites/{site_id}": COORDINATOR,
    "POST /settings/sites/{site_id}": COORDINATOR,
    "POST /settings/sites/{site_id}/publish": COORDINATOR,
    "GET /settings/sites/{site_id}/photo": COORDINATOR,
    "GET /settings/sites/{site_id}/photo.webp": COORDINATOR,
    "POST /settings/sites/{site_id}/photo": COORDINATOR,
    "POST /settings/sites/{site_id}/photo/remove": COORDINATOR,
    "GET /places/{address}/photo.webp": EVERYBODY,
    "GET /api/v1/sites/{site_id}/photo": scopes("read", "desk", "settings"),
    "POST /api/v1/sites/{site_id}/photo": scopes("settings"),
    "DELETE /api/v1/sites/{site_id}/photo": scopes("settings"),
    "GET /settings/sites/{site_id}/hours": COORDINATOR,
    "POST /settings/sites/{site_id}/hours": COORDINATOR,
    "POST /settings/sites/{site_id}/hours/expression": COORDINATOR,
    "POST /settings/sites/{site_id}/holidays": COORDINATOR,
    "POST /rota/closed-days/clear": COORDINATOR,
    "POST /rota/closed-days/restore": COORDINATOR,
    "GET /settings/sites/{site_id}/days": COORDINATOR,
    "GET /settings/exceptions/new": COORDINATOR,
    "POST /settings/exceptions/new": COORDINATOR,
    "POST /settings/exceptions/{exception_id}/withdraw": COORDINATOR,
    "GET /settings/tokens": ADMIN,
    "POST /settings/tokens": ADMIN,
    "GET /settings/tokens/new": ADMIN,
    "POST /settings/tokens/{token_id}/revoke": ADMIN,
    "GET /settings/wordings": COORDINATOR,
    "GET /settings/wordings/{kind}/{language}/{form}": COORDINATOR,
    "POST /settings/wordings/{kind}/{language}/{form}": COORDINATOR,
    "POST /settings/wordings/{kind}/{language}/{form}/preview": COORDINATOR,
    "POST /settings/wordings/{kind}/{language}/{form}/test": COORDINATOR,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /sign-in/code": EVERYBODY,
    "POST /sign-in/code": EVERYBODY,
    "POST /sign-out": EVERYBODY,
    "GET /site": SIGNED_IN,
    "POST /site": SIGNED_IN,
    "GET /staff": COORDINATOR,
    "GET /staff/add": COORDINATOR,
    "POST /staff/add": COORDINATOR,
    "GET /staff/invite": COORDINATOR,
    "POST /staff/invite": COORDINATOR,
    "GET /staff/{user_id}": COORDINATOR,
    "GET /staff/{user_id}/deactivate": COORDINATOR,
    "POST /staff/{user_id}/deactivate": COORDINATOR,
    "POST /staff/{user_id}/reactivate": COORDINATOR,
    "GET /staff/{user_id}/reset": COORDINATOR,
    "POST /staff/{user_id}/reset": COORDINATOR,
    "POST /staff/{user_id}/take-role": COORDINATOR,
    "GET /t/{code}": EVERYBODY,
    "GET /T/{code}": EVERYBODY,
    "GET /this-week": COORDINATOR,
    "POST /this-week/mail": COORDINATOR,
    "POST /unlock": EVERYBODY,
}


def test_every_route_has_a_line() -> None:
    routes = {
        f"{method} {path}"
        for method, path, handler in handlers(shared_app())
        if not handler.opt.get("static")
    }
    assert sorted(routes - set(TABLE)) == [], "routes without a line in the table"
    assert sorted(set(TABLE) - routes) == [], "lines without a route"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        client.headers["Referer"] = f"{ORIGIN}/desk"  # the page to come back to after signing in
        yield client


@pytest.mark.long
async def test_the_table_is_true(client: AsyncClient) -> None:
    site = await factories.site()
    people = {
        "pin": await factories.user(role=Role.ADMIN),
        "reception": await factories.user(role=Role.RECEPTION, site_id=site.id),
        "coordinator": await factories.user(role=Role.COORDINATOR, site_id=site.id),
        "admin": await factories.user(role=Role.ADMIN),
    }
    wrong = []
    for route, line in TABLE.items():
        for who, expected in line.items():
            await _become(client, who, people)
            answer = await _call(client, route)
            if _outcome(answer, line) != expected:
                wrong.append(f"{route} as {who}: {answer.status_code}, not {expected or 'in'}")
    assert wrong == []


async def _become(client: AsyncClient, who: str, people: Mapping[str, User]) -> None:
    """A session or a token of its own for each call: some calls end it."""
    client.cookies.clear()
    client.headers.pop("Authorization", None)
    if who in SCOPES:
        await use_token(client, who)
    elif who != "nobody":
        await sign_in(client, people[who], method="pin" if who == "pin" else "password")


async def _call(client: AsyncClient, route: str) -> Response:
    method, path = route.split(" ")
    path = re.sub(r"\{(\w+_id|category|group)\}", lambda _: str(new_id()), path)
    path = re.sub(r"\{\w+\}", "x", path)
    if method == "GET":
        return await client.get(path)
    if path.startswith("/api/"):
        return await client.request(method, path, json={})
    return await client.request(method, path, data={})


def _outcome(answer: Response, line: Line) -> int:
    if answer.status_code in (401, 403):
        return answer.status_code
    target = answer.headers.get("location", "")
    from_start = answer.request.url.path == "/"  # which needs no way back
    to_sign_in = target.startswith("/sign-in?next=") or (from_start and target == "/sign-in")
    public = line["nobody"] == IN
    return SIGN_IN if answer.status_code == 303 and to_sign_in and not public else IN
