"""What the Anthology's YAML knows beside its volumes: which names are one person, and what venues are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils.text import slugify

from publications.importers import checks
from publications.importers.files import Damaged, Document, documents
from publications.records import Rejected

SIZE_LIMIT: Final = 8 << 20  # the real file of name variants has 0.3 MB
DEPTH_LIMIT: Final = 20  # PyYAML's composer overruns the stack on deep nesting
Name = tuple[str, str]  # given names, surname


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of the name variants: names that are one person; without an id where the entry cannot have one."""

    id: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Venue:
    name: str
    acronym: str
    is_journal: bool = False


@dataclass(slots=True)
class Bundle:
    people_by_id: dict[str, Person] = field(default_factory=dict)
    people_by_name: dict[Name, Person] = field(default_factory=dict)  # names that one entry alone has
    venues: dict[str, Venue] = field(default_factory=dict)

    def person(self, name: Name, explicit_id: str) -> Person | None:
        """Who an author is: the id at the paper decides, else a name that means one person only."""
        if explicit_id:
            return self.people_by_id.get(explicit_id) or Person(explicit_id, ())
        return self.people_by_name.get(name)


def load(paths: Sequence[Path]) -> tuple[Bundle, list[Rejected]]:
    """The knowledge found in these folders and archives, or beside the files; broken YAML is refused, not fatal."""
    bundle, refused = Bundle(), []
    for document in _documents(paths):
        try:
            _learn(bundle, document)
        except (Damaged, ValueError, yaml.YAMLError) as error:
            reason = f"The file cannot be used ({' '.join(str(error).split())}): volumes are imported without it."
            refused.append(checks.rejected(where=document.name, reason=reason))
    return bundle, refused


def _learn(bundle: Bundle, document: Document) -> None:
    if document.path.endswith("name_variants.yaml"):
        _learn_people(bundle, _parsed(document))
    elif "venues" in Path(document.path).parts[:-1] or "/venues/" in document.name:
        _learn_venue(bundle, Path(document.path).stem, _parsed(document))


# ---------------------------------------------------------------- finding and parsing


def _documents(paths: Sequence[Path]) -> Iterator[Document]:
    for path in paths:
        for place in _places(path):
            yield from documents([place], (".yaml",))


def _places(path: Path) -> Iterator[Path]:
    """Archives and folders themselves; for volumes the `yaml` folder beside their `xml` folder."""
    if any(part in path.name.lower() for part in (".tar", ".tgz", ".txz")):
        yield path
        return
    folders = [path] if path.is_dir() else []
    folders += [above / "yaml" for above in list(path.resolve().parents)[:2] if (above / "yaml").is_dir()]
    found = next((folder for folder in folders if any(folder.rglob("name_variants.yaml"))), None)
    if found:
        yield found


def _parsed(document: Document) -> Any:
    """The content of a YAML document of reasonable size and depth. Raises ValueError and yaml.YAMLError."""
    content = document.stream.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise ValueError(f"it is larger than {SIZE_LIMIT >> 20} MB")
    text, depth = content.decode("utf-8"), 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT:
            raise ValueError("it is nested too deeply")
    return yaml.load(text, Loader=yaml.CSafeLoader)


# ---------------------------------------------------------------- people


def _learn_people(bundle: Bundle, content: Any) -> None:
    entries = [entry for entry in content if isinstance(entry, dict)] if isinstance(content, list) else []
    people = [Person(str(entry.get("id") or ""), _names(entry)) for entry in entries]
    people = _identified([person for person in people if person.names])
    owners = Counter(name for person in people for name in person.names)
    for person in people:
        if person.id:
            bundle.people_by_id[person.id] = person
        bundle.people_by_name.update({name: person for name in person.names if owners[name] == 1})


def _names(entry: dict[str, Any]) -> tuple[Name, ...]:
    """The canonical name first, then the variants; each once."""
    variants = entry.get("variants") or entry.get("variant") or []
    listed = [entry.get("canonical"), *(variants if isinstance(variants, list) else [variants])]
    named = [name for name in listed if isinstance(name, dict) and name.get("last")]
    return tuple(dict.fromkeys((str(name.get("first") or "").strip(), str(name["last"]).strip()) for name in named))


def _identified(people: Iterable[Person]) -> list[Person]:
    """Entries without an id get the slug of their canonical name, unless it is another entry's."""
    people = list(people)
    slugs = [person.id or slug(person.names[0]) for person in people]
    taken = Counter(slugs)
    return [
        Person(person.id or (own if taken[own] == 1 else ""), person.names)
        for person, own in zip(people, slugs, strict=True)
    ]


def slug(name: Name) -> str:
    return slugify(" ".join(name)) or slugify(" ".join(name), allow_unicode=True)


# ---------------------------------------------------------------- venues


def _learn_venue(bundle: Bundle, code: str, content: Any) -> None:
    if not isinstance(content, dict) or not content.get("name"):
        raise ValueError("a venue needs a name")
    bundle.venues[code] = Venue(
        name=checks.text(str(content["name"]), "name of a venue", checks.TITLE_LIMIT),
        acronym=checks.text(str(content.get("acronym") or ""), "acronym of a venue", checks.NAME_LIMIT),
        is_journal=content.get("type") == "journal",
    )
