"""Error answers as one line of text: those of Glance (HTML), of a proxy (HTML, JSON), and those without a text."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from requests import Response

_MAX_CHARACTERS = 1000
"""The longest message that is shown; a page of a proxy can be any text."""


def as_plain_text(response: Response) -> Response:
    """Replace the body of an error answer by its status, reason and message.

    It runs before glanceclient reads the answer, which needs a content type, understands one kind of JSON, and loses
    the status where it has no class for it.
    """
    status = f"{response.status_code} {response.reason or ''}".strip()
    if "json" in response.headers.get("Content-Type", ""):
        message = _message_in_json(response.text)
    else:
        message = _message_in_html(response.text, status)
    text = ": ".join(filter(None, [status, message[:_MAX_CHARACTERS]]))
    response._content = text.encode()  # noqa: SLF001  # requests has no other way to replace a body
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.encoding = "utf-8"
    return response


def _message_in_html(page: str, status: str) -> str:
    """Return the message of a page, without what repeats the status, and without a proxy's line about itself.

    Glance's page has the status as title and the message as body. A proxy's page of its own has the reason as title.
    """
    title = re.search(r"(?is)<title\b[^>]*>(.*?)</title>", page)
    words = _without_tags(title[1]) if title else ""
    reason = words.removeprefix(status.split()[0]).strip()
    if reason and reason not in status:
        return reason
    body = re.sub(r"(?is)<(head|title|h1|script|style)\b.*?</\1>|<hr\b.*", " ", page)
    return _without_tags(body)


def _without_tags(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def _message_in_json(text: str) -> str:
    """Return the message in ``{"message": …}`` or ``{"error": {"message": …}}``, else the text as it is."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    while isinstance(value, dict) and value:
        value = value.get("message") or next(iter(value.values()))
    return str(value)
