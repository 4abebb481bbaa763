"""The types of problem that the API answers with; each has a help page at /problems/<type>/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem: its status, its title, and what the help page says to do."""

    status: int
    title: Any
    remedy: Any


KINDS: Final[dict[str, Kind]] = {
    "invalid": Kind(
        400,
        _("The request is not valid."),
        _("Each of “errors” names a parameter or field in “pointer” and says what it must be."),
    ),
    "unauthenticated": Kind(
        401, _("Who is asking is not known."), _("Send a valid token as “Authorization: Bearer …”.")
    ),
    "permission-denied": Kind(403, _("This is not allowed."), _("Ask with an account that has the right to it.")),
    "not-found": Kind(
        404,
        _("There is nothing here."),
        _("Check the address and the id: A12, W7, T3, I9, S2 or with its scheme, such as doi:10.1000/182."),
    ),
    "method-not-allowed": Kind(
        405, _("This address does not answer that method."), _("The “Allow” header names the methods that it answers.")
    ),
    "not-acceptable": Kind(406, _("No format that you accept can be given."), _("Accept application/json.")),
    "conflict": Kind(409, _("The state of things does not allow this."), _("Read the record again and decide anew.")),
    "already-claimed": Kind(
        409,
        _("The record has an owner already."),
        _("If you are this researcher, report the mistake on the author’s page."),
    ),
    "claim-pending": Kind(
        409, _("A claim is already waiting for a decision."), _("Wait for the decision or withdraw the claim.")
    ),
    "author-unclaimed": Kind(
        403, _("Nobody has claimed this author’s record."), _("Only claimed records can be written to.")
    ),
    "gone": Kind(
        410, _("This record was withdrawn."), _("Remove it from your data; it will not come back under this id.")
    ),
    "precondition-failed": Kind(
        412, _("The record has changed since you read it."), _("Read it again and send its new ETag as “If-Match”.")
    ),
    "unsupported-media-type": Kind(
        415, _("The body is in a format that is not understood."), _("Send JSON as application/json.")
    ),
    "precondition-required": Kind(
        428, _("The request must say which version it changes."), _("Send the record’s ETag as “If-Match”.")
    ),
    "throttled": Kind(429, _("Too many requests."), _("Wait as long as “Retry-After” says.")),
    "internal-error": Kind(
        500,
        _("Something went wrong on our side."),
        _("Try again later. If it stays, report the “instance” of the answer."),
    ),
    "upstream-unavailable": Kind(
        503, _("A service that this needs does not answer."), _("Wait as long as “Retry-After” says, then try again.")
    ),
    "overloaded": Kind(
        503, _("Too many ask for this at once."), _("Wait as long as “Retry-After” says, then try again.")
    ),
}
