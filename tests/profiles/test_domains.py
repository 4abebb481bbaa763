"""The list of institutions' domains: how addresses are judged, and how ROR fills the list."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from profiles.claiming import domains
from profiles.claiming.domains import Judgement, judge, judge_page, masked, registrable_domain
from profiles.demo import demo_domains
from profiles.models import InstitutionDomain
from publications.models import Institution, InstitutionId

pytestmark = pytest.mark.django_db
ROR = "05gq02987"


def listed(domain: str, organisation: str = "Invented University", ror: str = ROR, status: str = "listed") -> None:
    InstitutionDomain.objects.create(domain=domain, organisation=organisation, ror=ror, status=status)


@pytest.mark.parametrize("address", ["joan@uni.edu", "joan@cs.uni.edu", "Joan.B@CS.Uni.EDU", "j_b-1@a.b.c.uni.edu"])
def test_addresses_below_a_listed_domain_are_listed(address: str) -> None:
    listed("uni.edu")

    assert judge(address) == Judgement("listed", "uni.edu", "Invented University", ROR)


@pytest.mark.parametrize(
    "address",
    [
        "joan@uni.edu.", "joan@UNI.EDU.", "joan@.uni.edu", "joan@uni..edu", "joan@unі.edu", "joan@uni。edu",
        "mıke@uni.edu",
        "joan+1@uni.edu", '"joan"@uni.edu', '"a@b"@uni.edu', "Joan <joan@uni.edu>", "<joan@uni.edu>",
        "joan@uni.edu (x)",
        "joan@evil.com,joan@uni.edu", "joan@evil.com joan@uni.edu", "joan@uni.edu\r\nBcc: x@y.zz", "joan@uni.edu\n",
        "joan@[127.0.0.1]", "joan@evil.com%uni.edu", "joan@evil.com@uni.edu", "@uni.edu", "joan@", "joan", "",
        "joan!evil@uni.edu", "joan%evil.com@uni.edu", ".joan@uni.edu", "joan.@uni.edu", "a" * 65 + "@uni.edu",
        "joan@edu",
        "joan@ac.uk", "joan@-.uni.edu", "joan@" + "a." * 130 + "uni.edu", "joan@uni.edu\u200b",
        "joan@uni\u00ad.edu",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    listed("uni.edu")

    assert judge(address).verdict == "refused"


@pytest.mark.parametrize(
    ("address", "verdict", "domain"),
    [
        ("joan@uni.edu.evil.com", "unknown", "evil.com"),
        ("joan@eviluni.edu", "unknown", "eviluni.edu"),
        ("joan@xn--un-7kc.edu", "unknown", "xn--un-7kc.edu"),
        ("joan@uni-edu.com", "unknown", "uni-edu.com"),
        ("joan@gmail.com", "public", "gmail.com"),
        ("joan@mail.gmail.com", "public", "gmail.com"),
        ("joan@alumni.uni.edu", "moderated", "uni.edu"),
        ("joan@cs.alum.uni.edu", "moderated", "uni.edu"),
        ("joan@students.uni.edu", "moderated", "uni.edu"),
        ("joan@lists.uni.edu", "moderated", "uni.edu"),
        ("joan@alumni-mail.uni.edu", "moderated", "uni.edu"),
        ("joan@shared.edu", "moderated", "shared.edu"),
        ("joan@struck.edu", "refused", "struck.edu"),
        ("joan@group.github.io", "unknown", "group.github.io"),
    ],
)
def test_other_addresses_prove_nothing(address: str, verdict: str, domain: str) -> None:
    listed("uni.edu")
    listed("shared.edu", status="moderated")
    listed("struck.edu", status="refused")
    listed("github.io")

    judged = judge(address)

    assert (judged.verdict, judged.domain) == (verdict, domain)


def test_the_nearest_entry_decides() -> None:
    listed("uni.edu")
    listed("institute.uni.edu", "An Institute", "02nr0ka47")
    listed("old.uni.edu", status="refused")

    assert judge("a@x.institute.uni.edu").issuer == "ror:02nr0ka47"
    assert judge("a@x.uni.edu").issuer == f"ror:{ROR}"
    assert judge("a@old.uni.edu").verdict == "refused"
    assert judge("a@else.org").issuer == "domain:else.org"


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        ("www.uni.edu", "listed"), ("people.uni.edu", "listed"), ("wiki.uni.edu", "moderated"),
        ("gitlab.uni.edu", "moderated"),
        ("students.uni.edu", "moderated"), ("joan.github.io", "unknown"), ("sites.google.com", "public"),
        ("joan.wordpress.com", "public"), ("medium.com", "public"), ("uni.edu.evil.com", "unknown"), ("edu",
        "refused"),
    ],
)  # fmt: skip
def test_pages_are_judged_by_their_host(host: str, verdict: str) -> None:
    listed("uni.edu")
    listed("google.com", "A company")

    assert judge_page(host).verdict == verdict


def test_registrable_domains_follow_the_public_suffix_list_with_its_private_part() -> None:
    hosts = ["www.cs.uni.edu", "a.b.ac.uk", "joan.github.io", "github.io", "x.uni.example", "localhost"]

    found = [registrable_domain(host) for host in hosts]

    assert found == ["uni.edu", "b.ac.uk", "joan.github.io", "", "uni.example", ""]


def test_addresses_are_masked() -> None:
    assert [masked("joan@uni.edu"), masked("j@uni.edu")] == ["j…@uni.edu", "j…@uni.edu"]


@given(st.one_of(st.text(), st.text().map("{}@uni.edu".format), st.text().map("joan@{}uni.edu".format)))
def test_any_text_is_judged(text: str) -> None:
    if domains.judge(text).verdict != "refused":
        assert text.isascii()
        assert text.count("@") == 1


# ---------------------------------------------------------------- loading


def v2(number: str, name: str, *stated: str, website: str = "", status: str = "active") -> dict[str, object]:
    links = [{"type": "wikipedia", "value": "https://en.wikipedia.org/wiki/X"}]
    links += [{"type": "website", "value": website}] if website else []
    names = [{"types": ["acronym"], "value": "X"}, {"types": ["label", "ror_display"], "value": name}]
    return {"id": f"https://ror.org/{number}", "names": names, "domains": [*stated], "links": links, "status": status}


def v1(number: str, name: str, website: str, status: str = "active") -> dict[str, object]:
    return {
        "id": f"https://ror.org/{number}",
        "name": name,
        "links": [website],
        "status": status,
        "types": ["Education"],
    }


ORGANISATIONS = [
    v2("000000a01", "Stated", "Stated.EDU.", "www.stated.org"),
    v2("000000a02", "By Website", website="https://www.website.edu/en"),
    v1("000000a03", "Of Version 1", "http://www.first.ac.uk"),
    v2("000000a04", "A Part", website="https://physics.large.edu/"),
    v2("000000a05", "One", "shared.edu"),
    v2("000000a06", "Two", "shared.edu"),
    v2("000000a07", "Below Stated", website="https://lab.stated.edu"),
    v2("000000a08", "Closed", "closed.edu", status="inactive"),
    v2("000000a09", "Withdrawn", "withdrawn.edu", status="withdrawn"),
    v2("000000a10", "Heir", "inherited.edu"),
    v2("000000a11", "Ancestor", "inherited.edu", status="inactive"),
    v2("000000a12", "At Google", website="https://sites.google.com/site/x"),
    v2("000000a13", "Archived", website="https://web.archive.org/web/2019/http://gone.edu"),
    v2("000000a14", "Public", "gmail.com", "ac.uk", "nonsense", "a b.edu", ""),
    v2("000000a15", "Münchner", website="https://www.münchen.example/"),
    v2("000000a16", "Alumni", "alumni.else.edu"),
    v2("000000a17", "None"),
    v2("000000a18", "On a path", website="https://www.website.edu/labs/x"),
    v2("000000a19", "Unit", "centre.fr"),
    v2("000000a20", "Centre", website="https://www.centre.fr/en/"),
    v2("nonsense", "No id", "noid.edu"),
]
EXPECTED = {
    "stated.edu": ("000000a01", "Stated", "listed"),
    "stated.org": ("000000a01", "Stated", "listed"),
    "website.edu": ("000000a02", "By Website", "listed"),
    "first.ac.uk": ("000000a03", "Of Version 1", "listed"),
    "large.edu": ("000000a04", "A Part", "moderated"),
    "shared.edu": ("", "One; Two", "moderated"),
    "centre.fr": ("", "Centre; Unit", "moderated"),
    "closed.edu": ("000000a08", "Closed", "moderated"),
    "inherited.edu": ("000000a10", "Heir", "listed"),
    "xn--mnchen-3ya.example": ("000000a15", "Münchner", "listed"),
    "alumni.else.edu": ("000000a16", "Alumni", "moderated"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ror.jsonl.gz"
    lines = [json.dumps(row) for row in ORGANISATIONS]
    path.write_bytes(gzip.compress("\n".join([*lines, '{"id": 5}', "not json"]).encode()))
    return path


def rows() -> dict[str, tuple[str, str, str]]:
    return {row.domain: (row.ror, row.organisation, row.status) for row in InstitutionDomain.objects.all()}


def load(*arguments: object) -> str:
    out = StringIO()
    call_command("load_domains", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_ror_of_both_versions_fills_the_list(file: Path) -> None:
    said = load(file)

    assert rows() == EXPECTED
    assert "21 organisations read" in said
    assert "2 lines unreadable" in said
    assert "6 domains listed; for a moderator: 2 shared by several organisations, 2 of which only a part" in said
    assert "11 created, 0 updated, 0 unchanged" in said


def test_loading_again_changes_nothing_and_leaves_what_moderators_set(file: Path) -> None:
    load(file)
    InstitutionDomain.objects.filter(domain="shared.edu").update(status="listed", origin="moderator")
    InstitutionDomain.objects.filter(domain="stated.org").update(status="refused", origin="moderator")
    InstitutionDomain.objects.filter(domain="website.edu").update(organisation="Old name")
    InstitutionDomain.objects.create(domain="dropped.edu", organisation="Dropped")
    before = InstitutionDomain.objects.get(domain="first.ac.uk").changed_at

    said = load(file)

    assert "0 created, 1 updated, 8 unchanged, 2 kept as moderators set them, 1 on the list but not in" in said
    assert rows()["shared.edu"][2] == "listed"
    assert rows()["stated.org"][2] == "refused"
    assert rows()["website.edu"] == EXPECTED["website.edu"]
    assert InstitutionDomain.objects.get(domain="first.ac.uk").changed_at == before


def test_a_dry_run_writes_nothing(file: Path) -> None:
    said = load(file, "--dry-run")

    assert "11 created" in said
    assert "Nothing was written" in said
    assert rows() == {}


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        load(tmp_path / "no.jsonl")


def test_all_of_ror_is_stored_by_the_thousand(shared_data: Path) -> None:
    with CaptureQueriesContext(connection) as queries:
        said = load(shared_data / "ror")

    assert len(queries) <= 40
    assert said.startswith("51,370 organisations read")
    assert judge("joan@cs.nyu.edu") == Judgement("listed", "nyu.edu", "New York University", "0190ak572")
    assert InstitutionDomain.objects.filter(domain__in=["gmail.com", "qq.com", "wordpress.com"]).count() == 0


def test_the_demonstrations_institutions_have_invented_domains() -> None:
    for number, name in (("05gq02987", "Université d’Orlemont"), ("02nr0ka47", "Université d'Orlemont"), ("x", "北")):
        institution = Institution.objects.create(name=name, sort_key=name.casefold())
        InstitutionId.objects.create(institution=institution, scheme="ror", value=number)

    assert [demo_domains.load(), demo_domains.load()] == [1, 1]

    assert judge("joan@lab.universite-dorlemont.example").issuer == "ror:05gq02987"
    assert InstitutionDomain.objects.get().origin == "demo"
