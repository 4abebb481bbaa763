"""HTML of the stand-in for ORCID, and the Atom feed of its arXiv author pages. Every page says what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from xml.sax.saxutils import escape as xml

from bzpeer.standins.people import Person

TITLE = "Stand-in for ORCID, no real iD"
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
.banner { background: #fff3c4; border-left: 4px solid #b7791f; padding: .6rem 1rem; font-weight: 600 }
fieldset { border: 1px solid #bbb; border-radius: 6px; margin: 1rem 0; padding: .5rem 1rem }
label { display: flex; gap: .6rem; padding: .35rem 0; align-items: baseline } label[for] { flex-wrap: wrap }
small { color: #555 } input[type=text] { font: inherit; padding: .3rem .5rem; width: 15rem; max-width: 100% }
button { font: inherit; padding: .45rem 1.1rem; margin-right: .6rem } .problem { color: #a61b1b }
"""


def page(heading: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>'
        f'<body><p class="banner">{TITLE}. Only invented people sign in here.</p>'
        f"<main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )


def authorize(people: Iterable[Person], asked: Mapping[str, str], problem: str = "") -> str:
    """Who signs in, and whether the site that asks may know it."""
    hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
    choices = "".join(_choice(person, number == 0) for number, person in enumerate(people))
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    body = (
        f'<p>{escape(asked["redirect_uri"])} asks who you are.</p>{told}<form method="post" action="/oauth/authorize">'
        f"{hidden}<fieldset><legend>Sign in as</legend>{choices}"
        '<label for="typed">Another invented iD <input type="text" id="typed" name="typed" autocomplete="off" '
        'placeholder="0000-0000-0000-0000"></label></fieldset>'
        '<button name="action" value="approve">Authorize access</button>'
        '<button name="action" value="deny">Deny</button></form>'
    )
    return page("Who are you?", body)


def _choice(person: Person, checked: bool) -> str:
    note = f" <small>{escape(person.note)}</small>" if person.note else ""
    return (
        f'<label><input type="radio" name="orcid" value="{person.orcid}"{" checked" if checked else ""}>'
        f"<span>{escape(person.name)} {person.orcid}{note}</span></label>"
    )


def index(people: Iterable[Person]) -> str:
    rows = "".join(f'<li><a href="/{p.orcid}">{escape(p.name)} {p.orcid}</a></li>' for p in people)
    return page("Invented people", f"<ul>{rows}</ul>")


def profile(person: Person) -> str:
    works = "".join(f"<li>{escape(w.title)} <small>added by {escape(w.added_by)}</small></li>" for w in person.works)
    return page(person.name, f"<p>{person.orcid}</p><p>{escape(person.note)}</p><ul>{works}</ul>")


def atom(person: Person, base: str) -> str:
    """arXiv's author page as a feed (".atom2")."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{xml(number)}v1</id><title>Stand-in entry {xml(number)}</title>"
        f'<link href="http://arxiv.org/abs/{xml(number)}v1" rel="alternate" type="text/html"/></entry>'
        for number in person.arxiv or ()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{xml(person.name)}</title>'
        f"<subtitle>Stand-in for arXiv</subtitle><id>{xml(base)}/a/{person.orcid}</id>"
        f'<link rel="describes" href="https://orcid.org/{person.orcid}"/>{entries}</feed>'
    )
