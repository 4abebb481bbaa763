"""A new work of an author with many followers: bringing it to every feed, against limits and the ORM.

    python bench/fan_out.py [--followers 100000] [--works 3]

Makes its accounts in a database of its own, as bench/ingest.py does, and leaves nothing behind. Compared in the same
run: one `INSERT … SELECT` of the same rows in one transaction (the limit of the table with its indexes), and Django's
`bulk_create` of the same rows made in Python.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--followers", type=int, default=100_000)
    parser.add_argument("--works", type=int, default=3)
    options = parser.parse_args()
    if os.environ.get("DATABASE_URL"):
        sys.exit("This fills tables: it makes a database of its own and does not run with DATABASE_URL set.")
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    with tempfile.TemporaryDirectory(prefix="bzpeer-bench-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL's own user must be able to pass
        os.environ["DATA_DIR"] = folder
        from bzpeer.embedded import joining

        with joining.services():
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            measure(options.followers, options.works)


def measure(followers: int, works: int) -> None:
    author = populate(followers)
    arrive(author)  # plans, caches and files are warm after one
    fan_out()
    memory = peak()
    ours = [rate(followers, fan_out, arrive(author)) for _ in range(works)]
    held = peak()
    limit = [rate(followers, one_statement, arrive(author)) for _ in range(works)]
    orm = [rate(followers, bulk_create, arrive(author)) for _ in range(works)]
    print(f"{followers:,} followers, {works} works, items a second (median):")
    for name, rates in (("fan-out", ours), ("one INSERT … SELECT", limit), ("bulk_create", orm)):
        print(f"  {name:<20} {statistics.median(rates):>10,.0f}")
    print(f"  fan-out / one statement {statistics.median(ours) / statistics.median(limit):.2f}")
    print(f"  fan-out / bulk_create   {statistics.median(ours) / statistics.median(orm):.2f}")
    print(f"  memory of the process: {held:,.0f} MB at most, {held - memory:.1f} MB of it since the fan-outs began")


def populate(followers: int) -> Any:
    from django.db import connection

    from publications.models import Author

    author = Author.objects.create(display_name="Followed by many", sort_key="followed by many")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO profiles_user (password, email, name, is_active, is_staff, is_superuser)
            SELECT '', 'reader' || n || '@example.org', '', true, false, false FROM generate_series(1, %s) n""",
            [followers],
        )
        cursor.execute(
            """INSERT INTO profiles_follow (user_id, author_id, muted, created_at)
            SELECT id, %s, false, now() - interval '400 days' FROM profiles_user""",
            [author.pk],
        )
        cursor.execute("ANALYZE profiles_user, profiles_follow")
    return author


def arrive(author: Any) -> Any:
    """A new work, noted as an import notes it; returns its event."""
    from django.utils import timezone

    from profiles.following import news
    from profiles.models import NewsEvent
    from publications.models import Authorship, Work

    today = timezone.now().date()
    work = Work.objects.create(title="New", title_html="New", title_key="new", publication_date=today)
    Authorship.objects.create(
        work=work, author=author, position=1, raw_name="F", name_key="f", block="f", reason="name"
    )
    news.note_works([work.pk])
    return NewsEvent.objects.get(work=work)


def rate(items: int, function: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    function(*arguments)
    return items / (time.perf_counter() - started)


def fan_out(event: Any = None) -> None:
    from profiles.following import news

    while news.due_count():
        news.fan_out_due()


def one_statement(event: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO profiles_feeditem (user_id, event_id, kind, created_at)
            SELECT user_id, %s, 'new', now() FROM profiles_follow WHERE target = %s ORDER BY user_id""",
            [event.pk, event.audience[0]],
        )


def bulk_create(event: Any) -> None:
    from profiles.models import FeedItem, Follow

    users = Follow.objects.filter(target=event.audience[0]).values_list("user", flat=True)
    FeedItem.objects.bulk_create([FeedItem(user_id=user, event=event, kind="new") for user in users], batch_size=5_000)


def peak() -> float:
    """MB this process held at most; PostgreSQL's are not in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
