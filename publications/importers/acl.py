"""The ACL Anthology: XML volumes of papers, with the name variants and venues of its YAML where they lie beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from lxml import etree

from publications.importers import acl_bundle, checks, files
from publications.importers.acl_bundle import Bundle, Name
from publications.importers.acl_text import markup
from publications.importers.checks import Unfit
from publications.importers.files import Damaged, Document
from publications.records import AuthorRef, Item, Rejected, SourceRef, TopicRef, WorkRecord

SUFFIXES: Final = (".xml",)
PAPER_LIMIT: Final = 2 << 20  # bytes between two papers; the longest real stretch has 0.1 MB
_CHUNK: Final = 1 << 16
_WORKSHOPS: Final = "ws"  # "other workshops": says less than any venue beside it
_LANGUAGES: Final = {"eng": "en", "fra": "fr", "zho": "zh", "por": "pt", "pt-BR": "pt", "deu": "de", "spa": "es"}
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class _Volume:
    """What the papers of a volume have in common."""

    collection: str
    id: str = ""
    is_journal: bool = False
    title: str = ""
    year: str = ""
    month: str = ""
    venues: list[str] = field(default_factory=list)

    @property
    def full_id(self) -> str:
        return f"{self.collection}-{self.id}"


def read(paths: Sequence[Path], progress: files.Progress | None = None) -> Iterator[Item]:
    """The works of these files and folders; raises ValueError at once when one cannot be read at all."""
    return _items(paths, files.documents(paths, SUFFIXES, progress))


def _items(paths: Sequence[Path], documents: Iterator[Document]) -> Iterator[Item]:
    bundle, refused = acl_bundle.load(paths)
    yield from refused
    for document in documents:
        try:
            yield from _papers(document, bundle)
        except Damaged as error:
            yield document.damage(error)
        except etree.XMLSyntaxError as error:
            yield _broken(document, error)


def _broken(document: Document, error: etree.XMLSyntaxError) -> Rejected:
    message = (error.msg or "it ends too early").split(", line ")[0]
    reason = (
        f"The XML breaks here ({message}): papers before this place are imported; repair the file and import it again."
    )
    return checks.rejected(where=f"{document.name}, line {error.lineno or 1}", reason=reason)


# ---------------------------------------------------------------- walking through a file


def _papers(document: Document, bundle: Bundle) -> Iterator[Item]:
    """Every paper while the file is read; raises XMLSyntaxError where it breaks and Damaged where it ends."""
    parser = _parser()
    walk, since_paper = _Walk(document, bundle), 0
    for chunk in iter(lambda: document.stream.read1(_CHUNK), b""):
        failure = _fed(parser, chunk)
        found = list(walk.items(parser))
        yield from found
        if failure:
            raise failure
        since_paper = 0 if found else since_paper + len(chunk)
        if since_paper > PAPER_LIMIT:
            raise Damaged(f"More than {PAPER_LIMIT >> 20} MB without a complete <paper>: no volume is like that.")
    if not walk.is_collection:
        parser.close()  # says what is wrong when it is no XML at all
        raise Damaged("There is no <collection> in it: the file is no volume of the Anthology.")
    parser.close()


def _parser() -> etree.XMLPullParser[etree._Element]:
    """A parser that follows no entity, fetches nothing and keeps the library's limits."""
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=("collection", "volume", "meta", "paper"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _fed(parser: etree.XMLPullParser[etree._Element], chunk: bytes) -> etree.XMLSyntaxError | None:
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return error
    return None


class _Walk:
    """Follows the elements of one file and lets go of each when it is done."""

    def __init__(self, document: Document, bundle: Bundle) -> None:
        self.document, self.bundle = document, bundle
        self.is_collection, self.volume = False, _Volume("")

    def items(self, parser: etree.XMLPullParser[etree._Element]) -> Iterator[Item]:
        for event, element in parser.read_events():
            if event == "start":
                self._enter(element)
            elif element.tag == "paper":
                yield self._item(element)
                _let_go(element)
            elif element.tag == "meta" and _parent(element) == "volume":
                _read_meta(element, self.volume)
            elif element.tag == "volume":
                self.volume = _Volume(self.volume.collection)
                _let_go(element)

    def _enter(self, element: etree._Element) -> None:
        if element.tag == "collection":
            self.is_collection, self.volume = True, _Volume(element.get("id", ""))
        elif element.tag == "volume":
            is_journal = element.get("type") == "journal"
            self.volume = _Volume(self.volume.collection, element.get("id", ""), is_journal)

    def _item(self, paper: etree._Element) -> Item:
        where = f"{self.document.name}, line {paper.sourceline}"
        name = f"{self.volume.full_id}.{paper.get('id', '')}"
        return checks.guarded(
            lambda: _record(paper, self.volume, self.bundle), where=where, raw=lambda: _excerpt(paper), provider_id=name
        )


def _parent(element: etree._Element) -> str:
    above = element.getparent()
    return str(above.tag) if above is not None else ""


def _excerpt(paper: etree._Element) -> str:
    return "" if len(paper) > 1_000 else etree.tostring(paper, encoding="unicode", with_tail=False)


def _let_go(element: etree._Element) -> None:
    element.clear()
    above = element.getparent()
    while above is not None and (before := element.getprevious()) is not None:
        above.remove(before)


def _read_meta(meta: etree._Element, volume: _Volume) -> None:
    volume.title = markup(meta.find("booktitle"))
    volume.year = (meta.findtext("year") or "").strip()
    volume.month = (meta.findtext("month") or "").strip()
    volume.venues = list(dict.fromkeys(code for e in meta.findall("venue") if (code := (e.text or "").strip())))


# ---------------------------------------------------------------- one paper


def _record(paper: etree._Element, volume: _Volume, bundle: Bundle) -> WorkRecord:
    if (entity := next(paper.iter(etree.Entity), None)) is not None:
        raise Unfit(f"The paper uses the entity {entity.text}, which is not followed: write the text itself.")
    acl_id = anthology_id(volume.collection, volume.id, paper.get("id", ""))
    doi = checks.optional_id("doi", paper.findtext("doi"))
    year = _year(volume)
    return WorkRecord(
        provider="acl",
        provider_id=acl_id,
        title=checks.title(markup(paper.find("title"))),
        ids={"acl": acl_id, **({"doi": doi} if doi else {})},
        authors=tuple(filter(None, (_author(author, bundle) for author in paper.findall("author")))),
        abstract=checks.abstract(markup(paper.find("abstract"))),
        type="article" if volume.is_journal else "proceedings-article",
        publication_year=year,
        publication_date=_first_of_month(year, volume.month),
        updated_date=_last_revision(paper),
        language=_LANGUAGES.get((paper.findtext("language") or "").strip(), ""),
        source=_source(volume, bundle),
        topics=_topics(volume, bundle),
        is_retracted=paper.find("retracted") is not None or paper.find("removed") is not None,
        open_access_url=_address(paper, acl_id),
        published_via="acl",
    )


def anthology_id(collection: str, volume: str, number: str) -> str:
    """The id that the Anthology derives: 2020.acl-main.1, or P18-1001 and W19-0101 in the style before 2020."""
    if not (collection and volume and number):
        raise Unfit("The paper has no Anthology id: its collection, its volume and itself need an id each.")
    if not re.fullmatch(r"[A-Z]\d\d", collection):
        acl_id = f"{collection}-{volume}.{number}"
    elif not (volume.isdecimal() and number.isdecimal()):
        raise Unfit(f"{collection}-{volume}-{number} is no Anthology id: volume and paper are numbers before 2020.")
    elif collection[0] == "W" or collection == "C69" or (collection == "D19" and int(volume) >= 5):
        acl_id = f"{collection}-{int(volume):02d}{int(number):02d}"
    else:
        acl_id = f"{collection}-{int(volume)}{int(number):03d}"
    if found := checks.optional_id("acl", acl_id):
        return found
    raise Unfit(f"{acl_id[:80]!r} is no Anthology id, such as 2020.acl-main.1 or P18-1001.")


def _address(paper: etree._Element, acl_id: str) -> str:
    """The Anthology's page where it holds the paper, else where it says the paper is."""
    url = (paper.findtext("url") or "").strip()
    if url.startswith("http"):
        return checks.web_address(url)
    return f"https://aclanthology.org/{acl_id}" if url else ""


def _year(volume: _Volume) -> int | None:
    if not volume.year:
        return None
    if not re.fullmatch(r"\d{1,9}", volume.year):
        raise Unfit(f"The volume's year {volume.year[:40]!r} is no number.")
    return checks.year(int(volume.year))


def _first_of_month(year: int | None, month: str) -> date | None:
    """The day that "July", "12" or "29 October–3 November" begins with, to the month."""
    if year is None:
        return None
    for word in re.findall(r"[^\W\d_]+", month.lower()):
        if word[:3] in _MONTHS:
            return date(year, _MONTHS.index(word[:3]) + 1, 1)
    return date(year, int(month), 1) if month.isdecimal() and 1 <= int(month) <= 12 else None


def _last_revision(paper: etree._Element) -> date | None:
    days = [checks.day(e.get("date"), "date of a revision") for e in paper.iterchildren("revision", "erratum")]
    return max((day for day in days if day), default=None)


# ---------------------------------------------------------------- people


def _author(author: etree._Element, bundle: Bundle) -> AuthorRef | None:
    name = _name(author)
    printed = checks.name(_together(name))
    if not printed:
        return None
    person = bundle.person(name, (author.get("id") or "").strip())
    others = [_together(other) for other in (person.names if person else ())]
    others += [_together(_name(variant)) for variant in author.findall("variant")]
    variants = dict.fromkeys(filter(None, map(checks.name, others)))
    variants.pop(printed, None)
    return AuthorRef(
        name=printed,
        ids={"acl": person.id} if person and person.id else {},
        affiliations=tuple(filter(None, (checks.affiliation(e.text) for e in author.findall("affiliation")))),
        variants=tuple(variants),
    )


def _name(element: etree._Element) -> Name:
    return (element.findtext("first") or "").strip(), (element.findtext("last") or "").strip()


def _together(name: Name) -> str:
    """Given names and surname; names in Chinese characters begin with the surname and have no blank."""
    first, last = name
    return f"{last}{first}" if _CHINESE.fullmatch(first + last) else f"{first} {last}".strip()


# ---------------------------------------------------------------- venues


def _telling(volume: _Volume) -> list[str]:
    return [code for code in volume.venues if code != _WORKSHOPS] or volume.venues


def _source(volume: _Volume, bundle: Bundle) -> SourceRef | None:
    """The volume's first venue; without one, the volume itself."""
    codes = _telling(volume)
    venue = bundle.venues.get(codes[0]) if codes else None
    name = venue.name if venue else checks.text(volume.title, "title of the volume", checks.TITLE_LIMIT)
    if not name:
        return None
    is_journal = venue.is_journal if venue else volume.is_journal
    code = codes[0] if codes else volume.full_id
    return SourceRef(name=name, kind="journal" if is_journal else "conference", ids={"acl": code})


def _topics(volume: _Volume, bundle: Bundle) -> tuple[TopicRef, ...]:
    venues = [(code, bundle.venues.get(code)) for code in _telling(volume)]
    return tuple(
        TopicRef(scheme="acl", code=code, name=(venue.acronym or venue.name) if venue else code.upper())
        for code, venue in venues
    )
