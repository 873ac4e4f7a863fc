"""Error answers as one line of text: those of Glance (HTML), of a proxy before it (JSON), and those without a text."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from requests import Response


def as_plain_text(response: Response) -> Response:
    """Replace the body of an error answer by its status, reason and message.

    It runs before glanceclient reads the answer, which needs a content type, understands one kind of JSON, and loses
    the status where it has no class for it.
    """
    message = _message(response.text, response.headers.get("Content-Type", ""))
    text = ": ".join(filter(None, [f"{response.status_code} {response.reason}", message]))
    response._content = text.encode()  # noqa: SLF001  # requests has no other way to replace a body
    response.headers["Content-Type"] = "text/plain"
    return response


def _message(text: str, content_type: str) -> str:
    if "json" in content_type:
        return _message_in_json(text)
    body = re.sub(r"(?is)<(head|title|h1)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def _message_in_json(text: str) -> str:
    """Return the message in ``{"message": …}`` or ``{"error": {"message": …}}``, else the text as it is."""
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text
    while isinstance(value, dict) and value:
        value = value.get("message") or next(iter(value.values()))
    return str(value)
