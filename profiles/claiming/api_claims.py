"""Claims over the API: begin one, see it, prove it, end it, and decide it as a moderator."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from bzpeer.kit.api.views import moved
from profiles.claiming import claim_representations, claims, verification
from profiles.models import Claim, ProofAttempt, User
from profiles.moderating import moderation
from profiles.proofs.base import Proof
from profiles.proofs.registry import PROOFS
from publications.representations import api_url, shown_record
from publications.search_models import Kind


class AuthorClaims(AccountView):
    """`POST /authors/{id}/claims` `{"note"?}`: begin a claim, or with a note ask a moderator to look at it."""

    http_method_names = ["post"]

    def post(self, request: Request, key: str) -> Response:
        given = fields(request, {"note": str})
        author, short_id = shown_record(Kind.AUTHORS, key)
        if author is None:
            return moved(api_url(f"authors/{short_id}/claims"))
        claim = claims.open_claim(author=author, by=_user(request))
        if "note" in given:
            claim = claims.submit(claim=claim, by=_user(request), note=given["note"])
        return _shown(claim, request, status=201)


class ClaimDetail(AccountView):
    """`GET /claims/{id}`; `DELETE` withdraws it, or gives up the record."""

    http_method_names = ["get", "head", "delete"]

    def get(self, request: Request, number: int) -> Response:
        return _shown(_claim(request, number), request)

    def delete(self, request: Request, number: int) -> Response:
        fields(request, {})
        claim, user = _own(request, number), _user(request)
        end = claims.release if claim.status == Claim.Status.APPROVED else claims.withdraw
        end(claim=claim, by=user)
        return Response(status=204)


class ClaimEvidence(AccountView):
    """`POST /claims/{id}/evidence` `{"method", …}`: begin a proof, answer it (`code`), have it sent again (`resend`).

    201 when it holds, 202 while it waits for an answer or a check, 200 with the reason in `detail` when it failed.
    """

    http_method_names = ["post"]

    def post(self, request: Request, number: int) -> Response:
        claim = _own(request, number)
        given = _answers(request)
        proof, session = given.pop("proof"), _session(request)
        who = {"claim": claim, "method": proof.method, "session": session, "by": _user(request)}
        if given.pop("resend", False):
            attempt = verification.resend(**who)
        elif proof.confirms is not None and "code" in given:
            attempt = verification.complete(answers=_cleaned(proof.confirms(given)), **who)
        else:
            asked = proof.form(claim, given)
            attempt = verification.begin(answers=_cleaned(asked) if asked is not None else {}, **who)
        claim.refresh_from_db()
        return Response(
            claim_representations.attempt(attempt),
            status=_STATUS.get(attempt.status, 200),
            headers={"Location": api_url(f"claims/{claim.pk}"), "Retry-After": "2"},
        )


_STATUS: dict[str, int] = {ProofAttempt.Status.VERIFIED: 201, ProofAttempt.Status.WAITING: 202}


class ClaimDecision(AccountView):
    """`POST /claims/{id}/decision` `{"verdict", "template", "text"?}`, for moderators."""

    http_method_names = ["post"]

    def post(self, request: Request, number: int) -> Response:
        if not moderation.is_moderator(_user(request)):
            raise _missing(number)
        given = {"verdict": "", "template": "", "text": ""}
        given |= fields(request, {"verdict": str, "template": str, "text": str})
        claim = _claim(request, number)
        decision = moderation.decide_claim(claim=claim, by=_user(request), **given)
        return Response(claim_representations.decision(decision), status=201)


# Reading requests


def _user(request: Request) -> User:
    return cast("User", request.user)


def _session(request: Request) -> str:
    """The session in which a code counts; made here for a client that has none yet."""
    session = request._request.session
    if not session.session_key:
        session.create()
    return str(session.session_key)


def _claim(request: Request, number: int) -> Claim:
    """One's own, or any that was submitted for a moderator; the same 404 for all others."""
    claim = moderation.visible_claims(_user(request)).filter(pk=number).first()
    if claim is None:
        raise _missing(number)
    return claim


def _own(request: Request, number: int) -> Claim:
    claim = _claim(request, number)
    if claim.user_id != _user(request).pk:
        raise _missing(number)
    return claim


def _missing(number: int) -> Exception:
    return not_found(_("claim"), str(number))


def _answers(request: Request) -> dict[str, Any]:
    """The proof that the body names and what it says besides."""
    data = request.data if isinstance(request.data, dict) else {}
    proof: Proof | None = PROOFS.get(str(data.get("method", "")))
    if proof is None:
        known = ", ".join(PROOFS)
        raise invalid(Mistake(_("“method” must be one of: %(known)s.") % {"known": known}, "#/method"))
    forms = [form for form in (proof.asks, proof.confirms) if form is not None]
    names = {name: str for form in forms for name in form.base_fields}
    given = fields(request, {"method": str, "resend": bool, **names})
    given.pop("method")
    return {"proof": proof, **given}


def _cleaned(form: Any) -> dict[str, Any]:
    """What a proof's form makes of the answers; raises a 400 with a pointer to each field."""
    if form.is_valid():
        return dict(form.cleaned_data)
    raise ValidationError(form.errors.as_data())


def _shown(claim: Claim, request: Request, status: int = 200) -> Response:
    own = claim.user_id == _user(request).pk
    headers = {"Location": api_url(f"claims/{claim.pk}")} if status == 201 else None
    return Response(claim_representations.claim(claim, own=own), status=status, headers=headers)
