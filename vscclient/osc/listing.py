"""The rows of ``openstack image list``: made by the installed client's own code, with images from our code.

Options and columns differ between its versions, and scripts rely on them. The rows identify their images only by ID, so
that our columns are looked up by the ID.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from vscclient.osc.columns import standard_image
from vscclient.osc.command import Rows, with_safe_errors
from vscclient.osc.options import attributes

if TYPE_CHECKING:
    from vscclient.errors import Error
    from vscclient.images.cloud import Cloud
    from vscclient.images.list import Options

LIMIT_HELP = (
    "Maximum number of images to list, from one page of the cloud (usually at most 1000 images). "
    "Use --max-items to list more"
)

OUR_COLUMNS = ("Access", "Owner", "Multi-NIC")


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
        """Return its parser."""
        parser: ArgumentParser = with_safe_errors(self._command.get_parser(prog_name))
        # argparse has no other way to an option by its name; the standard text says that the total is not limited
        options = parser._option_string_actions  # noqa: SLF001
        for name in ("--limit", "--max-items"):
            if name in options:
                options[name].type = attributes.whole_number(attributes.MAX_INTEGER)
        if "--limit" in options:
            options["--limit"].help = LIMIT_HELP
        return parser

    def rows(self, args: Namespace, cloud: Cloud, options: Options, end_with: Callable[[Error], None]) -> Rows:
        """Return its columns and rows, with our columns after them.

        Args:
            args: The arguments, as its parser returns them.
            cloud: The user's cloud.
            options: The options that it does not have.
            end_with: Called with the error to end with, if the list is not complete.
        """
        client = _ImageClient(cloud, options, end_with)
        self._command.app = SimpleNamespace(client_manager=_ClientManager(self._manager, client))
        # our code resolves the project: the standard command sends Keystone a request that only staff may send
        names, rows = self._command.take_action(Namespace(**vars(args) | {"project": None}))
        ours = [name for name in OUR_COLUMNS if name != "Owner" or "Project" not in names]
        cloud.keep_names(images=client.names)
        id_at = names.index("ID")
        cells = client.our_cells
        return (*names, *ours), ((*row, *(cells[row[id_at]][name] for name in ours)) for row in rows)


class _ImageClient:
    """Stands for the standard command's Image client.

    Args:
        options: The options that the standard command does not have.
        end_with: Called with the error to end with, if the list is not complete.
    """

    def __init__(self, cloud: Cloud, options: Options, end_with: Callable[[Error], None]) -> None:
        self._cloud = cloud
        self._options = options
        self._end_with = end_with
        self.our_cells: dict[str, dict[str, Any]] = {}
        """Our columns of each image, by its ID."""
        self.names: dict[str, tuple[str, str]] = {}
        """The name of each image, and how the user has access to it, by its ID."""

    def images(self, **query: Any) -> Iterator[Any]:
        """Yield the images, as openstacksdk does. Arguments as those of its ``Proxy.images``.

        Without paging, ``limit`` is the size of the only page; 0 items are all items.
        Source: openstacksdk, ``openstack.resource.Resource.list``.
        """
        from vscclient.errors import IncompleteList
        from vscclient.images import list as list_images

        filters = {"os_hidden" if name == "is_hidden" else name: value for name, value in query.items()}
        is_paginated, limit = filters.pop("paginated", True), filters.pop("limit", None)
        at_most = filters.pop("max_items", None) or None
        first = None if is_paginated else limit
        options = replace(self._options, filters=filters, first=first, at_most=at_most)
        try:
            for listed in list_images.run(self._cloud, options):
                image = listed.image
                self.names[str(image.id)] = (image.name or "", str(listed.access))
                self.our_cells[str(image.id)] = {
                    "Access": str(listed.access),
                    "Owner": image.owner,
                    "Multi-NIC": image.multi_nic,
                }
                yield standard_image(image.record)
        except IncompleteList as failure:
            self._end_with(failure)  # after the rows that there are

    def find_image(self, name_or_id: str, **_: Any) -> Any:
        """Return the image with this name or ID."""
        from vscclient.images.lookup.image import find_image

        return find_image(self._cloud, name_or_id)


class _ClientManager:
    """Stands for the clients of ``openstack``: the real ones, except that of images. It sends Keystone no request."""

    def __init__(self, real: Any, image: _ImageClient) -> None:
        self._real = real
        self.image = image
        self.identity = None
        self.sdk_connection = SimpleNamespace(image=image, identity=None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
