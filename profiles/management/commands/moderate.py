"""manage.py moderate: claims and reports that wait, decisions on them by a named moderator, and who moderates."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from profiles.collaborating import reports
from profiles.models import Claim, Report, User, fold_email
from profiles.moderating import claim_signals, moderation, moderation_page

DECISIONS = {"approve": "a waiting claim", "reject": "a waiting claim", "revoke": "an approved claim"}
MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Show the claims and reports that wait, decide on claims as a named moderator, and say who moderates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("waiting", help="claims and reports that wait for a moderator, longest first")
        for verdict, what in DECISIONS.items():
            decide = acts.add_parser(verdict, help=f"{verdict} {what}")
            decide.add_argument("claims", metavar="CLAIM", type=int, nargs="+", help="numbers that “waiting” shows")
            decide.add_argument("--by", required=True, metavar="ADDRESS", help="the moderator whose decision it is")
            decide.add_argument("--reason", required=True, choices=moderation.REASONS, help="from the list")
            decide.add_argument("--text", default="", help="the reason in free words; needed with --reason other")
        acts.add_parser("moderators", help="who moderates")
        for act in ("add", "remove"):
            people = acts.add_parser(act, help=f"{act} a moderator")
            people.add_argument("address", help="of an account here")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act in DECISIONS:
            self._decide(act, **options)
        elif act in ("add", "remove"):
            self._appoint(act, find_account(options["address"]))
        else:
            getattr(self, f"_{act}")()

    def _waiting(self) -> None:
        rows = list(moderation.waiting_claims()[:MOST_SHOWN])
        signals = claim_signals.of_all(rows)
        for claim in rows:
            self.stdout.write(line(claim, signals[claim.pk]))
        for report in reports.undecided()[:MOST_SHOWN]:
            self.stdout.write(report_line(report))
        queue = moderation.queue()
        self.stdout.write(
            f"Waiting: {queue.claims} of claims, {queue.disputes} of disputes, {queue.attestations} of authorities' "
            f"proofs, {queue.reports} of reports. All but claims are decided on the pages of moderation."
        )

    def _decide(self, verdict: str, *, claims: list[int], by: str, reason: str, text: str, **_: Any) -> None:
        judge, found = find_account(by), {claim.pk: claim for claim in moderation.chosen_claims(map(str, claims))}
        missing = [str(number) for number in claims if number not in found]
        if missing:
            raise CommandError(f"No such claim was handed in: {', '.join(missing)}. “moderate waiting” shows them.")
        done, refused = moderation.decide_claims(
            chosen=found.values(), by=judge, verdict=verdict, template=reason, text=text
        )
        for decision in done:
            self.stdout.write(f"{decision.claim_id}: {decision.claim.author.display_name}: {verdict}")
        for claim, why in refused:
            self.stderr.write(f"{claim.pk}: {claim.author.display_name}: {why}")
        if refused:
            raise CommandError(f"{len(refused)} of {len(found)} claims were not decided.")

    def _moderators(self) -> None:
        for user in moderation.moderators():
            self.stdout.write(f"{user.name or 'no name'} <{user.email}>")

    def _appoint(self, act: str, user: User) -> None:
        try:
            (moderation.appoint if act == "add" else moderation.dismiss)(user)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{user.email} {'is a moderator' if act == 'add' else 'is no moderator any more'}.")


def find_account(address: str) -> User:
    """Raises CommandError where nobody has it."""
    user = User.objects.filter(email=fold_email(address), is_active=True).first()
    if user is None:
        raise CommandError(f"No account here has the address {address}.")
    return user


def report_line(report: Report) -> str:
    """One report on one line: what it is about, and no word of what was written."""
    about = moderation_page.person(report.about)
    return (
        f"report {report.pk}  {report.made_at:%Y-%m-%d}  {report.get_kind_display()} by {about} "
        f"(A{report.about_author_id} {report.about_author.display_name}): {report.get_reason_display()}"
    )


def line(claim: Claim, signals: claim_signals.Signals) -> str:
    """One claim on one line."""
    words = [
        "name fits" if signals.name_agrees else "name differs",
        f"{signals.domain} address {signals.address}",
        f"proofs {'+'.join(signals.proofs)}" if signals.proofs else "no proof",
        f"account {signals.account_days} days old",
    ]
    words += ["record owned"] if signals.has_owner else []
    words += [f"refused {signals.rejected_before} times before"] if signals.rejected_before else []
    since = f"{claim.submitted_at:%Y-%m-%d}"
    who = moderation_page.person(claim.user)
    return f"{claim.pk}  {since}  A{claim.author_id} {claim.author.display_name}  by {who}: {', '.join(words)}"
