"""A small ACL Anthology: volumes and bundles for tests."""

from __future__ import annotations

from pathlib import Path

from publications.importers import acl
from publications.records import Item, WorkRecord

VARIANTS = """
- canonical: {first: Ada, last: Example}
  variants:
  - {first: A., last: Example}
  - {first: Ada B., last: Example}
- canonical: {first: Li, last: Wei}
  id: li-wei-north
- canonical: {first: Li, last: Wei}
  id: li-wei-south
- canonical: {first: Jan, last: Doe}
  id: jan-doe-elsewhere
  variants:
  - {first: J., last: Doe}
"""


PAPER = """
    <paper id="1">
      <title>A <fixed-case>M</fixed-case>odel of <tex-math>x^2</tex-math> for <i>$5</i> <url>https://a.b</url></title>
      <author><first>A.</first><last>Example</last><affiliation>Sample University</affiliation></author>
      <author id="li-wei-south">
        <first>Li</first><last>Wei</last><variant script="hani"><first>伟</first><last>李</last></variant>
      </author>
      <author><first>Li</first><last>Wei</last></author>
      <author><first/><last>Mono</last></author>
      <editor><first>No</first><last>Author</last></editor>
      <abstract>We <b>show</b> $\\alpha$ at $5 and
        $10.<tex-math>\\pm 1</tex-math></abstract>
      <url hash="12345678">2020.sample-main.1</url>
      <doi>10.1000/Sample.1</doi>
      <revision id="1" href="2020.sample-main.1v1" hash="12345678" date="2020-09-10">Typos.</revision>
      <language>fra</language>
    </paper>"""


META = "<booktitle>Proceedings of Samples</booktitle><month>July</month><year>2020</year><venue>sample</venue>"


def volume(papers: str, *, meta: str = META, collection: str = "2020.sample", volume_id: str = "main",
           kind: str = "proceedings", front: str = "<frontmatter><url>x</url></frontmatter>") -> str:  # fmt: skip
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<collection id='{collection}'><volume id='{volume_id}' type='{kind}'>"
        f"<meta>{meta}</meta>{front}{papers}</volume></collection>"
    )


def bundle(folder: Path, xml: str | bytes, *, name: str = "2020.sample.xml", yaml: bool = True) -> Path:
    (folder / "data" / "xml").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "xml" / name).write_bytes(xml.encode() if isinstance(xml, str) else xml)
    if yaml:
        (folder / "data" / "yaml" / "venues").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "yaml" / "name_variants.yaml").write_text(VARIANTS)
        (folder / "data" / "yaml" / "venues" / "sample.yaml").write_text("acronym: SAMPLE\nname: Meeting on Samples\n")
    return folder


def one(folder: Path, paper: str = PAPER, **kwargs: str) -> WorkRecord:
    [item] = acl.read([bundle(folder, volume(paper, **kwargs))])
    assert isinstance(item, WorkRecord), item
    return item


def titled(number: int) -> str:
    return f"<paper id='{number}'><title>Paper {number}</title></paper>"


def numbers(items: list[Item]) -> list[str]:
    return [item.provider_id.rsplit(".")[-1] for item in items if isinstance(item, WorkRecord)]
