"""Identifiers: one normal form, whatever form a record, a path or a reader uses."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from bzpeer.kit import ids
from tests.patience import patience

FORMS = {
    ("doi", "10.1214/14-aos1276"): [
        "10.1214/14-AOS1276",
        "doi:10.1214/14-AOS1276",
        "DOI: 10.1214/14-aos1276",
        "https://doi.org/10.1214/14-AOS1276",
        "http://dx.doi.org/10.1214/14-AOS1276",
        "https:/doi.org/10.1214/14-AOS1276",
        "doi.org/10.1214/14-aos1276",
        "https://doi.org/10.1214%2F14-AOS1276",
        "10.1214%2f14-aos1276",
        " 10.1214/14-AOS1276. ",
        "10.1214/14-AOS1276);",
        "https://doi.org/10.1214/14-AOS1276?utm=1",
        "10.1214/14-AOS1276\u200b",
    ],
    ("doi", "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2"): [
        "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
        "https://doi.org/10.1002/(SICI)1097-0258(19980815)17:15%3C1661::AID-SIM968%3E3.0.CO;2-2",
    ],
    ("arxiv", "2101.01234"): [
        "2101.01234",
        "2101.01234v3",
        "arXiv:2101.01234v1 [cs.LG]",
        "https://arxiv.org/abs/2101.01234v2",
        "http://www.arxiv.org/pdf/2101.01234v2.pdf",
        "https:/export.arxiv.org/abs/2101.01234",
        "10.48550/arXiv.2101.01234",
    ],
    ("arxiv", "math/0309136"): [
        "math.GT/0309136",
        "math/0309136v2",
        "arXiv:math/0309136",
        "https://arxiv.org/abs/math.GT/0309136",
    ],
    ("arxiv", "hep-th/9901001"): ["hep-th/9901001", "HEP-TH/9901001"],
    ("arxiv", "1406.2080"): ["1406.208", "1406.2080"],
    ("arxiv", "2101.12340"): ["2101.1234"],
    ("arxiv", "0704.0001"): ["704.0001", "0704.0001"],
    ("orcid", "0000-0002-1694-233X"): [
        "0000-0002-1694-233x",
        "000000021694233X",
        "https://orcid.org/0000-0002-1694-233X",
        "http://www.orcid.org/0000-0002-1694-233X/",
        "orcid:0000-0002-1694-233X",
        "0000–0002–1694–233X",
    ],
    ("ror", "03yrm5c26"): ["03yrm5c26", "https://ror.org/03YRM5C26", "ror:03yrm5c26", "ror.org/03yrm5c26/"],
    ("openalex", "W2741809807"): [
        "w2741809807",
        "https://openalex.org/W2741809807",
        "https://api.openalex.org/works/W2741809807",
    ],
    ("acl", "P18-1001"): [
        "p18-1001",
        "https://aclanthology.org/P18-1001.pdf",
        "https://www.aclweb.org/anthology/P18-1001/",
    ],
    ("acl", "2023.acl-long.7"): ["2023.ACL-long.7", "acl:2023.acl-long.7", "https://aclanthology.org/2023.acl-long.7/"],
    ("acl", "yang-liu-ict"): ["yang-liu-ict", "https://aclanthology.org/people/y/yang-liu-ict/"],
    ("issn", "0378-5955"): ["03785955", "issn:0378-5955", "https://portal.issn.org/resource/ISSN/0378-5955"],
}
CASES = [(scheme, form, normal) for (scheme, normal), forms in FORMS.items() for form in [normal, *forms]]


@pytest.mark.parametrize(("scheme", "form", "normal"), CASES)
def test_every_form_has_one_normal_form(scheme: str, form: str, normal: str) -> None:
    assert ids.normalise(scheme, form) == normal
    assert ids.normalise(scheme, form.upper()) == normal
    assert ids.normalise(scheme, form.lower()) == normal


@pytest.mark.parametrize(("scheme", "normal"), list(FORMS))
def test_an_address_leads_back_to_its_id(scheme: str, normal: str) -> None:
    address = ids.url(scheme, normal)

    assert address.startswith("https://")
    assert ids.parse(address) == (scheme, normal)
    assert ids.parse(address.replace("https://", "https:/")) == (scheme, normal)
    assert ids.parse(f"{scheme.upper()}:{normal}") == (scheme, normal)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("doi", ""),
        ("doi", "10.1234"),
        ("doi", "10.12/abc"),
        ("doi", "10.1234/a 10.1234/b"),
        ("doi", "10.1234/" + "a" * 3000),
        ("arxiv", "2113.01234"),
        ("arxiv", "0703.0001"),
        ("arxiv", "1406.20801"),
        ("arxiv", "2101.123456"),
        ("arxiv", "2101.00000"),
        ("arxiv", "food/0309136"),
        ("arxiv", "math/0313136"),
        ("arxiv", "math/0812136"),
        ("arxiv", "٢١٠١.01234"),
        ("orcid", "0000-0002-1694-2330"),
        ("orcid", "0000-0002-1694"),
        ("ror", "03yrl5c26"),
        ("openalex", "X12"),
        ("openalex", "W0"),
        ("acl", "../etc"),
        ("acl", ""),
        ("issn", "0378-5956"),
        ("isbn", "978"),
    ],
)
def test_what_is_no_id_is_refused_with_a_reason(scheme: str, value: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        ids.normalise(scheme, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A12", ("author", "12")),
        ("w7", ("work", "7")),
        ("T3", ("topic", "3")),
        ("I9", ("institution", "9")),
        ("S2", ("source", "2")),
        ("https://bzpeer.example/authors/A12/joan-example/", ("author", "12")),
        ("http:/localhost:8000/works/W7/", ("work", "7")),
        ("/topics/T3", ("topic", "3")),
        ("/authors/A12/trust/", ("author", "12")),
        ("openalex:A5012345678", ("openalex", "A5012345678")),
        ("10.1214/14-AOS1276", ("doi", "10.1214/14-aos1276")),
        ("2101.01234v2", ("arxiv", "2101.01234")),
        ("0000-0002-1694-233x", ("orcid", "0000-0002-1694-233X")),
        ("arxiv:math.GT/0309136", ("arxiv", "math/0309136")),
        ("A0", None),
        ("A12x", None),
        ("A" + "9" * 19, None),
        ("12", None),
        ("Jane Roe", None),
        ("orcid:0000-0002-1694-2330", None),
        ("https://example.org/10.1/x", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_path_id_is_recognised(text: str, expected: tuple[str, str] | None) -> None:
    assert ids.parse(text) == expected


def test_one_field_may_hold_several_dois() -> None:
    text = "10.1000/ABC; doi:10.1000/def,10.1000/abc and https://doi.org/10.1002/x%3C1%3E, none 10.5/x (10.1000/ghi)."

    assert ids.dois(text) == ["10.1000/abc", "10.1000/def", "10.1002/x<1>", "10.1000/ghi"]
    assert ids.dois("no doi here") == []


@given(st.sampled_from(sorted({scheme for scheme, _ in FORMS})), st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(scheme: str, text: str) -> None:
    try:
        normal = ids.normalise(scheme, text)
    except ValueError:
        return
    assert ids.normalise(scheme, normal) == normal


@given(st.from_regex(r"10\.[0-9]{4}(%2f|/)[-a-zA-Z0-9.%#?<>()\[\];:é]{1,20}", fullmatch=True))
def test_a_doi_survives_every_form(text: str) -> None:
    try:
        normal = ids.normalise("doi", text)
    except ValueError:
        return
    assert ids.normalise("doi", normal) == normal
    assert ids.normalise("doi", ids.url("doi", normal)) == normal
    assert ids.parse(f"doi:{normal}") == ("doi", normal)
    assert ids.dois(normal) == [normal] or any(separator in normal for separator in ";,|")


@given(st.integers(0, 10**15 - 1))
def test_an_orcid_needs_its_check_digit(number: int) -> None:
    digits = f"{number:015d}"
    check = mod_11_2.calc_check_digit(digits)
    wrong = "0" if check != "0" else "1"

    assert ids.normalise("orcid", digits + check).replace("-", "") == digits + check
    with pytest.raises(ValueError, match="check digit"):
        ids.normalise("orcid", digits + wrong)


@given(st.text(max_size=60))
def test_no_text_makes_parse_fail(text: str) -> None:
    found = ids.parse(text)
    assert found is None or ids.parse(text.swapcase().swapcase()) is not None or not text.isascii()


@pytest.mark.parametrize(
    "hostile",
    ["https:/" + "/" * 100_000, "10." * 100_000, "A" * 100_000, "arxiv:" + " " * 100_000, "10.1000/" + ")" * 100_000],
)
def test_long_input_is_refused_at_once(hostile: str) -> None:
    with patience():
        assert ids.parse(hostile) is None
        assert len(ids.dois(hostile)) <= 1


def test_every_ror_id_of_the_registry_is_known(shared_data: Path) -> None:
    for line in lzma.decompress((shared_data / "ror" / "ror-latest-by-id.jsonl.xz").read_bytes()).splitlines()[::10]:
        address = json.loads(line)["id"]
        assert ids.url("ror", ids.normalise("ror", address)) == address
