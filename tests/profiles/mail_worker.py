"""A nursery of workers that send mails: loads the site once, then forks one for each line it reads.

Each worker is a process of its own with its own connections, sends what is due until it is killed, and never ends by
itself. Says "ready" once, then the number of each.
"""

from __future__ import annotations

import os
import sys
import time

import django


def work() -> None:
    from profiles import tasks

    while True:
        tasks.send_mails()
        time.sleep(0.005)


def load() -> None:
    """Once for all workers: what the first mail of a process would load."""
    from django.core.mail import get_connection
    from django.template.loader import get_template
    from django.urls import reverse

    reverse("home")
    get_connection()
    for name in ("notice.txt", "digest.txt", "digest.html", "_digest_work.txt", "_digest_work.html"):
        get_template(f"profiles/mail/{name}")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    django.setup()
    load()
    print("ready", flush=True)
    while line := sys.stdin.readline():
        if line.startswith("end "):
            os.waitpid(int(line.split()[1]), 0)
            print("ended", flush=True)
            continue
        child = os.fork()
        if child == 0:
            work()
        print(child, flush=True)


if __name__ == "__main__":
    main()
