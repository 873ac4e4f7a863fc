"""Checking what a standard command is about to do to images, without doing it.

Each function returns if the policy allows it, and nobody loses access without being asked; else it raises the error
with which our own command would end.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from guestinspect.model.disk import Disk, lazy_disk
from guestinspect.model.fact import AlreadyReported, Unknown, known_fact
from vscclient import errors
from vscclient.images import delete as delete_image
from vscclient.images import set as set_image
from vscclient.images import share as share_image
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import opened_source
from vscclient.images.inspection import in_cloud
from vscclient.images.inspection.image_data import ImageData, unknown_data
from vscclient.images.inspection.local import data_of_file
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import Consent, InspectOptions
from vscclient.images.policy_check.approval import PolicyCheck, confirm_loss, make_facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.site.settings import load_settings

_NOT_READ = Unknown("the data cannot be inspected before the standard command sends it")

__all__ = ["check_creation", "check_deletion", "check_empty_creation", "check_set", "check_sharing"]


def check_creation(cloud: Cloud, image: Image, file: str | None, terminal: Terminal) -> None:
    """Check the image that ``openstack image create`` is about to make.

    Args:
        cloud: The user's cloud.
        image: The image as it would be; its properties are those that the user set.
        file: Path of its data; None: it has no data, or the data cannot be read before it is sent.
        terminal: Shows the findings.

    Raises:
        RefusedByPolicy: The policy refuses it.
        UnusableFile: The file cannot be read.
    """
    settings = load_settings(None)
    if file is None:
        _approve(cloud, image, unknown_data(Disk(), _NOT_READ), settings, terminal)
        return
    with opened_source(file, None) as source:
        data = data_of_file(source, InspectOptions(), image.container_format)
        _approve(cloud, image, data, settings, terminal)


def check_empty_creation(cloud: Cloud, image: Image, terminal: Terminal) -> None:
    """Check an image of an empty standard input. Arguments and errors as those of ``check_creation``."""
    nothing = AlreadyReported("it is empty")

    def find() -> NoReturn:
        raise nothing

    disk = replace(lazy_disk(find), damage=known_fact(("it is empty",), "standard input"))
    _approve(cloud, image, unknown_data(disk, nothing), load_settings(None), terminal)


def check_set(cloud: Cloud, options: set_image.Options, terminal: Terminal) -> None:
    """Check a change of an image.

    Raises:
        RefusedByPolicy: The policy refuses it.
        NotConfirmed: Others lose access.
        NotAnOwner: The new owner is not a project that certainly exists.
    """
    settings = load_settings(None)
    image = find_image(cloud, options.image)
    wanted = set_image.wanted_image(cloud, image, options)
    plan = set_image.plan_of_change(cloud, image, wanted, options.description.properties)
    with in_cloud.opened_data_for(cloud, plan, InspectOptions(), terminal) as data:
        plan = PolicyCheck(make_facts(cloud, data, settings), settings, terminal).approve(plan)
    confirm_loss(plan, Consent(), terminal)


def check_sharing(cloud: Cloud, options: share_image.Options, terminal: Terminal) -> None:
    """Check the sharing of an image with a project. The options have to be those of a dry run.

    Raises:
        RefusedByPolicy: The policy refuses it, or the project cannot be found.
        OpenToEverybody: It is a community or public image.
    """
    share_image.run(cloud, options, terminal)


def check_deletion(cloud: Cloud, names: Iterable[str]) -> None:
    """Check the deletion of images. Those that cannot be found are left to the standard command.

    Raises:
        DeletionNotConfirmed: Other people can use some of them.
    """
    used = []
    for name in names:
        with suppress(errors.NoSuchImage, errors.AmbiguousName):
            image = find_image(cloud, name)
            if uses := list(delete_image.uses_of(cloud, image)):
                used.append(f"{image.label}: {', '.join(uses)}")
    if used:
        raise errors.DeletionNotConfirmed(used)


def _approve(cloud: Cloud, image: Image, data: ImageData, settings: Settings, terminal: Terminal) -> None:
    plan = Plan(image=image, properties=image.properties)
    PolicyCheck(make_facts(cloud, data, settings), settings, terminal).approve(plan)
