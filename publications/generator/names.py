"""Names of invented people: components of many cultures, put together; nobody's record is copied."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from publications.generator import words

MIDDLE = tuple("ABCDEFGHJKLMNOPRSTVW")
VIETNAMESE_MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Quang", "Thanh", "Hữu", "Kim")
SECOND_GIVEN = 1000  # an `extra` from here on names a second given name too
NO_CASE_SPACE = str.maketrans({"|": " "})
TEX_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=", "\u0307": ".",
    "\u030c": "v", "\u0306": "u", "\u0327": "c", "\u0328": "k", "\u030b": "H", "\u030a": "r", "\u0323": "d",
}  # fmt: skip
TEX_LETTERS = {
    "ø": "{\\o}", "Ø": "{\\O}", "ł": "{\\l}", "Ł": "{\\L}", "ß": "{\\ss}", "å": "{\\aa}", "Å": "{\\AA}",
    "æ": "{\\ae}", "ı": "{\\i}", "đ": "{\\dj}", "Đ": "{\\DJ}",
}  # fmt: skip

Part = tuple[str, str]  # in Latin letters, in the script of home (or empty)


@dataclass(frozen=True, slots=True)
class Culture:
    key: str
    share: float
    form: str
    countries: tuple[str, ...]
    givens: tuple[Part, ...]
    families: tuple[Part, ...]

    @property
    def native(self) -> bool:
        return bool(self.givens[0][1])


@dataclass(frozen=True, slots=True)
class PersonName:
    """One person's name as printed: spelled out, with initials only, and in the script of home (or empty)."""

    full: str
    initials: str
    native: str
    inverted: str


def _part(entry: str) -> Part:
    latin, _, native = ("" if entry == "-" else entry).translate(NO_CASE_SPACE).partition("=")
    return latin, native


def _product(first: str, second: str) -> tuple[Part, ...]:
    """Every first part with every second part, spread so that neighbours differ."""
    pairs = [(_part(a), _part(b)) for b in second.split() for a in first.split()]
    joined = {(a[0] + b[0]).replace("-B", "-b"): a[1] + b[1] for a, b in pairs}
    return tuple((_case(latin), native) for latin, native in joined.items())


def _case(name: str) -> str:
    """Doubled letters where the parts meet are thinned: Grimmminster → Grimminster."""
    return "".join(c for i, c in enumerate(name) if not (i > 1 and c == name[i - 1] == name[i - 2]))


def _culture(head: str, lists: dict[str, str]) -> Culture:
    key, share, form, countries = words.cells(head.removeprefix("@ "))
    givens = _product(lists.get("given", lists.get("given1", "")), lists.get("given2", "-"))
    families = _product(lists["family1"], lists["family2"])
    return Culture(key, float(share), form, tuple(countries.split()), givens, families)


@cache
def cultures() -> tuple[Culture, ...]:
    found: list[Culture] = []
    head, lists = "", dict[str, str]()
    for line in [*words.lines("names.txt"), "@ end"]:
        if line.startswith("@ "):
            if head:
                found.append(_culture(head, lists))
            head, lists = line, {}
        else:
            name, _, rest = line.partition(": ")
            lists[name] = rest
    return tuple(found)


def initial(given: str) -> str:
    """ "Jean-Marc" → "J.-M.", "María José" → "M. J."."""
    return " ".join("-".join(f"{half[0]}." for half in word.split("-") if half) for word in given.split())


def compose(culture: Culture, given: int, family: int, extra: int) -> PersonName:
    """The name that the numbers stand for; `extra` chooses second surname, middle initial and order."""
    first, first_native = culture.givens[given % len(culture.givens)]
    last, last_native = culture.families[family % len(culture.families)]
    native = _native(culture, first_native, last_native)
    if extra >= SECOND_GIVEN and culture.form in ("western", "middle", "double", "single"):
        first = f"{first} {culture.givens[extra // SECOND_GIVEN % len(culture.givens)][0]}"
    match culture.form:
        case "single":
            return PersonName(first, first, "", first)
        case "initial":
            return PersonName(f"{last} {first}", f"{last} {first}", "", f"{first}, {last}")
        case "double" if extra % 10 < 7:
            last = f"{last} {culture.families[extra % len(culture.families)][0]}"
        case "middle" if extra % 10 < 4:
            first = f"{first} {MIDDLE[extra % len(MIDDLE)]}."
        case "vietnamese":
            return _vietnamese(first, last, extra)
        case "eastern" if extra % 10 < 3:
            return PersonName(f"{last} {first}", f"{initial(first)} {last}", native, f"{last}, {first}")
    return PersonName(f"{first} {last}", f"{initial(first)} {last}", native, f"{last}, {first}")


def _native(culture: Culture, first: str, last: str) -> str:
    if not first or not last:
        return ""
    if culture.form == "eastern":
        return (last + first).replace("-", "")
    return f"{first} {last}"


def _vietnamese(first: str, last: str, extra: int) -> PersonName:
    middle = VIETNAMESE_MIDDLE[extra % len(VIETNAMESE_MIDDLE)]
    full = f"{last} {middle} {first}" if extra % 10 < 6 else f"{first} {last}"
    return PersonName(full, f"{initial(first)} {last}", "", f"{last}, {middle} {first}")


@lru_cache(maxsize=50_000)
def tex_accents(name: str) -> str:
    """The name as TeX writes it: Lluís → Llu\\'is; scripts other than Latin stay."""
    out: list[str] = []
    for char in unicodedata.normalize("NFC", name):
        parts = unicodedata.normalize("NFD", char)
        base, marks = parts[0], parts[1:]
        if char in TEX_LETTERS:
            out.append(TEX_LETTERS[char])
        elif marks and base.isascii() and all(mark in TEX_ACCENTS for mark in marks):
            out.append(_accented(base, [TEX_ACCENTS[mark] for mark in marks]))
        else:
            out.append(char)
    return "".join(out)


def _accented(base: str, accents: list[str]) -> str:
    text = base
    for accent in accents:
        text = f"\\{accent}{{{text}}}" if accent.isalpha() or len(text) > 1 else f"\\{accent}{text}"
    return text


def decomposed(name: str) -> str:
    """The name with combining accents, as some systems store it."""
    return unicodedata.normalize("NFD", name)
