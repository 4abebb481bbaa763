"""Invitations, conversations, blocks and reports as the API shows them to those who have a part; never an address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from profiles.collaborating import collaboration, conversations, fit, quotas, reports
from profiles.collaborating.parties import Party
from profiles.models import Block, Invitation, Message, Participant, Report, User
from publications.models import Author, Work
from publications.representations import api_url, page_url

Shown = dict[str, Any]


def invitation(row: Any, user: User) -> Shown:
    """Of one that came `collaboration.with_facts`; `status` is expired from the moment on."""
    sender, receiver = collaboration.sides(row)
    return {
        "id": row.pk,
        "direction": "sent" if row.sender_id == user.pk else "received",
        "status": status_of(row),
        "purpose": row.purpose,
        "message": row.message or None,
        "message_html": row.message_html or None,
        "is_removed": row.removed_at is not None,
        "from": party(sender),
        "to": party(receiver),
        "works": [work(one) for one in row.works.all() if not one.merged_into_id],
        "topics": [{"id": topic.short_id, "display_name": topic.name} for topic in row.topics.all()],
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "answered_at": iso(row.answered_at),
        "decline": {"reason": row.decline_reason or None, "text": row.decline_text or None}
        if row.status == Invitation.Status.DECLINED
        else None,
        "conversation": collaboration.conversation_of(row, user),
        "fit_url": api_url(f"invitations/{row.pk}/fit"),
        "page_url": page("invitation", row.pk),
    }


def status_of(row: Invitation) -> str:
    if row.status == Invitation.Status.PENDING and not row.is_open:
        return str(Invitation.Status.EXPIRED)
    return row.status


def allowance(user: User) -> Shown:
    now = quotas.allowance(user)
    return {
        "level": now.level,
        "per_day": now.quota.per_day,
        "sent_today": now.sent_today,
        "most_waiting": now.quota.waiting,
        "waiting": now.waiting,
        "left_today": now.left_today,
    }


def party(side: Party) -> Shown:
    """`is_owner` false: the account does not own this record any more."""
    return {
        "id": side.author.short_id if side.author else None,
        "display_name": side.name,
        "is_owner": side.is_owner,
        "page_url": page_url(side.author) if side.author else None,
    }


def person(author: Author) -> Shown:
    return {"id": author.short_id, "display_name": author.display_name}


def work(row: Work) -> Shown:
    return {"id": row.short_id, "title": row.title, "publication_year": row.publication_year}


def shown_fit(found: fit.Fit) -> Shown:
    """`path.reach` is unknown where the search ended before it could tell."""
    chain = found.path
    return {
        "with": person(found.other),
        "topics": {
            "count": found.topics_total,
            "results": [
                {"id": row.topic.short_id, "display_name": row.topic.name, "yours": row.reader, "theirs": row.other}
                for row in found.topics
            ],
        },
        "collaborators": {
            "count": found.collaborators_total,
            "results": [person(author) for author in found.collaborators],
        },
        "works_together": {"count": found.together, "last_year": found.last_year},
        "path": {
            "reach": found.reach,
            "authors": [person(author) for author in chain.authors] if chain else [],
            "works": [[work(row) for row in hop.shared] for hop in chain.hops] if chain else [],
        },
        "conflicts": [_conflict(row) for row in found.conflicts],
        "conflicts_matter": found.conflicts_matter,
    }


def _conflict(row: fit.Conflict) -> Shown:
    place = row.institution
    return {
        "kind": row.kind,
        "detail": row.text,
        "author": person(row.author) if row.author else None,
        "institution": {"id": place.short_id, "display_name": place.name} if place else None,
        "works": [work(one) for one in row.works],
    }


def conversation(line: conversations.Line) -> Shown:
    row = line.conversation
    return {
        "id": row.pk,
        "with": party(line.other),
        "purpose": row.invitation.purpose,
        "invitation": row.invitation_id,
        "unread_count": line.unread,
        "preview": line.preview or None,
        "started_at": iso(row.started_at),
        "latest_at": iso(row.latest_at),
        "is_ended": line.is_over,
        "is_archived": line.side.archived_at is not None,
        "read_up_to": line.side.read_up_to or None,
        "messages_url": api_url(f"conversations/{row.pk}/messages"),
        "page_url": page("conversation", row.pk),
    }


def message(row: Message, side: Participant) -> Shown:
    """`is_read` of one's own: whether the other has seen it."""
    is_mine = row.sender_id == side.pk
    other = conversations.other_side(side)
    return {
        "id": row.pk,
        "is_mine": is_mine,
        "from": party(conversations.party(side if is_mine else other)),
        "text": row.text or None,
        "html": row.html or None,
        "is_removed": row.removed_at is not None,
        "sent_at": iso(row.sent_at),
        "is_read": row.pk <= (other if is_mine else side).read_up_to,
    }


def block(row: Block) -> Shown:
    return {"id": row.pk, "author": None if row.author.hidden else person(row.author), "made_at": iso(row.made_at)}


def own_report(row: Report) -> Shown:
    """What the one who reports reads."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "reason": row.reason,
        "text": row.text or None,
        "made_at": iso(row.made_at),
        "verdict": row.verdict or None,
        "decision": row.decision or None,
        "decided_at": iso(row.decided_at),
    }


def report(row: Report) -> Shown:
    """What moderators read: the reported thing and its nearest messages."""
    shown = reports.context(row)
    found = shown.invitation
    return own_report(row) | {
        "about": party(reports.party(row)),
        "invitation": {"purpose": found.purpose, "message": found.message or None} if found else None,
        "messages": [_in_context(one, shown) for one in shown.messages],
        "suspended_until": iso(row.suspended_until),
    }


def _in_context(row: Message, shown: reports.Shown) -> Shown:
    return {
        "id": row.pk,
        "is_reported": row.pk == shown.reported,
        "by_reporter": shown.reporter is not None and row.sender_id == shown.reporter.pk,
        "text": row.text or None,
        "sent_at": iso(row.sent_at),
    }


def page(name: str, pk: int) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse(name, args=[pk])}"


def iso(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
