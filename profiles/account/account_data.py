"""Everything an account holds, handed out as JSON or deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet

from profiles.assessing import assessments
from profiles.claiming import claims, ownership, vouches
from profiles.claiming.evidence import Locked
from profiles.collaborating import collaboration, conversations, parties
from profiles.following import feed_representations, follows
from profiles.models import (
    Block,
    Claim,
    Decision,
    Digest,
    Dispute,
    DisputeStatement,
    Evidence,
    FediverseOptOut,
    Follow,
    Invitation,
    MergeRequest,
    Message,
    NoticePreference,
    Notification,
    Participant,
    ProofAttempt,
    Report,
    ResearcherProfile,
    User,
    Vouch,
)
from profiles.models.following import FOLLOWABLE
from profiles.notifying import notices
from publications.models import Author

FORMAT = "bzpeer-account-1"


# Handing out


def export(user: User) -> dict[str, Any]:
    """What is stored about an account, as JSON values. No secret is in it: no password, code, key or token."""
    return {
        "format": FORMAT,
        "account": _fields(user, "email", "name", "date_joined", "last_login", "is_active"),
        "addresses": _rows(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
        "profile": next(iter(_rows(ResearcherProfile.objects.filter(user=user), *PROFILE_FIELDS)), None),
        **{name: rows(user) for name, rows in SECTIONS.items()},
        "connected_accounts": _connected(user),
    }


PROFILE_FIELDS = ("biography", "links", "contact", "time_zone", "updated_at")


def _follows(user: User) -> list[dict[str, Any]]:
    rows = Follow.objects.filter(user=user).select_related(*FOLLOWABLE).order_by("pk")
    return [{"name": _name(follows.target_of(row)), **_fields(row, "target", "muted", "created_at")} for row in rows]


def _claims(user: User) -> list[dict[str, Any]]:
    names = ("status", "method", "note", "reason", "opened_at", "submitted_at", "approved_at", "ended_at")
    rows = Claim.objects.filter(user=user).select_related("author").order_by("pk")
    return [{"claim": row.pk, **_record(row.author), **_fields(row, *names)} for row in rows]


def _switched_off(user: User) -> list[dict[str, Any]]:
    """Records that were not to be followed from the Fediverse, as their owner wished."""
    return _rows(FediverseOptOut.objects.filter(claim__user=user), "author_id", "since")


def _proof_attempts(user: User) -> list[dict[str, Any]]:
    names = ("claim_id", "method", "status", "target", "hint", "tries", "sent", "detail", "started_at", "expires_at")
    return _rows(ProofAttempt.objects.filter(claim__user=user), *names)


def _evidence(user: User) -> list[dict[str, Any]]:
    names = ("author_id", "sequence", "event", "kind", "method", "issuer", "subject", "at", "expires_at", "reason")
    return _rows(Evidence.objects.filter(account=user), *names)


def _sessions(user: User) -> list[dict[str, Any]]:
    return _rows(UserSession.objects.filter(user=user), "created_at", "last_seen_at", "ip", "user_agent")


def _second_factors(user: User) -> list[dict[str, Any]]:
    rows = Authenticator.objects.filter(user=user).order_by("pk")
    return [{"name": str(row), **_fields(row, "type", "created_at", "last_used_at")} for row in rows]


def _notices(user: User) -> list[dict[str, Any]]:
    """Those about records that are hidden by now without the name."""
    rows = _rows(Notification.objects.filter(user=user), "kind", "params", "created_at", "read_at")
    about = {row["params"].get("author_id") for row in rows} - {None}
    hidden = set(Author.objects.filter(notices.WITHHELD, pk__in=about).values_list("pk", flat=True))
    nameless = {"author": None}
    return [
        row | {"params": row["params"] | nameless} if row["params"].get("author_id") in hidden else row for row in rows
    ]


def _wishes(user: User) -> list[dict[str, Any]]:
    return _rows(NoticePreference.objects.filter(user=user), "group", "in_app", "by_mail")


def _digests(user: User) -> list[dict[str, Any]]:
    rows = Digest.objects.filter(user=user).annotate(pieces=Count("items"))
    return _rows(rows, "slot", "created_at", "sent_at", "pieces")


def _statements(user: User) -> list[dict[str, Any]]:
    return _rows(DisputeStatement.objects.filter(user=user), "dispute_id", "text", "made_at")


def _disputes(user: User) -> list[dict[str, Any]]:
    return _rows(Dispute.objects.filter(opened_by=user), "author_id", "kind", "status", "opened_at", "outcome")


def _vouches(user: User) -> list[dict[str, Any]]:
    return _rows(Vouch.objects.filter(voucher=user), "claim_id", "organisation", "made_at", "ended_at")


def _merge_requests(user: User) -> list[dict[str, Any]]:
    return _rows(MergeRequest.objects.filter(user=user), "author_id", "other_id", "note", "status", "made_at")


def _decisions(user: User) -> list[dict[str, Any]]:
    return _rows(Decision.objects.filter(moderator=user), "claim_id", "verdict", "template", "text", "made_at")


def _invitations(user: User) -> list[dict[str, Any]]:
    names = (
        "purpose",
        "message",
        "status",
        "decline_reason",
        "decline_text",
        "created_at",
        "expires_at",
        "answered_at",
    )
    rows = collaboration.with_facts(Invitation.objects.filter(Q(sender=user) | Q(receiver=user))).order_by("pk")
    found = []
    for row in rows:
        is_sent = row.sender_id == user.pk
        other = collaboration.sides(row)[1 if is_sent else 0]
        about = [record.short_id for record in (*row.works.all(), *row.topics.all())]
        direction = "sent" if is_sent else "received"
        found.append({"with": other.name, "direction": direction, "about": about, **_fields(row, *names)})
    return found


def _conversations(user: User) -> list[dict[str, Any]]:
    """With what the other side wrote, too, as long as one has not left: it was sent to this account."""
    rows = Participant.objects.filter(user=user).select_related("conversation").order_by("pk")
    return [
        {
            **_fields(row.conversation, "invitation_id", "started_at", "ended_at"),
            **_fields(row, "archived_at", "left_at"),
            "messages": _messages(row),
        }
        for row in rows
    ]


def _messages(side: Participant) -> list[dict[str, Any]]:
    rows = Message.objects.filter(conversation=side.conversation_id).select_related("sender__author").order_by("pk")
    rows = rows.filter(sender=side) if side.left_at else rows
    return [
        {
            "from": parties.party(row.sender.user_id, row.sender.author, owns=True).name,
            **_fields(row, "text", "sent_at", "removed_at"),
        }
        for row in rows
    ]


def _blocks(user: User) -> list[dict[str, Any]]:
    rows = Block.objects.filter(blocker=user).select_related("author").order_by("pk")
    return [{**_record(row.author), "author_name": _name(row.author), "made_at": row.made_at} for row in rows]


def _reports(user: User) -> list[dict[str, Any]]:
    names = ("kind", "reason", "text", "made_at", "verdict", "decision", "decided_at")
    return _rows(Report.objects.filter(reporter=user), *names)


SECTIONS: dict[str, Callable[[User], list[dict[str, Any]]]] = {
    "follows": _follows,
    "fediverse_switched_off": _switched_off,
    "feed": feed_representations.held_by,
    "subscription": feed_representations.subscription_of,
    "claims": _claims,
    "proof_attempts": _proof_attempts,
    "evidence": _evidence,
    "disputes": _disputes,
    "statements": _statements,
    "vouches": _vouches,
    "merge_requests": _merge_requests,
    "decisions": _decisions,
    "invitations": _invitations,
    "conversations": _conversations,
    "blocks": _blocks,
    "reports": _reports,
    "notices": _notices,
    "notice_preferences": _wishes,
    "digests": _digests,
    "second_factors": _second_factors,
    "sessions": _sessions,
}


def _connected(user: User) -> list[dict[str, Any]]:
    """Accounts elsewhere that log in here, without their tokens."""
    if not apps.is_installed("allauth.socialaccount"):
        return []
    model: Any = apps.get_model("socialaccount", "SocialAccount".lower())
    return _rows(model.objects.filter(user=user), "provider", "uid", "date_joined", "last_login")


def _rows(rows: QuerySet[Any], *names: str) -> list[dict[str, Any]]:
    return [_fields(row, *names) for row in rows.order_by("pk")]


def _fields(row: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _record(author: Any) -> dict[str, Any]:
    return {"author": author.short_id, "author_name": author.display_name}


def _name(record: Any) -> str | None:
    """Of somebody else's record: none once it is hidden."""
    return None if isinstance(record, Author) and record.hidden else str(record)


# Deleting


@transaction.atomic
def delete(*, by: User) -> None:
    """End an account for good: claims are given up, rows of it go, the ledger keeps its entries with it erased.

    What others rely on stays without a name: decisions, statements in disputes, messages that were sent to them, and
    the ledger's keyed hashes.
    """
    with Locked(*_records(by)):  # all at once, in the order of their numbers
        vouches.leave(by)
        _leave_records(by)
    with parties.locked(by.pk):
        collaboration.leave(by)
        conversations.leave_all(by)
    followed = list(Follow.objects.filter(user=by, author__isnull=False).values_list("author_id", flat=True))
    _erase(Claim.objects.filter(user=by).values_list("pk", flat=True))
    Evidence.objects.filter(account=by).update(account=None, subject="")
    Session.objects.filter(pk__in=UserSession.objects.filter(user=by).values_list("session_key", flat=True)).delete()
    by.delete()
    assessments.mark_due(followed, "account")


def _records(user: User) -> set[int]:
    """Records that change with the account: the one it claims, and those that it vouched for."""
    vouched = Vouch.objects.filter(voucher=user, ended_at=None).values_list("claim__author_id", flat=True)
    return {*vouched, *Claim.objects.filter(user=user, status__in=Claim.LIVE).values_list("author_id", flat=True)}


def _leave_records(user: User) -> None:
    claim = ownership.live(user)
    if claim is not None:
        owned = claim.status == Claim.Status.APPROVED
        (claims.release if owned else claims.withdraw)(claim=claim, by=user)


def _erase(claim_ids: Iterable[int]) -> None:
    """What a claimant wrote and which addresses were asked; that there was a claim, and how it ended, stays."""
    ids = list(claim_ids)
    Claim.objects.filter(pk__in=ids).update(note="")
    ProofAttempt.objects.filter(claim__in=ids).update(target="", hint="", data={})
