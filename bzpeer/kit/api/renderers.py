"""How answers are written: UTF-8 JSON, and problem details (RFC 9457)."""

from __future__ import annotations

from rest_framework.renderers import JSONRenderer


class ApiRenderer(JSONRenderer):
    """JSON without a charset parameter, which RFC 8259 does not define."""

    charset = None


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"
    charset = None
