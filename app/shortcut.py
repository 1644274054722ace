"""The short way to an answer that is there already: by the address alone, without routing or parsing it again.

Only addresses that say everything the answer depends on are remembered; whatever else a request may need (another form
of the answer, an error) goes the long way. A class that follows a lesson asks for one step five hundred times.
"""

from __future__ import annotations

from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.answers import Answer, accepts_gzip, is_near
from app.cache import AnswerCache, Key
from app.negotiation import JSON, wants_json

MOST_ADDRESSES = 10_000
LONGEST_ADDRESS = 300


class Shortcuts:
    """Keys of kept answers by address: path and query. Used by the event loop alone."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache
        self._keys: OrderedDict[tuple[str, bytes], Key] = OrderedDict()

    def remember(self, request: Request, key: Key, answer: Answer) -> None:
        """Remember where an answer to this GET is kept, if the address alone leads to it."""
        path, query = request.scope["path"], request.scope["query_string"]
        if (
            answer.by_address
            and answer.media_type == JSON
            and request.method == "GET"
            and len(path) + len(query) <= LONGEST_ADDRESS
        ):
            self._keys[path, query] = key
            if len(self._keys) > MOST_ADDRESSES:
                self._keys.popitem(last=False)

    def response(self, scope: Scope) -> Response | None:
        """What this request gets, if it can be had the short way."""
        if scope["method"] != "GET" or (key := self._keys.get((scope["path"], scope["query_string"]))) is None:
            return None
        answer = self._cache.get(key)
        request = Request(scope)
        if (
            answer is None
            or not wants_json(request)
            or (not answer.compressed and accepts_gzip(request) and not is_near(request))
        ):
            return None
        return answer.response(request)
