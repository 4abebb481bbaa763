"""Bodies of requests: JSON that can be stored as it is, nested no deeper than anybody means it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")  # what no text of PostgreSQL can hold


class BodyParser(JSONParser):
    """Raises ParseError, a 400, where the framework's own parser would fail or let through what cannot be stored."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            if _is_unstorable(data):
                raise ParseError(_("A text holds a NUL or half of a character."))
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error
        return data


def _is_unstorable(data: Any) -> bool:
    if isinstance(data, str):
        return UNSTORABLE.search(data) is not None
    if isinstance(data, dict):
        return any(_is_unstorable(part) for pair in data.items() for part in pair)
    return isinstance(data, list) and any(map(_is_unstorable, data))
