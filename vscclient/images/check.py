"""Checking an image, or a file before it is uploaded, without changing anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vscclient import errors
from vscclient.images import set as set_image
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import STANDARD_INPUT, opened_source, read_through
from vscclient.images.inspection import in_cloud, local
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.lookup.image import find_image
from vscclient.images.new_image.image_with_defaults import (
    CreateOptions,
    automatic_values,
    draft_image,
    with_guest_properties,
)
from vscclient.images.options.description import reject_description, reject_name
from vscclient.images.options.groups import (
    AccessOptions,
    Attributes,
    Consent,
    Description,
    InspectOptions,
    UploadOptions,
)
from vscclient.images.policy_check.approval import OWN_PROJECTS, make_facts
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Report
from vscclient.model.image import Image
from vscclient.model.instance import guest_in_machine
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy import engine
from vscclient.site.settings import load_settings

__all__ = ["Attributes", "Checked", "Consent", "Description", "InspectOptions", "Options", "run"]

_ANY_PROJECT = NamedProject(label="PROJECT", project_id=None, resolution=Resolution.UNVERIFIED)
"""Stands for a project to share with: an image without members would be checked as a private one."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The image or file to check; the other values override those of the image.

    Args:
        image: Name or ID of an image.
        file: Path of a file, or ``-``; with an image: its data.
        visibility: The visibility to check for; None: that of the image; a file: private.
    """

    image: str | None = None
    file: str | None = None
    visibility: Visibility | None = None
    name: str | None = None
    attributes: Attributes = Attributes()
    description: Description = Description()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


@dataclass(frozen=True)
class Checked:
    """The result of a check.

    Args:
        image: The image as it was checked.
        audience: The people that it was checked for.
        relies_on_own_projects: True if a server, which does not know the user's own projects, may be stricter.
    """

    image: Image
    audience: Visibility
    report: Report
    relies_on_own_projects: bool = False

    def is_waived(self, finding: Finding) -> bool:
        """Return True if the finding was waived: now, or before, in which case it counts nevertheless."""
        return finding.waived or not self.image.waived.isdisjoint(engine.waivers_of(finding, self.image))

    @property
    def failure(self) -> errors.Error | None:
        """The error to end with, if the image is not fit for its audience."""
        if not self.report.stops:
            return None
        return errors.CheckFailed(self.label, self.audience, self.report.counts, self.report.findings[0].code)

    @property
    def label(self) -> str:
        """The name of the image, or its ID."""
        return str(self.image.name or self.image.id)


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Checked:
    """Return all findings for an image, or for a file. What only the cloud knows is unknown for a file.

    Raises:
        UsageError: Neither an image nor a file is named, or the options contradict each other.
        NoSuchImage: The image cannot be found.
        DataNotVerified: The file is not the data of the image.
        UnusableFile: The file cannot be read.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    if options.image is None and options.file is None:
        raise errors.UsageError("Name an image, or a file with --file, or both")
    if options.file == "":
        raise errors.UsageError("--file is empty; name the file")
    if options.name is not None:
        reject_name(options.name)
    reject_description(options.description)
    if options.image is None:
        return _check_file(cloud, options, settings, terminal)
    image = find_image(cloud, options.image)
    with in_cloud.opened_data(cloud, image, replace(options.inspect_options, file=options.file), terminal) as data:
        checked = check_stored_image(cloud, image, data, options, settings)
    if checked.relies_on_own_projects:
        terminal.say(OWN_PROJECTS)
    return checked


def check_stored_image(cloud: Cloud, image: Image, data: ImageData, options: Options, settings: Settings) -> Checked:
    """Return all findings for an image, with the values that the options override."""
    overriding = set_image.Options(
        image=image.id or "",
        name=options.name,
        access=AccessOptions(visibility=options.visibility),
        attributes=options.attributes,
        description=options.description,
    )
    wanted = set_image.wanted_image(cloud, image, overriding)
    plan = set_image.plan_of_change(cloud, image, wanted, options.description.properties)
    plan = replace(plan, waived=options.consent.waived)
    if image.visibility is Visibility.SHARED and image.owner != cloud.project_id:  # Glance hides the other members
        plan = replace(plan, members_before=(*plan.members_before, _ANY_PROJECT))
        if plan.image.visibility is Visibility.SHARED:
            plan = replace(plan, members=plan.members_before)
    elif options.visibility is Visibility.SHARED and plan.audience is not Visibility.SHARED:
        plan = replace(plan, members=(*plan.members, _ANY_PROJECT))
    report = engine.check_image(plan, make_facts(cloud, data, settings), settings)
    return Checked(plan.image, plan.audience, report, plan.relies_on_own_projects)


def _check_file(cloud: Cloud, options: Options, settings: Settings, terminal: Terminal) -> Checked:
    file = options.file or ""
    name = "standard input" if file == STANDARD_INPUT else Path(file).stem or file
    description = replace(options.description, kernel=None, ramdisk=None)  # without a cloud they cannot be looked up
    create = CreateOptions(
        name=name.encode("utf-8", "backslashreplace").decode() if options.name is None else options.name,
        access=AccessOptions(visibility=options.visibility),
        attributes=options.attributes,
        description=description,
        upload=UploadOptions(file=file),
        consent=options.consent,
    )
    with opened_source(file, None) as source:
        read_through(source, terminal)
        terminal.say(local.summary(source))
        data = local.data_of_file(source, options.inspect_options, options.attributes.container_format)
        draft = draft_image(create, data.disk, cloud)
        image = with_guest_properties(draft, data.disk, data.guest, settings.machine_type)
        if automatic := automatic_values(image, create, guest_in_machine(data.guest, image, settings.machine_type)):
            terminal.say(f"create would set automatically: {automatic}")
        parts = {"kernel_id": options.description.kernel, "ramdisk_id": options.description.ramdisk}
        properties = dict(image.properties) | {key: part for key, part in parts.items() if part}
        plan = Plan(
            image=replace(image, properties=properties),
            members=(_ANY_PROJECT,) if options.visibility is Visibility.SHARED else (),
            properties=description.properties,
            waived=options.consent.waived,
        )
        report = engine.check_image(plan, Facts(disk=data.disk, guest=data.guest), settings)
        return Checked(plan.image, plan.audience, report)
