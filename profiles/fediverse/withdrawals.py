"""A work that proves to be somebody else's: posts that told of it are called back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from profiles import fediverse
from profiles.fediverse import addresses, deliveries, documents, telling
from profiles.models import OutgoingActivity


def withdraw(work_ids: Iterable[int]) -> None:
    """Within the transaction that changed these works: once for each post, to whoever was sent it."""
    ids = list(work_ids)
    if not ids or not fediverse.is_on() or not OutgoingActivity.objects.filter(work__in=ids).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_UNTRUE, {"works": ids})
        untrue = cursor.fetchall()
    for sender, work_id, uri in untrue:
        if addresses.teller_of(uri):
            deliveries.send_after(uri, sender, documents.undo_announce(sender, uri, work_id))
        else:
            body = documents.delete_note(sender, work_id, f"{addresses.note(sender, work_id)}#delete")
            deliveries.send_after(uri, sender, body)
            telling.tell_again(sender, [work_id])


# Not of records that were merged, whose followers were led on, nor of hidden ones, which are deleted as a whole.
_UNTRUE = """
SELECT activity.sender, activity.work_id, activity.uri FROM profiles_outgoingactivity activity
JOIN publications_work work ON work.id = activity.work_id AND work.merged_into_id IS NULL
WHERE activity.work_id = ANY(%(works)s)
    AND NOT EXISTS (SELECT FROM publications_authorship place
        WHERE place.work_id = work.id AND 'A' || place.author_id = activity.sender)
    AND NOT EXISTS (SELECT FROM publications_worktopic topic
        WHERE topic.work_id = work.id AND 'T' || topic.topic_id = activity.sender)
    AND NOT EXISTS (SELECT FROM publications_author author
        WHERE author.id = CASE WHEN activity.sender LIKE 'A%%' THEN substr(activity.sender, 2)::bigint END
            AND (author.hidden OR author.merged_into_id IS NOT NULL))
    AND NOT EXISTS (SELECT FROM profiles_outgoingactivity back
        WHERE back.uri = CASE WHEN activity.uri LIKE '%%/activity'
            THEN regexp_replace(activity.uri, '/activity$', '#delete') ELSE activity.uri || '/undo' END)
ORDER BY activity.id
"""
