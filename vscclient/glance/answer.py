"""Error answers as one line of text, whoever gave them: Glance (HTML), a proxy before it (JSON), or nobody in words."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from requests import Response


def in_plain_words(response: Response, *args: Any, **kwargs: Any) -> Response:
    """A hook of requests that runs before glanceclient looks.

    glanceclient needs a content type, understands one kind of JSON, and loses the status where it has no class for it.
    """
    if response.status_code >= 400:
        said = _said(response.text, response.headers.get("Content-Type", ""))
        response._content = ": ".join(filter(None, [f"{response.status_code} {response.reason}", said])).encode()
        response.headers["Content-Type"] = "text/plain"
    return response


def _said(text: str, content_type: str) -> str:
    if "json" in content_type:
        return _message_of(text)
    body = re.sub(r"(?is)<(head|title|h1)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def _message_of(text: str) -> str:
    """The message in ``{"message": …}`` or ``{"error": {"message": …}}``, else the text as it is."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        return text
    while isinstance(said, dict) and said:
        said = said.get("message") or next(iter(said.values()))
    return str(said)
