"""REST framework's settings. Closed unless a view opens itself; imports nothing, so that settings can read it."""

from __future__ import annotations

from typing import Any, Final

REST_FRAMEWORK: Final[dict[str, Any]] = {
    "DEFAULT_RENDERER_CLASSES": ["bzpeer.kit.api.renderers.ApiRenderer"],
    "DEFAULT_PARSER_CLASSES": ["bzpeer.kit.api.parsers.BodyParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "EXCEPTION_HANDLER": "bzpeer.kit.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter like any other: unknown ones are refused
    "COMPACT_JSON": True,
    "UNICODE_JSON": True,
}
