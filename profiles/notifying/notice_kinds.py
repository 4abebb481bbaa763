"""Kinds of notices in words, and the groups in which an account chooses how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Group:
    """What is switched on and off together; both ways are on until an account says otherwise."""

    title: Promise
    text: Promise
    always_in_app: bool = False


GROUPS: Final = {
    "claims": Group(
        _("Claims and disputes"),
        _("Your claims, what moderators decide about them, objections and disputes."),
        always_in_app=True,
    ),
    "proofs": Group(_("Proofs"), _("A proof of yours expires, ended, or was recorded."), always_in_app=True),
    "vouches": Group(_("Vouches"), _("Somebody vouched for you, or a vouch ended.")),
    "collaborators": Group(_("Collaborators’ records"), _("Somebody claimed the record of a collaborator of yours.")),
    "invitations": Group(_("Invitations"), _("Somebody invites you, or answers an invitation of yours.")),
    "messages": Group(_("Messages"), _("Somebody wrote in a conversation of yours.")),
    "moderation": Group(
        _("Moderators’ decisions"),
        _("What came of your report, and what was decided about something that you wrote."),
        always_in_app=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Title and text with %(name)s of the params; `author` is the record's name."""

    title: Promise
    text: Promise
    group: str = "claims"
    by_mail: bool = True
    counts_elsewhere: bool = False  # as long as it is unread, what it tells is counted among invitations and messages


KINDS: Final = {
    "claim-approved": Kind(
        _("Your claim to %(author)s was approved"),
        _("The record is yours. Others can object until %(until)s; what your proofs give counts from then on."),
    ),
    "claim-linked": Kind(
        _("Your claim to %(author)s was approved"),
        _("The record is yours, and your proof counts at once."),
    ),
    "claim-waiting": Kind(
        _("Your claim to %(author)s waits for a moderator"),
        _("%(reason)s You will be told here; most claims are answered within a week."),
    ),
    "claim-rejected": Kind(_("Your claim to %(author)s was rejected"), _("The reason given: %(reason)s")),
    "claim-revoked": Kind(
        _("Your claim to %(author)s was ended"),
        _("The reason given: %(reason)s You can appeal within 14 days where a dispute was decided."),
    ),
    "claim-by-other": Kind(
        _("Somebody claimed the record of your collaborator %(author)s"),
        _("If you know that it is somebody else, object on the claim’s page until %(until)s. Otherwise do nothing."),
        group="collaborators",
    ),
    "contested": Kind(
        _("The record %(author)s is contested"),
        _(
            "Two accounts say to be this person. Both are heard until %(until)s: say why it is you. Nothing is lost or "
            "gained by a dispute as such."
        ),
    ),
    "objection": Kind(
        _("Somebody objects to your claim to %(author)s"),
        _("Moderators look at it. You can answer until %(until)s. Nothing is lost by an objection as such."),
    ),
    "dispute-decided": Kind(
        _("The dispute about %(author)s was decided"),
        _("%(outcome)s. The reason given: %(reason)s"),
    ),
    "appealed": Kind(
        _("The decision about %(author)s was appealed"),
        _("Another moderator decides. Both sides are heard until %(until)s."),
    ),
    "window-over": Kind(
        _("Nobody objected: %(author)s is yours"),
        _("The seven days are over. What your proofs give counts from now on."),
    ),
    "evidence-expires": Kind(
        _("A proof for %(author)s expires on %(until)s"),
        _("Give it again before then, or your verification level falls: %(proof)s."),
        group="proofs",
    ),
    "evidence-ended": Kind(
        _("A proof for %(author)s no longer counts"),
        _("%(proof)s. Give it again, or another one, on the claim’s page."),
        group="proofs",
    ),
    "vouched": Kind(
        _("Somebody vouched for you as %(author)s"),
        _("%(count)s of 3 vouches hold."),
        group="vouches",
    ),
    "vouch-ended": Kind(
        _("A vouch for you as %(author)s ended"),
        _("%(count)s of 3 vouches hold."),
        group="vouches",
    ),
    "attested": Kind(
        _("An authority’s proof was recorded for %(author)s"),
        _("%(issuer)s, confirmed by two moderators."),
        group="proofs",
    ),
    "invitation-received": Kind(
        _("%(author)s invites you: %(purpose)s"),
        _("Read it and see how the two of you fit. It waits 30 days for your answer."),
        group="invitations",
        counts_elsewhere=True,
    ),
    "invitation-accepted": Kind(
        _("%(author)s accepted your invitation"), _("You can write to each other now."), group="invitations"
    ),
    "invitation-declined": Kind(_("%(author)s declined your invitation"), _("%(reason)s"), group="invitations"),
    "invitation-expired": Kind(
        _("Your invitation to %(author)s expired"),
        _("Nobody answered it within 30 days. You can invite again."),
        group="invitations",
        by_mail=False,
    ),
    "message": Kind(
        _("%(author)s wrote to you"),
        _("Read it in your conversation. You are told once, until you have read it."),
        group="messages",
        counts_elsewhere=True,
    ),
    "report-decided": Kind(
        _("A moderator decided what you reported"),
        _("%(outcome)s. The reason given: %(reason)s"),
        group="moderation",
    ),
    "text-removed": Kind(
        _("A moderator removed something that you wrote"), _("The reason given: %(reason)s"), group="moderation"
    ),
    "inviting-suspended": Kind(
        _("You can send no invitations until %(until)s"),
        _("A moderator decided so. The reason given: %(reason)s"),
        group="moderation",
    ),
}
