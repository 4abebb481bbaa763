"""Why a proof did not hold, in words that say what to do; stored by name."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "wrong-code": _("That is not the code that was sent. Look at the latest mail, or have a new code sent."),
    "address-of-another": _(
        "This address proves the claim of another account. Log in with that one, or give up its record there; if it is "
        "not yours, ask a moderator."
    ),
    "code-expired": _("The code is no longer valid: codes hold for ten minutes. Have a new one sent."),
    "too-many-tries": _("The code was tried too often and no longer counts. Have a new one sent."),
    "other-session": _("Codes count only in the browser that asked for them. Have a new one sent to use it here."),
    "upstream": _("The other site did not answer. Nothing is lost: try again in a few minutes, or use another proof."),
    "changed": _("Something changed while the proof was checked. Start it again."),
    "orcid-not-connected": _("No ORCID iD is connected with your account. Sign in with ORCID first."),
    "orcid-disconnected": _("The ORCID iD was disconnected from the account, so it proves nothing any more."),
    "other-orcid": _(
        "The works of this record carry another iD, %(other)s. If that is yours too, disconnect the present one and "
        "sign in with it; if it is wrong, use another proof or ask a moderator."
    ),
    "orcid-too-few-works": _(
        "%(found)s of these works stand on your public ORCID record as added by others; %(needed)s are needed "
        "(%(own)s more you added yourself, or somebody for you). Let Crossref or DataCite update your record at "
        "orcid.org and try again, or use another proof."
    ),
    "orcid-of-co-author": _(
        "Your iD stands in the metadata of these works at a co-author’s place, so this record is somebody else’s. If "
        "that is wrong, ask a moderator."
    ),
    "orcid-other-name": _(
        "The names there have nothing in common with the names on this record. Make the name that your works carry "
        "public (at ORCID under “Also known as”) and try again, or ask a moderator."
    ),
    "orcid-deprecated": _("ORCID says that your iD is deprecated. Disconnect it and sign in with the one you use now."),
    "orcid-deactivated": _("ORCID says that your iD is deactivated. Reactivate it at orcid.org, or use another proof."),
    "orcid-locked": _("ORCID has locked the record of your iD. Ask ORCID to unlock it, or use another proof."),
    "orcid-missing": _("ORCID does not know your iD any more. Disconnect it, or use another proof."),
    "no-arxiv-page": _(
        "arXiv has no author page for your iD. Link the iD in your arXiv account, on its user page, and try again."
    ),
    "arxiv-page-lists-none": _(
        "Your arXiv author page lists %(listed)s works, but none of this record. Claim ownership of a paper in your "
        "arXiv account and try again, or use another proof."
    ),
    "address-refused": _(
        "That is no plain address such as joan@uni.example: leave out names, quotes, “+” and letters with accents."
    ),
    "address-public": _(
        "Anybody can have an address at %(domain)s, so it says nothing about where you work. Give the one of your "
        "institution, or use another proof."
    ),
    "domain-unknown": _(
        "%(domain)s is not on the list of institutions’ domains. Use another proof, or ask a moderator, who can add it."
    ),
    "domain-moderated": _(
        "Addresses at %(domain)s do not show by themselves who works at %(organisation)s: several organisations, "
        "students or former members have them. Give another address, use another proof, or ask a moderator."
    ),
    "organisation-not-in-works": _(
        "%(organisation)s stands in no affiliation of these works. Give an address of an institution that does, use "
        "another proof, or ask a moderator with a note on when you were there."
    ),
    "employments-asked": _(
        "No affiliation of these works names this institution; ORCID is being asked for your employments. Try again in "
        "a minute, or use another proof."
    ),
    "address-not-in-works": _(
        "That address stands in no source of these works any more. Choose another, or use another proof."
    ),
    "page-address": _(
        "That is no public page: give an address that begins with https:// and names a host, without a port, a user "
        "name or a number in place of the host."
    ),
    "page-not-of-institution": _(
        "%(host)s is not on the list of institutions’ domains, or others write there too. Use your own page at an "
        "institution that the works name, use another proof, or ask a moderator."
    ),
    "page-shared-host": _(
        "At %(host)s anybody can have a page. Use a page at an institution that the works name, or another proof."
    ),
    "page-unreachable": _(
        "The page did not answer, or not with the status 200. Open it in a browser to see that everybody can read it, "
        "and try again."
    ),
    "page-certificate": _(
        "The page’s https certificate is not valid for its name. Ask who runs the site, or use another proof."
    ),
    "page-unreadable": _(
        "The page is no HTML, or too large or too complicated to be read. Put the line on a simpler page and try again."
    ),
    "page-moved": _("The page leads on to another site. Give the address at which it really stands."),
    "page-link-missing": _(
        'The page was read, but the line is not on it as HTML that counts: look at the page’s source, put rel="me" '
        "and the whole address there, outside comments and forms, and try again."
    ),
}
