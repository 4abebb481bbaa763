"""Names of people as printed: decoding them, keys for comparing them, and the author lists they come in."""

from publications.names.decoding import decode
from publications.names.groups import is_collaboration, is_junk
from publications.names.keys import block, given_name_first, is_initials, key
from publications.names.lists import AuthorList, PrintedAuthor, halve_if_doubled, parse_authors

__all__ = [
    "AuthorList",
    "PrintedAuthor",
    "block",
    "decode",
    "given_name_first",
    "halve_if_doubled",
    "is_collaboration",
    "is_initials",
    "is_junk",
    "key",
    "parse_authors",
]
