"""Which names of an author list are no person: collaborations, organisations, model names, junk."""

from __future__ import annotations

import re
from typing import Final

from publications.names.keys import CJK, key

_LAST_WORDS: Final = (
    "collaborations? consortium consortia teams? groups? initiative investigators committee network inc ltd gmbh llc "
    "corp corporation company university institute institut laboratory laboratories labs? department foundation "
    "hospital academy center centre society association"
).replace(" ", "|")
_GROUP: Final = re.compile(
    rf"\b(?:collaborations?|consortium|consortia|task force)\b|^team\b|\b(?:{_LAST_WORDS})$"
    r"|^(?:open ?ai|nvidia|minimax|anthropic|deepseek ai|mistral ai|(?:google )?deepmind|meta ai)$"
)
_SURNAME_LIKE: Final = {"group", "lab", "network", "society", "center", "academy"}
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
_MOST_WORDS: Final = 10
_MOST_CHARACTERS: Final = 120
_LONGEST_PHRASE: Final = 400


def is_collaboration(name: str) -> bool:
    """Whether a name stands for a group or an organisation, not for a person."""
    folded = key(name)
    match = _GROUP.search(folded)
    if match and match[0] in _SURNAME_LIKE:
        words = folded.split()
        return len(words) > 2 or len(words[0]) > 1
    return match is not None


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
    letters = sum(map(str.isalpha, folded))
    if letters < 2 and not (letters and CJK.fullmatch(folded)):
        return True
    if folded in {"et al", "others"} or "@" in name or "://" in name or _MODEL.fullmatch(name):
        return True
    return len(folded.split()) > _MOST_WORDS or len(name) > _MOST_CHARACTERS
