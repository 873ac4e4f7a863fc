"""Checking an image, or a file that is to become one, without changing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vscclient import errors
from vscclient.images import access, create, filled_in, update, validation
from vscclient.images.cloud import Cloud
from vscclient.images.data import summary
from vscclient.images.data.source import STANDARD_INPUT, nameable, opened, read_through
from vscclient.images.draft import draft
from vscclient.images.inspection import in_cloud, local
from vscclient.images.inspection.bits import Bits
from vscclient.images.inspection.telling import described
from vscclient.images.options import Consent, Form, InspectOptions
from vscclient.images.policy_check.facts import facts_of
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Report
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image
from vscclient.site.settings import load_settings

__all__ = ["Checked", "Consent", "Form", "InspectOptions", "Options", "run"]

_SOMEBODY = NamedProject(said="PROJECT", project_id=None, resolution=Resolution.UNVERIFIED)
"""Whom it would be shared with: shared with nobody, it would be judged as private."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is checked, for whom, and as if it said what of itself.

    Args:
        image: Name or ID of an image.
        file: Path of a file, or ``-``; with an image: its data.
        visibility: Whom it would be for; None: as the image is; a file: private.
        min_disk_gib: GiB.
        min_ram_mib: MiB.
        disk_format: The declared format; None: as it is.
    """

    image: str | None = None
    file: str | None = None
    visibility: Visibility | None = None
    name: str | None = None
    container_format: str | None = None
    disk_format: str | None = None
    min_disk_gib: int | None = None
    min_ram_mib: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    protected: bool | None = None
    form: Form = Form()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


@dataclass(frozen=True)
class Checked:
    """What was found.

    Args:
        image: The image as it was judged.
        audience: Whom it was judged for.
    """

    image: Image
    audience: Visibility
    report: Report

    def is_waived(self, found: Finding) -> bool:
        """Whether somebody said that it is meant: now, or before, which counts all the same."""
        return found.waived or found.code in self.image.waived

    @property
    def failure(self) -> errors.Error | None:
        """What to end with, if it is not fit for those whom it is for."""
        if not self.report.stops:
            return None
        return errors.Unfit(self.label, self.audience, self.report.in_words, self.report.findings[0].code)

    @property
    def label(self) -> str:
        """What to call the image."""
        return str(self.image.name or self.image.id)


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Checked:
    """Every finding about an image, or about a file; what only the cloud knows of a file is unknown.

    Raises:
        Usage: Neither an image nor a file is named, or what is said makes no sense.
        NoSuchImage: There is none.
        OtherData: The file is not the data of the image.
        UnusableFile: The file cannot be read.
    """
    settings = load_settings(options.consent.policy)
    _reject_impossible(options, settings)
    if options.image is None:
        return _file(cloud, options, settings, terminal)
    image = access.find(cloud, options.image)
    with in_cloud.bits_of(cloud, image, replace(options.inspect_options, file=options.file), terminal) as bits:
        return of_image(cloud, image, bits, options, settings)


def _reject_impossible(options: Options, settings: Settings) -> None:
    if options.image is None and options.file is None:
        raise errors.Usage("Name an image, or a file with --file, or both")
    if options.file == "":
        raise errors.Usage("--file is empty; name the file")
    if options.name is not None:
        validation.reject_name(options.name)
    validation.reject_words(options.properties, options.tags, options.form)
    validation.reject_waivers(options.consent.waived, settings)


def of_image(cloud: Cloud, image: Image, bits: Bits, options: Options, settings: Settings) -> Checked:
    """Every finding about an image that is there, as if it said what the options say."""
    said = update.Options(
        image=image.id or "",
        name=options.name,
        container_format=options.container_format,
        disk_format=options.disk_format,
        min_disk_gib=options.min_disk_gib,
        min_ram_mib=options.min_ram_mib,
        visibility=options.visibility,
        tags=options.tags,
        protected=options.protected,
        properties=options.properties,
        form=options.form,
    )
    plan = replace(update.plan_of(cloud, image, said), waived=options.consent.waived, file=nameable(options.file))
    if image.visibility is Visibility.SHARED and image.owner != cloud.project_id:  # it shows its other members to none
        plan = replace(plan, members_before=(*plan.members_before, _SOMEBODY))
        if plan.image.visibility is Visibility.SHARED:
            plan = replace(plan, members=plan.members_before)
    elif options.visibility is Visibility.SHARED and plan.audience is not Visibility.SHARED:
        plan = replace(plan, members=(*plan.members, _SOMEBODY))
    return _checked(plan, facts_of(cloud, bits, settings), settings)


def _file(cloud: Cloud, options: Options, settings: Settings, terminal: Terminal) -> Checked:
    file = options.file or ""
    said = create.Options(
        name=_name_of(file) if options.name is None else options.name,
        file=file,
        visibility=options.visibility,
        container_format=options.container_format or "bare",
        disk_format=options.disk_format,
        min_disk_gib=options.min_disk_gib,
        min_ram_mib=options.min_ram_mib,
        tags=options.tags,
        protected=options.protected,
        properties=options.properties,
        form=replace(options.form, kernel=None, ramdisk=None),
        consent=options.consent,
    )
    parts = {"kernel_id": options.form.kernel, "ramdisk_id": options.form.ramdisk}  # nobody can look them up
    members = (_SOMEBODY,) if options.visibility is Visibility.SHARED else ()
    with opened(file, None) as source:
        read_through(source, terminal)
        terminal.say(summary.seen(source))
        bits = local.bits_of(source, options.inspect_options)
        image = described(draft(said, bits.disk, cloud), bits.guest)
        if filled := filled_in.in_options(image, said, cloud):
            terminal.say(f"create would fill in: {filled}.")
        image = replace(image, properties={**image.properties, **{key: part for key, part in parts.items() if part}})
        plan = Plan(
            image=image,
            members=members,
            properties=said.properties,
            waived=said.consent.waived,
            file=nameable(file),
        )
        return _checked(plan, Facts(disk=bits.disk, guest=bits.guest), settings)


def _checked(plan: Plan, facts: Facts, settings: Settings) -> Checked:
    return Checked(plan.image, plan.audience, check_image(plan, facts, settings))


def _name_of(file: str) -> str:
    """The name that an image of this file would be given."""
    name = "standard input" if file == STANDARD_INPUT else Path(file).stem or file
    return name.encode("utf-8", "backslashreplace").decode()
