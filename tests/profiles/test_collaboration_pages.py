"""Pages of invitations: the section of an author page, the form, one invitation and its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.collaborating import collaboration, quotas
from profiles.models import Block, Invitation, Report, ResearcherProfile, User
from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.claim_steps import read, text
from tests.profiles.collaboration_steps import invited, joan, olive, verified
from tests.profiles.moderation_steps import logged_in, rival_to
from tests.profiles.people import make_record, make_user

__all__ = ["joan", "olive"]  # fixtures

pytestmark = pytest.mark.django_db


def section(client: Client, author: Author) -> str:
    """What an author page says of direct collaboration."""
    page = client.get(author.get_absolute_url()).content.decode()
    part = page.split('<section class="author-door"', 1)[1].split("</section>", 1)[0]
    return text(f"<main{part}")


# The section of an author page


def test_an_unclaimed_record_is_locked_and_leads_to_claiming(client: Client) -> None:
    author = make_record("Nobody Yet")

    assert "Locked: invitations reach a person only after that person has claimed this record. Is it you?" in section(
        client, author
    )
    assert f'href="/authors/A{author.pk}/claim/"' in client.get(author.get_absolute_url()).content.decode()


def test_each_reader_of_a_claimed_record_is_told_what_they_can_do(
    client: Client, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    user, author = joan

    assert "Log in to invite" in section(client, author)
    assert (
        f"/accounts/login/?next=/collaboration/invite/A{author.pk}/"
        in client.get(author.get_absolute_url()).content.decode()
    )
    assert "find yours and claim it first. Find your record" in section(logged_in(make_user("New Comer")), author)
    assert "Who may invite you: Everyone verified" in section(logged_in(user), author)
    assert "Invite to collaborate" in section(logged_in(olive[0]), author)


def test_a_contested_record_rests(client: Client, joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    rival_to(joan[1], make_user("Joan Example"))

    for reader in (client, logged_in(joan[0]), logged_in(olive[0])):
        assert "While this record is contested, invitations from and to it rest." in section(reader, joan[1])
    assert "While this record is contested" in read(logged_in(olive[0]), f"/collaboration/invite/A{joan[1].pk}/")


def test_who_takes_no_invitations_and_who_blocked_the_reader_look_the_same(
    joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    client = logged_in(olive[0])
    ResearcherProfile.objects.create(user=joan[0], contact="nobody")
    nobody = section(client, joan[1])
    ResearcherProfile.objects.update(contact="verified")
    Block.objects.create(blocker=joan[0], blocked=olive[0], author=olive[1])

    assert "This person takes no invitation from you." in nobody
    assert section(client, joan[1]) == nobody
    assert "Who may invite them is their own choice." in read(client, f"/collaboration/invite/A{joan[1].pk}/")


def test_what_is_open_between_two_is_linked_from_both_pages(
    joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    sent = invited(olive[0], joan[1])

    assert "You invited this person; the answer is awaited. See the invitation" in section(logged_in(olive[0]), joan[1])
    assert "Answer their invitation" in section(logged_in(joan[0]), olive[1])
    collaboration.accept(invitation=sent, by=joan[0])
    assert "Go to your conversation" in section(logged_in(olive[0]), joan[1])
    assert "Go to your conversation" in section(logged_in(joan[0]), olive[1])


def test_what_the_form_would_refuse_the_section_says_itself(
    joan: tuple[User, Author], olive: tuple[User, Author], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = logged_in(olive[0])

    collaboration.decline(invitation=invited(olive[0], joan[1]), by=joan[0])
    declined = section(client, joan[1])
    Invitation.objects.update(answered_at=timezone.now() - timedelta(days=91))
    asked_again = section(client, joan[1])
    with monkeypatch.context() as few:
        few.setattr(quotas, "LEAST", quotas.Quota(1, 20))
        under_a_higher_quota = section(client, joan[1])
        few.setitem(quotas.QUOTAS, 2, quotas.Quota(1, 20))
        spent = section(client, joan[1])
    block = Block.objects.create(blocker=olive[0], blocked=joan[0], author=joan[1])
    blocked = section(client, joan[1])
    block.delete()
    now = timezone.now()
    decided = {"verdict": "suspend", "decided_at": now, "suspended_until": now + timedelta(days=2), "decision": "Spam."}
    Report.objects.create(kind="invitation", about=olive[0], about_author=olive[1], reason="spam", **decided)

    assert "declined an invitation of yours. You can ask again from" in declined
    assert "Invite to collaborate" in asked_again
    assert "Invite to collaborate" in under_a_higher_quota
    assert "At level 2 you can send 1 invitations a day, and you did." in spent
    assert "You blocked this person. Unblock them first." in blocked
    assert "A moderator suspended your invitations until" in section(client, joan[1])
    assert not any("Invite to collaborate" in said for said in (declined, spent, blocked, section(client, joan[1])))


def test_the_section_costs_strangers_nothing_and_members_a_few_queries(
    client: Client, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    unclaimed, member = make_record("Nobody Yet"), logged_in(olive[0])

    def queries(by: Client, author: Author) -> int:
        by.get(author.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            by.get(author.get_absolute_url())
        return len(asked)

    assert queries(client, joan[1]) == queries(client, unclaimed)
    assert queries(member, joan[1]) - queries(member, unclaimed) == 8


# The form


def form(**said: object) -> dict[str, object]:
    return {"purpose": "review", "message": "Dear Joan, would you **read** $x^2$?", "key": "k", "act": "send"} | said


def test_an_invitation_is_looked_at_and_sent(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    client, path = logged_in(olive[0]), f"/collaboration/invite/A{joan[1].pk}/"
    work, topic = joan[1].authorships.get(position=1, work__title="Work 0 of Joan Example").work, make_topic()

    begun = client.get(path).content.decode()
    looked = client.post(path, form(act="preview", works=[work.pk], more=f"T{topic.pk}")).content.decode()
    assert not Invitation.objects.exists()
    sent = client.post(path, form(works=[work.pk], more=f"T{topic.pk}"), follow=True)

    assert "You can send 5 more invitations today, of 5 a day at your level." in text(begun)
    assert "<strong>read</strong> <math" in looked.split('id="preview"')[1].split("</section>")[0]
    row = Invitation.objects.get()
    assert (row.sender, row.receiver, row.purpose) == (olive[0], joan[0], "review")
    assert (list(row.works.all()), list(row.topics.all())) == ([work], [topic])
    assert sent.redirect_chain == [(f"/collaboration/invitations/{row.pk}/", 302)]
    assert "Sent. You are told when it is answered." in text(sent.content.decode())


def test_pressed_twice_it_is_sent_once(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    client, path = logged_in(olive[0]), f"/collaboration/invite/A{joan[1].pk}/"

    first, second = client.post(path, form()), client.post(path, form())

    assert first["Location"] == second["Location"]
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"purpose": "", "message": "My dear draft"}, "It was not sent yet"),
        ({"more": "nonsense", "message": "My dear draft"}, "This names no work and no topic"),
        ({"more": "W999999999", "message": "My dear draft"}, "There is nothing with the number W999999999."),
        ({"more": "T1 T2 T3 T4 T5 T6", "message": "My dear draft"}, "There is nothing with the number"),
        ({"message": "My dear draft" * 900}, "A message has at most 10000 characters"),
    ],
)
def test_what_is_refused_keeps_the_draft(
    said: dict[str, object], words: str, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    page = logged_in(olive[0]).post(f"/collaboration/invite/A{joan[1].pk}/", form(**said)).content.decode()

    assert words in text(page)
    assert "My dear draft" in page.split("<textarea", 1)[1].split("</textarea>", 1)[0]
    assert not Invitation.objects.exists()


def test_works_of_either_are_found_by_title_and_stay_chosen(
    joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    old = make_work("Lemmata of yore", authors=[joan[1]], year=1990)
    for number in range(25):
        make_work(f"Newer {number}", authors=[joan[1]])
    client, path = logged_in(olive[0]), f"/collaboration/invite/A{joan[1].pk}/"
    box = f'<input type="checkbox" name="works" value="{old.pk}"'

    assert box not in client.get(path).content.decode()
    found = client.post(path, form(act="find", find="YORE lemm")).content.decode()
    chosen = client.post(path, form(act="find", find="xyzzy", works=[old.pk])).content.decode()

    assert f'{box} id="works-found-{old.pk}">' in found
    assert f'{box} id="works-chosen-{old.pk}" checked>' in chosen
    assert "No work of the two of you has these words in its title." in text(chosen)
    assert "Dear Joan" in found


def test_a_quota_that_is_spent_answers_429_and_keeps_the_draft(olive: tuple[User, Author]) -> None:
    client = logged_in(olive[0])
    for number in range(5):
        invited(olive[0], verified(f"Person {number}")[1])
    last = verified("Last Person")[1]

    refused = client.post(f"/collaboration/invite/A{last.pk}/", form())

    assert refused.status_code == 429
    assert "At level 2 you can send 5 invitations a day, and you did." in text(refused.content.decode())
    assert "Dear Joan" in refused.content.decode()


def test_without_a_verified_record_the_form_says_what_to_do(client: Client, joan: tuple[User, Author]) -> None:
    path = f"/collaboration/invite/A{joan[1].pk}/"

    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert "find yours and claim it first." in read(logged_in(make_user("New Comer")), path)
    assert "Locked: invitations reach a person" in read(
        logged_in(make_user("New Comer")), f"/collaboration/invite/A{make_record('Nobody').pk}/"
    )
    assert logged_in(joan[0]).get("/collaboration/invite/A999999999/").status_code == 404


# One invitation


def test_the_receiver_sees_who_why_and_how_they_fit(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    both = make_author("Third Party")
    for author in (joan[1], olive[1]):
        make_work("Shared", authors=[author, both], topics=[make_topic()])
    sent = invited(olive[0], joan[1], works=[make_work("The work at hand", authors=[olive[1]])])

    page = read(logged_in(joan[0]), f"/collaboration/invitations/{sent.pk}/")

    for words in (
        "Invitation from Olive Other Co-authoring Waiting for an answer",
        "Shall we write about",
        "What it refers to The work at hand",
        "What may speak against it",
        "L2 · Linked",
        "Accept",
        "Decline the invitation",
        "Report this invitation",
        "Block this person",
        "The invitation was sent.",
    ):
        assert words in page, words
    assert "mail.example" not in page
    assert "Account of" not in page


def test_the_sender_sees_that_it_waits_and_withdraws_it(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent, client = invited(olive[0], joan[1]), logged_in(olive[0])
    path = f"/collaboration/invitations/{sent.pk}/"

    waiting = read(client, path)
    ended = read(client, f"{path}withdraw/", sure="yes")

    assert "Invitation to Joan Example" in waiting
    assert "It expires by itself on" in waiting
    assert "Decline the invitation" not in waiting
    assert "Withdrawn. " in ended
    assert "It was withdrawn." in ended
    assert read(logged_in(joan[0]), path).count("Accept") == 0


def test_accepting_begins_the_conversation(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent = invited(olive[0], joan[1])

    page = read(logged_in(joan[0]), f"/collaboration/invitations/{sent.pk}/accept/", sure="yes")

    assert "Accepted. This is your conversation; the other side is told." in page
    assert "Olive Other" in page
    assert "Go to the conversation" in read(logged_in(olive[0]), f"/collaboration/invitations/{sent.pk}/")


def test_declining_takes_a_reason_which_the_sender_reads(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent, client = invited(olive[0], joan[1]), logged_in(joan[0])
    path = f"/collaboration/invitations/{sent.pk}/"

    unsaid = client.post(f"{path}decline/", {"reason": "none", "text": "Sorry"}).content.decode()
    said = read(client, f"{path}decline/", reason="no-time", text="Next <year>.")

    assert "none is not one of the available choices." in unsaid
    assert "Sorry</textarea>" in unsaid
    assert "Declined. They read your reason" in said
    assert "It was declined. No time at present. Next <year>." in read(logged_in(olive[0]), path)


def test_what_was_answered_meanwhile_is_said_on_its_page(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent = invited(olive[0], joan[1])
    collaboration.withdraw(invitation=sent, by=olive[0])

    refused = logged_in(joan[0]).post(f"/collaboration/invitations/{sent.pk}/accept/")

    assert refused.status_code == 409
    assert "This invitation cannot be answered any more: Withdrawn." in text(refused.content.decode())


def test_an_expired_invitation_says_so_before_the_night(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent = invited(olive[0], joan[1])
    Invitation.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    page = read(logged_in(joan[0]), f"/collaboration/invitations/{sent.pk}/")

    assert "Expired" in page
    assert "Accept" not in page


@pytest.mark.parametrize("act", ["", "accept/", "decline/", "withdraw/", "block/"])
def test_others_find_no_invitation(act: str, joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent, stranger = invited(olive[0], joan[1]), logged_in(make_user("Third Party"))
    path = f"/collaboration/invitations/{sent.pk}/{act}"

    for address in (path, f"/collaboration/invitations/999999999/{act}"):
        answer = stranger.post(address, {"reason": "no-time"}) if act else stranger.get(address)
        assert answer.status_code == 404
    sent.refresh_from_db()
    assert sent.status == "pending"


def test_each_side_can_do_only_its_own_acts(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent = invited(olive[0], joan[1])
    path = f"/collaboration/invitations/{sent.pk}/"

    assert logged_in(olive[0]).post(f"{path}accept/").status_code == 404
    assert logged_in(olive[0]).post(f"{path}decline/", {"reason": "no-time"}).status_code == 404
    assert logged_in(joan[0]).post(f"{path}withdraw/").status_code == 404


def test_a_removed_text_and_a_hidden_sender_are_withheld(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent = invited(olive[0], joan[1], "Canary words")
    Invitation.objects.update(message="", message_html="", removed_at=timezone.now())
    Author.objects.filter(pk=olive[1].pk).update(hidden=True)
    client = logged_in(joan[0])

    for path in (f"/collaboration/invitations/{sent.pk}/", "/collaboration/"):
        page = read(client, path)
        assert "The text was removed by a moderator." in page
        assert "Olive" not in page
        assert "Canary" not in page
