"""Several slices in one answer: what a reader expands at once is asked at once."""

from __future__ import annotations

import gzip
import json
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.request import Request

from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid
from bzpeer.kit.api.views import COSTLY, ApiView
from graph import questions, slices

MOST = 20  # slices of one step and at most PAGE_LIMIT nodes each: no dearer than one large slice
QUICK = 1  # level of gzip: the parts were compressed well where they are stored


def _roots(text: str) -> tuple[str, ...]:
    """Short ids, each once, in their order."""
    named = [questions.split_root(part) for part in text.split(",")]
    if len(named) > MOST or not all(named):
        said = _("“roots” takes at most %(most)d ids such as A12,W7, with commas between.") % {"most": MOST}
        raise ValueError(said)
    return tuple(dict.fromkeys(questions.short_id(*root) for root in named if root))


class SlicesView(ApiView):
    """`GET /graph/slices?roots=A12,W7`: what stands around each, as `/graph` with depth 1 and limit 80 tells it.

    `of` says which root was asked for; a merged one answers with what it was merged into, an unknown one is `missing`.
    """

    cost = COSTLY
    parameters = (
        Parameter("roots", _roots),
        *(known for known in questions.PARAMETERS if known.name not in ("root", "depth", "limit")),
    )

    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request)
        roots = asked.pop("roots")
        if roots is None:
            said = _("“roots” must name what to show the surroundings of, for example A12,W7.")
            raise invalid(Mistake(said, "#/roots", "required"))
        found = {root: _slice(root, asked) for root in roots}
        return _answer(request, found)


def _slice(root: str, asked: dict[str, Any]) -> slices.Slice | None:
    common = {"depth": 1, "limit": questions.PAGE_LIMIT}
    try:
        return slices.answer(questions.checked(asked | common | {"root": questions.split_root(root)}))
    except slices.MergedRootError as merged:
        return _slice(merged.into, asked)
    except slices.UnknownRootError:
        return None


def _answer(request: Request, found: dict[str, slices.Slice | None]) -> HttpResponse:
    """The stored JSON of each as it is, with `of` before it: nothing is read and written again."""
    there = {root: part for root, part in found.items() if part}
    meta = {"count": len(there), "missing": [root for root in found if root not in there]}
    parts = (f'{{"of":"{root}",'.encode() + part.body[1:] for root, part in there.items())
    body = b'{"meta":' + json.dumps(meta).encode() + b',"results":[' + b",".join(parts) + b"]}"
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        gzip.compress(body, compresslevel=QUICK, mtime=0) if packed else body, content_type="application/json"
    )
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    return response
