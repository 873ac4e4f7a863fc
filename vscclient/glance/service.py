"""Requests to the Image service."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from keystoneauth1.session import Session

from vscclient import errors
from vscclient.glance.client import make_client
from vscclient.glance.error_translation import SERVICE, translate_errors


class Service:
    """Glance, for one signed-in user.

    Args:
        session: Signs in.
        endpoint: Address of the service, with or without ``/v2``.
    """

    def __init__(self, session: Session, endpoint: str) -> None:
        self.session = session
        self.endpoint = endpoint
        self.client = make_client(session, endpoint)

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Send one request and return the answer.

        glanceclient's own methods hide fields of a record, and send three requests to change one.

        Args:
            method: ``get``, ``post`` …
            path: From ``image_path``, with a query perhaps.
            options: Of glanceclient's HTTP client: ``data``, ``headers``, retries.

        Raises:
            CloudError: The service answered with an error, or not at all.
        """
        with translate_errors():
            _, answer = getattr(self.client.http_client, method)(path, **options)
        return answer


def image_path(*parts: str) -> str:
    """Return the path of an image, or of a resource below it: ``/v2/images/ID/members``.

    Raises:
        Invalid: A part would lead to another resource: a stored member can be any text, and ``ID/members/..`` is the
            image.
    """
    for part in parts:
        if part.strip(".") == "" or "/" in part:
            raise errors.Invalid(SERVICE, f"'{part}' is not a valid identifier")
    return "/".join(["/v2/images", *(quote(part, safe="") for part in parts)])
