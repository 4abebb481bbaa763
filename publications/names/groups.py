"""Which names of an author list are no person: collaborations, organisations, model names, junk."""

from __future__ import annotations

import re
from typing import Final

from publications.names.decoding import LETTER
from publications.names.keys import CJK, key

_TEAM: Final = re.compile(
    r"\b(?:collaborations?|consortium|consortia|task force)\b|^team\b|\b(?:teams?|groups?|initiative|investigators)$"
    r"|^(?:open ?ai|nvidia|minimax|anthropic|deepseek ai|mistral ai|(?:google )?deepmind|meta ai)$"
)
_ORGANISATION: Final = re.compile(  # last word of its name, standing alone: "Juan Soler-Company" is a person
    "committee|network|inc|ltd|gmbh|llc|corp|corporation|company|university|institute?|laboratory|laboratories|labs?|"
    "department|foundation|hospital|academy|center|centre|society|association"
)
_ON_BEHALF: Final = re.compile(
    r"(?P<person>.*?)[\s,(]*\b(?:(?:and )?(?P<behalf>on behalf of)|for|representing) (?:the )?(?P<group>\S.*?)\)?",
    re.IGNORECASE,
)
_SPEAKS_FOR: Final = re.compile(r"\b(?:behalf|for|representing) ", re.IGNORECASE)
_VERSION: Final = (
    r"[\s-]*(?:v?\d[\w.]*|o\d|opus|sonnet|haiku|pro|ultra|flash|mini|nano|turbo|preview|code|codex|agent|llm|ai)"
)
_MODEL: Final = re.compile(
    rf"(?:(?:open\s?ai|anthropic|google|github|microsoft|meta)\s+)?"
    rf"(?:chat-?gpt|gpt|claude|gemini|llama|deepseek|grok|copilot|bard|mistral|qwen)(?:{_VERSION})*",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(LETTER)
_MOST_WORDS: Final = 10
_MOST_CHARACTERS: Final = 120
_LONGEST_PHRASE: Final = 400


def is_collaboration(name: str) -> bool:
    """Whether a name stands for a group or an organisation, not for a person."""
    folded = key(name)
    last = folded.rpartition(" ")[2]
    if _ORGANISATION.fullmatch(last):
        return key(name.split()[-1]) == last and not _looks_personal(folded)
    return _TEAM.search(folded) is not None and not (last == "group" and _looks_personal(folded))


def _looks_personal(folded: str) -> bool:
    """Whether an initial and one word are all there is: "J. Group"."""
    words = folded.split()
    return len(words) == 1 or (len(words) == 2 and len(words[0]) == 1)


def represented(text: str) -> tuple[str, str] | None:
    """The person and the group of "A. One on behalf of the X Collaboration"; None where nobody is represented."""
    if not _SPEAKS_FOR.search(text) or len(text) > _LONGEST_PHRASE:
        return None
    match = _ON_BEHALF.fullmatch(text)
    if match and (match["behalf"] or is_collaboration(match["group"])):
        return match["person"], match["group"]
    return None


def is_junk(name: str) -> bool:
    """Punctuation, numbers, lone letters, model names, addresses, whole lists of people without a separator."""
    folded = key(name)
    if len(folded) < 2 and not (folded and CJK.fullmatch(folded)):
        return True
    if folded in {"et al", "others"} or "@" in name or "://" in name or _MODEL.fullmatch(name):
        return True
    return folded.count(" ") >= _MOST_WORDS or len(name) > _MOST_CHARACTERS or not _LETTER.search(folded)
