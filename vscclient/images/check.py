"""Checking an image, or a file that is to become one, without changing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vscclient import errors
from vscclient.facts.disk.record import of_record
from vscclient.images import access, create, impossible, update
from vscclient.images.cloud import Cloud
from vscclient.images.draft import draft
from vscclient.images.facts import facts_of
from vscclient.images.options import Form, Terms
from vscclient.images.site import settings_of
from vscclient.images.source import STANDARD_INPUT, opened, read_through
from vscclient.images.verification import prove
from vscclient.model.disk import Disk
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Report, Severity
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import Known, NamedProject
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import examine

__all__ = ["Checked", "Form", "Options", "Terms", "run"]

_SOMEBODY = NamedProject(said="another project", project_id=None, known=Known.UNVERIFIED)
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
    form: Form = Form()
    terms: Terms = Terms()


@dataclass(frozen=True)
class Checked:
    """What was found.

    Args:
        image: The image as it was judged.
        audience: Whom it was judged for.
        waived: The codes that were waived for it before, which count all the same.
    """

    image: Image
    audience: Visibility
    report: Report
    waived: frozenset[str]

    def is_waived(self, found: Finding) -> bool:
        """Whether somebody said that it is meant."""
        return found.waived or found.code in self.waived

    @property
    def summary(self) -> str:
        """How many findings of which weight there are."""
        return in_words(self.report)

    @property
    def failure(self) -> errors.Error | None:
        """What to end with, if it is not fit for those whom it is for."""
        if not self.report.stops:
            return None
        return errors.Unfit(str(self.image.name), self.audience, self.summary)


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Checked:
    """Every finding about an image, or about a file; what only the cloud knows of a file is unknown.

    Raises:
        OtherData: The file is not the data of the image.
        UnusableFile: The file cannot be read.
    """
    settings = settings_of(options.terms.policy)
    impossible.reject_waivers(options.terms.waived, settings)
    if options.image is None:
        return _file(cloud, options, settings, terminal)
    image = access.find(cloud, options.image)
    if options.file is None:
        return _image(cloud, image, of_record(image), options, settings)
    with opened(options.file, None) as source:
        prove(image, source, terminal)
        return _image(cloud, image, source.disk(), options, settings)


def in_words(report: Report) -> str:
    """``2 errors, 1 warning``."""
    heavy = [found for found in report.findings if found.stops]
    light = [found for found in report.findings if not found.stops]
    counts = {
        "error": len(heavy),
        "warning": sum(found.severity.rank >= Severity.WARNING.rank for found in light),
        "note": sum(found.severity.rank < Severity.WARNING.rank for found in light),
    }
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count)


def _image(cloud: Cloud, image: Image, disk: Disk, options: Options, settings: Settings) -> Checked:
    said = update.Options(
        image=image.id or "",
        name=options.name,
        container_format=options.container_format,
        disk_format=options.disk_format,
        min_disk_gib=options.min_disk_gib,
        min_ram_mib=options.min_ram_mib,
        visibility=options.visibility,
        tags=options.tags,
        properties=options.properties,
        form=options.form,
    )
    plan = replace(update.plan_of(cloud, image, said), waived=options.terms.waived)
    is_shared_by_others = image.visibility is Visibility.SHARED and image.owner != cloud.project_id
    if is_shared_by_others or (options.visibility is Visibility.SHARED and not plan.members):
        plan = replace(plan, members=(*plan.members, _SOMEBODY))
    return _checked(plan, facts_of(cloud, disk, settings), settings)


def _file(cloud: Cloud, options: Options, settings: Settings, terminal: Terminal) -> Checked:
    if options.file is None:
        raise errors.Usage("Name an image, or a file with --file, or both")
    said = create.Options(
        name=options.name or _name_of(options.file),
        file=options.file,
        visibility=options.visibility,
        container_format=options.container_format or "bare",
        disk_format=options.disk_format,
        min_disk_gib=options.min_disk_gib,
        min_ram_mib=options.min_ram_mib,
        tags=options.tags,
        properties=options.properties,
        form=options.form,
        terms=options.terms,
    )
    impossible.reject(said, settings)
    with opened(options.file, None) as source:
        read_through(source, terminal)
        disk = source.disk()
        members = (_SOMEBODY,) if options.visibility is Visibility.SHARED else ()
        plan = Plan(
            image=draft(said, disk, cloud), members=members, properties=said.properties, waived=said.terms.waived
        )
        return _checked(plan, Facts(disk=disk), settings)


def _checked(plan: Plan, facts: Facts, settings: Settings) -> Checked:
    waived = plan.before.waived if plan.before else frozenset()
    return Checked(plan.image, plan.audience, examine(plan, facts, settings), waived)


def _name_of(file: str) -> str:
    """The name that an image of this file would be given."""
    return "standard input" if file == STANDARD_INPUT else Path(file).stem
