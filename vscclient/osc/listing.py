"""The rows of ``openstack image list``: the installed client's own code makes them, ours asks Glance.

Options and columns differ between its versions, and scripts rely on them. It knows the records that it shows by their
IDs only, so what ours adds is looked up by that.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from vscclient.osc.command import Rows
from vscclient.osc.standard import standard_image

if TYPE_CHECKING:
    from vscclient.images.cloud import Cloud
    from vscclient.images.listing import Listed, Options


class StandardList:
    """``openstack image list``.

    Args:
        app: The ``openstack`` that runs.
        app_args: Its options.
    """

    def __init__(self, app: Any, app_args: Any) -> None:
        from openstackclient.image.v2.image import ListImage

        self._manager = getattr(app, "client_manager", None)
        self._command: Any = ListImage(app, app_args)

    def parser(self, prog_name: str) -> ArgumentParser:
        """Its parser."""
        parser: ArgumentParser = self._command.get_parser(prog_name)
        return parser

    def rows(self, args: Namespace, cloud: Cloud, options: Options) -> Rows:
        """Its columns and rows, with ours after them.

        Args:
            args: What its parser made of the words.
            options: What its parser does not know.
        """
        client = _ImageClient(cloud, options)
        self._command.app = SimpleNamespace(client_manager=_ClientManager(self._manager, client))
        # our own code resolves the project: the standard one asks Keystone what only staff may ask
        names, rows = self._command.take_action(Namespace(**vars(args) | {"project": None}))
        ours = [name for name in _OURS if name != "Owner" or "Project" not in names]
        return (*names, *ours), _extended(rows, client.extras, names.index("ID"), ours)


_OURS = ("Access", "Owner", "Multi-NIC")


def _extended(
    rows: Any, extras: dict[str, dict[str, Any]], id_at: int, ours: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        extra = extras[row[id_at]]
        yield (*row, *(extra[name] for name in ours))


class _ImageClient:
    """What the standard command takes for its Image client.

    Args:
        options: What it does not know.
    """

    def __init__(self, cloud: Cloud, options: Options) -> None:
        self._cloud = cloud
        self._options = options
        self.extras: dict[str, dict[str, Any]] = {}

    def images(self, **said: Any) -> Iterator[Any]:
        """The images, as those of openstacksdk. Arguments as those of its ``Proxy.images``.

        Source: openstacksdk, ``openstack.resource.Resource.list``.
        """
        from vscclient.images import listing

        for listed in listing.run(self._cloud, _options(self._options, said)):
            self.extras[str(listed.image.id)] = _extra(listed)
            yield standard_image(listed.image.record)

    def find_image(self, said: str, **_: Any) -> Any:
        """The image with this name or ID."""
        from vscclient.images import access

        return access.find(self._cloud, said)


def _options(options: Options, said: dict[str, Any]) -> Options:
    """Ours, for what openstacksdk is told. Without paging, ``limit`` is the size of the only page."""
    filters = {"os_hidden" if name == "is_hidden" else name: value for name, value in said.items()}
    paginated = filters.pop("paginated", True)
    limit = filters.pop("limit", None)
    at_most = filters.pop("max_items", None) or None  # 0 is all, as it is there
    return replace(options, filters=filters, first=None if paginated else limit, at_most=at_most)


def _extra(listed: Listed) -> dict[str, Any]:
    return {"Access": str(listed.access), "Owner": listed.image.owner, "Multi-NIC": listed.image.multi_nic}


class _ClientManager:
    """What the standard command takes for ``openstack``'s clients: the real ones, but for the images. It asks Keystone
    nothing."""

    def __init__(self, real: Any, image: _ImageClient) -> None:
        self._real = real
        self.image = image
        self.identity = None
        self.sdk_connection = SimpleNamespace(image=image, identity=None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
