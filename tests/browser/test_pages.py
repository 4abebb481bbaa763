"""Pages in a real browser: read, follow, search, log in; with scripts off; narrow and wide, light and dark."""

from __future__ import annotations

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from graph import edges
from profiles.assessing import assessments
from profiles.models import User
from publications import search_index
from publications.models import Author, AuthorId, Authorship, AuthorTopic, Citation, Topic, Work
from publications.search_models import Kind
from tests.browser.conftest import Open, flaws
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "violet-cathedral-42"
LONG = "Representation-theoretic considerations on the asymptotics of overparametrised shallow networks, " * 3
MATHS = "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
WIDE = f"<math>{'<mi>x</mi><mo>+</mo>' * 60}<mi>y</mi></math>"  # no line of it can be broken


@pytest.fixture
def author() -> Author:
    """Joan Example with 24 works, collaborators, a crowd, a retraction, a long title, formulas and Arabic."""
    joan, friend = make_author("Joan Example"), make_author("محمد علي بن عبد الله")
    crowd = Author.objects.bulk_create(Author(display_name=f"Person {n}", sort_key=f"person {n}") for n in range(300))
    topics = [make_topic(), make_topic("stat.ML", "Machine Learning"), make_topic("math.OC", "Optimization")]
    works = [make_work(f"Lemma {n}", authors=[joan, friend], topics=topics, year=2000 + n) for n in range(20)]
    works.append(make_work(LONG, authors=[joan], topics=topics[:1], year=2021))
    works.append(make_work("Withdrawn", authors=[joan, friend], year=2022, is_retracted=True))
    works.append(make_work("A crowd", authors=[*crowd, joan], year=2023, collaborations=["The Example Collaboration"]))
    works.append(make_work("Formulas", authors=[joan], year=2024, publication_date=date(2024, 2, 3)))
    formulas = {"title_html": f"On {MATHS}, {WIDE}", "abstract_html": f"<p>Let {MATHS} be given: {WIDE}.</p>"}
    Work.objects.filter(pk=works[-1].pk).update(**formulas, abstract="Let $x^2$")
    for work in works[:5]:
        Citation.objects.create(citing=works[-1], cited=work, scheme="arxiv", value=f"2401.{work.pk:05d}")
    Authorship.objects.filter(author=joan).update(affiliations=["Institute of Invention"])
    AuthorTopic.objects.bulk_create(AuthorTopic(author=joan, topic=topic, works_count=20) for topic in topics)
    AuthorId.objects.create(author=joan, scheme="orcid", value="0000-0002-1825-0097")
    AuthorId.objects.create(author=joan, scheme="acl", value="joan-example-of-the-very-long-and-doubled-name-2")
    Author.objects.filter(pk=joan.pk).update(works_count=24, topics_count=3, first_year=2000, last_year=2024)
    Topic.objects.update(works_count=20, authors_count=1)
    for kind, model in ((Kind.AUTHORS, Author), (Kind.WORKS, Work), (Kind.TOPICS, Topic)):
        search_index.refresh(kind, model.objects.values_list("pk", flat=True))
    edges.refresh([joan.pk, friend.pk])
    assessments.assess([joan.pk], "import")
    return Author.objects.get(pk=joan.pk)


@pytest.fixture
def reader() -> User:
    user = User.objects.create_user("reader@example.org", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def addresses(author: Author) -> dict[str, str]:
    crowd, formulas = Work.objects.get(title="A crowd"), Work.objects.get(title="Formulas")
    return {
        "author": author.get_absolute_url(),
        "newcomer": Author.objects.get(display_name="Person 7").get_absolute_url(),
        "crowd": crowd.get_absolute_url(),
        "formulas": formulas.get_absolute_url(),
        "topic": Topic.objects.get(code="cs.LG").get_absolute_url(),
        "home": "/",
        "search": "/search/?q=lemma&kind=works",
        "nothing": "/search/?q=xyzzyplugh",
        "about": "/about/",
        "privacy": "/privacy/",
        "login": "/accounts/login/",
        "signup": "/accounts/signup/",
        "reset": "/accounts/password/reset/",
    }


def test_every_page_fits_its_width_and_is_accessible(open_page: Open, author: Author) -> None:
    page = open_page("/about/")
    problems = []
    for path in addresses(author).values():
        page.goto(path)
        page.evaluate("for (const folded of document.querySelectorAll('main details')) folded.open = true")
        problems += flaws(page)

    assert not problems, "\n".join(problems)


def test_the_author_page_is_read_without_waiting_for_anything(open_page: Open, author: Author) -> None:
    page = open_page(author.get_absolute_url())

    expect(page.get_by_role("heading", name="Joan Example", level=1)).to_be_visible()
    expect(page.get_by_text("0000-0002-1825-0097").first).to_be_visible()
    card = page.locator("article.work", has_text="On x2")
    card.get_by_text("Abstract").click()
    expect(card.get_by_text("be given:")).to_be_visible()
    expect(card.locator(".abstract-text")).to_have_attribute("tabindex", "0")  # it scrolls, so keys must reach it
    card.get_by_text("name match only").click()
    expect(card.get_by_text("Printed as “Joan Example”, position 1 of 1.")).to_be_visible()
    crowd = page.locator("article.work", has_text="A crowd")
    expect(crowd.get_by_role("link", name="and 290 more")).to_be_visible()


def test_what_fits_is_no_stop_of_the_tab_key(open_page: Open) -> None:
    page = open_page("/methodology/")
    stops = page.locator(":is(.scroll, math)[tabindex]")

    expect(stops).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 900})
    expect(stops).not_to_have_count(0)


def test_a_bar_of_the_chart_leads_to_the_works_of_its_year(open_page: Open, author: Author) -> None:
    page = open_page(author.get_absolute_url())

    page.get_by_role("link", name="2007: 1 work").first.click()

    expect(page.get_by_text("1 work with these filters.")).to_be_visible()
    expect(page.locator(".work-title")).to_have_text(["Lemma 7"])


def test_following_begins_with_logging_in_and_can_be_undone(open_page: Open, author: Author, reader: User) -> None:
    page = open_page(author.get_absolute_url())

    page.get_by_role("link", name="Log in to follow").click()
    page.get_by_label("Email").fill("Reader@Example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Joan Example", level=1)).to_be_visible()
    page.get_by_role("button", name="Follow 0").click()

    expect(page.get_by_text("You follow Joan Example.")).to_be_visible()
    page.goto("/following/")
    page.get_by_role("button", name="Unfollow Joan Example").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Joan Example")).to_be_visible()


def test_suggestions_come_while_typing_and_the_keyboard_takes_one(open_page: Open, author: Author) -> None:
    page = open_page("/about/")

    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search authors, works and topics")
    expect(box).to_be_focused()
    page.keyboard.type("joan ex")
    expect(page.get_by_role("option", name="Joan Example")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    problems = flaws(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Joan Example", level=1)).to_be_visible()
    assert not problems


def test_escape_closes_the_suggestions_and_enter_searches(open_page: Open, author: Author) -> None:
    page = open_page("/")

    page.get_by_role("combobox").fill("lemma")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Results for")).to_be_visible()


def test_the_theme_is_remembered_and_set_before_the_first_paint(open_page: Open) -> None:
    page = open_page("/about/", theme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)

    page.get_by_role("button", name="Dark theme").click()
    dark = page.evaluate(paper)
    page.reload(wait_until="commit")
    page.wait_for_function("document.body !== null")

    assert (page.evaluate("document.documentElement.dataset.theme"), dark != light) == ("dark", True)
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")


def test_without_scripts_everything_can_still_be_done(open_page: Open, author: Author, reader: User) -> None:
    page = open_page("/", scripts=False, width=360)

    page.get_by_role("searchbox").fill("joan example")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Joan Example").click()
    page.get_by_role("combobox", name="Year").select_option("2007")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".work-title")).to_have_text(["Lemma 7"])
    page.get_by_role("link", name="Log in to follow").click()
    page.get_by_label("Email").fill(reader.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Follow 0").click()

    expect(page.get_by_role("button", name="Following 1 follower")).to_be_visible()
    expect(page.get_by_role("button", name="Dark theme")).to_be_hidden()


def test_printed_the_page_is_a_cv(open_page: Open, author: Author) -> None:
    page = open_page(author.get_absolute_url())

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="Joan Example", level=1)).to_be_visible()
    expect(page.locator(".work-title").first).to_be_visible()
    expect(page.locator(".author-graph .graph-picture")).to_be_visible()
    for hidden in (".site-header", ".actions", ".filters", ".author-graph .graph-legend"):
        expect(page.locator(hidden)).to_be_hidden()
