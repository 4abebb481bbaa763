"""Ids that pass every check of form and belong to nobody: test prefixes, unassigned ranges, right check digits."""

from __future__ import annotations

OLD_ARCHIVES = {"econ": "math", "stat": "math", "eess": "cs", "q-fin": "physics"}  # before 2007 these were parts
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
AUTHOR, WORK, INSTITUTION, SOURCE = 9_900_000_001, 9_900_000_001, 9_900_000_001, 9_900_000_001
ELSEWHERE = 9_800_000_001  # works that are cited and not in the corpus
ROR_RANGE = 30 * 32**5 + 30 * 32**4 + 30 * 32**3  # 0yyy…: ids beginning with 0yyy


def openalex(prefix: str, number: int) -> str:
    return f"https://openalex.org/{prefix}{number}"


def orcid(number: int) -> str:
    """An iD in 0000-0000-…, a range that ORCID does not assign (ISO 7064 mod 11-2)."""
    digits = f"{number:015d}"
    check = (12 - _weighted(number)) % 11
    digits += "X" if check == 10 else str(check)
    return f"https://orcid.org/{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}"


def _weighted(number: int) -> int:
    """Sum of the digits, each times 2 to the power of its place from the right (from 1), mod 11."""
    total, weight = 0, 2
    while number:
        number, digit = divmod(number, 10)
        total += digit * weight
        weight = weight * 2 % 11
    return total % 11


def ror(number: int) -> str:
    """A ROR id 0yyy… with its two check digits (ISO 7064 mod 97-10)."""
    value = ROR_RANGE + number
    check = 98 - (value * 100) % 97
    letters = "".join(BASE32[(value >> shift) & 31] for shift in range(25, -1, -5))
    return f"https://ror.org/0{letters}{check:02d}"


def issn(number: int) -> str:
    """An ISSN 9990-… with its check digit (mod 11)."""
    digits = f"999{number:04d}"
    check = -sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"


def doi(source: str, year: int, number: int) -> str:
    """A DOI under the prefix 10.5555, which is kept for tests."""
    return f"10.5555/{source}.{year}.{number:07d}"


def arxiv(year: int, month: int, rank: int, category: str) -> str:
    """An arXiv id counted down from the month's last possible number, never reached by arXiv; empty when full."""
    stamp = f"{year % 100:02d}{month:02d}"
    if (year, month) >= (2015, 1):
        return f"{stamp}.{99_999 - rank:05d}" if rank < 60_000 else ""
    if (year, month) >= (2007, 4):
        return f"{stamp}.{9_999 - rank:04d}" if rank < 5_000 else ""
    archive = category.partition(".")[0]
    archive = OLD_ARCHIVES.get(archive, archive)
    return f"{archive}/{stamp}{999 - rank:03d}" if rank < 600 else ""
