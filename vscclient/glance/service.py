"""Asking the Image service, in one place."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from keystoneauth1.session import Session

from vscclient import errors
from vscclient.glance.client import client_of
from vscclient.glance.failure import SERVICE, translated


class Service:
    """Glance, for one signed-in user.

    Args:
        session: Signs in.
        endpoint: Where the service is, with or without ``/v2``.
    """

    def __init__(self, session: Session, endpoint: str) -> None:
        self.session = session
        self.endpoint = endpoint
        self.client = client_of(session, endpoint)

    def ask(self, verb: str, path: str, **more: Any) -> Any:
        """One request; its answer. glanceclient's own methods hide fields of a record, and ask three times to change
        one.

        Raises:
            CloudError: The service said no, or nothing.
        """
        with translated():
            _, answer = getattr(self.client.http_client, verb)(path, **more)
        return answer


def path_of(*parts: str) -> str:
    """The path of an image, or of something of it: ``/v2/images/ID/members``.

    Raises:
        Invalid: A part would lead elsewhere: a stored member can be anything, and ``ID/members/..`` is the image.
    """
    for part in parts:
        if part.strip(".") == "" or "/" in part:
            raise errors.Invalid(SERVICE, f"'{part}' is nothing that it can be asked about")
    return "/".join(["/v2/images", *(quote(part, safe="") for part in parts)])
