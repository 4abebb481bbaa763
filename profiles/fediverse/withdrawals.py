"""A work that proves to be somebody else's: posts that told of it are called back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from profiles import fediverse
from profiles.fediverse import addresses, deliveries, documents
from profiles.models import OutgoingActivity


def withdraw(work_ids: Iterable[int]) -> None:
    """Within the transaction that changed these works: once for each post, to whoever was sent it."""
    ids = list(work_ids)
    if not ids or not fediverse.is_on() or not OutgoingActivity.objects.filter(work__in=ids).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_UNTRUE, {"works": ids})
        untrue = cursor.fetchall()
    for sender, work_id in untrue:
        note = addresses.note(sender, work_id)
        body = documents.delete_note(sender, work_id, f"{note}#delete")
        deliveries.send_after(addresses.create(sender, work_id), sender, body)


# Not of records that were merged, whose followers were led on, nor of hidden ones, which are deleted as a whole.
_UNTRUE = """
SELECT activity.sender, activity.work_id FROM profiles_outgoingactivity activity
JOIN publications_work work ON work.id = activity.work_id AND work.merged_into_id IS NULL
WHERE activity.work_id = ANY(%(works)s)
    AND NOT EXISTS (SELECT FROM publications_authorship place
        WHERE place.work_id = work.id AND 'A' || place.author_id = activity.sender)
    AND NOT EXISTS (SELECT FROM publications_worktopic topic
        WHERE topic.work_id = work.id AND 'T' || topic.topic_id = activity.sender)
    AND NOT EXISTS (SELECT FROM publications_author author
        WHERE author.id = CASE WHEN activity.sender LIKE 'A%%' THEN substr(activity.sender, 2)::bigint END
            AND (author.hidden OR author.merged_into_id IS NOT NULL))
ORDER BY activity.id
"""
