"""Creating an image: inspect the data, check the policy, send, verify, and only then let others see the image."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.record import record_of
from vscclient.images.cloud import Cloud
from vscclient.images.data import staged_import
from vscclient.images.data.delivery import CHANGED, Delivery, deliver
from vscclient.images.data.new_record import NewRecord
from vscclient.images.data.source import Source, opened_source, read_through
from vscclient.images.data.verification import NOT_VERIFIED
from vscclient.images.image_change import membership
from vscclient.images.inspection import in_cloud, inspection_cache, local
from vscclient.images.inspection.image_data import ImageData, unknown_data
from vscclient.images.lookup.image import own_images_named
from vscclient.images.new_image.image_with_defaults import (
    CreateOptions,
    automatic_fields,
    automatic_values,
    draft_image,
    reject_impossible,
    with_guest_properties,
    with_min_disk,
)
from vscclient.images.options.groups import (
    AccessOptions,
    Attributes,
    Consent,
    Description,
    InspectOptions,
    UploadOptions,
)
from vscclient.images.policy_check.approval import PolicyCheck, make_facts
from vscclient.model.amount import format_size
from vscclient.model.image import Image
from vscclient.model.instance import guest_in_machine
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import NamedProject
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.site.settings import load_settings

__all__ = [
    "AccessOptions",
    "Attributes",
    "Consent",
    "Created",
    "Description",
    "InspectOptions",
    "Options",
    "UploadOptions",
    "run",
]

Options = CreateOptions


@dataclass(frozen=True)
class Created:
    """The image that was created; after a dry run, the one that would be.

    Args:
        verified: The algorithm by which the data in the cloud was verified, or ``no``.
        warnings: Codes of the rules that warn.
        failure: The error where the image is complete, but is not shared with all projects.
    """

    image: Image
    verified: str
    warnings: tuple[str, ...]
    failure: errors.Error | None = None


def run(cloud: Cloud, options: CreateOptions, terminal: Terminal) -> Created:
    """Create an image.

    Raises:
        UsageError: The options contradict each other.
        UnusableFile: The file cannot be read.
        RefusedByPolicy: The policy refuses the image; nothing is left in the cloud.
        UploadFailed: The data did not arrive; nothing is left, or the error names what is left.
        FollowUpFailed: The image is complete; a later step failed.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    reject_impossible(options)
    upload = options.upload
    with nullcontext() if upload.file is None else opened_source(upload.file, upload.size_bytes) as source:
        if source:
            data = _data_of(source, options)
            terminal.say(local.upload_summary(source))
        else:
            data = unknown_data(Disk(), Unknown("the image has no data yet"))
        policy_check = PolicyCheck(make_facts(cloud, data, settings), settings, terminal)
        return _Creation(cloud, options, settings, policy_check, terminal).create(source, data)


def _data_of(source: Source, options: CreateOptions) -> ImageData:
    return local.data_of_file(source, options.inspect_options, options.attributes.container_format)


_Ending = tuple[Image, str, errors.Error | None]
"""The image, the algorithm by which it was verified, and the error where not all is set that the user asked for."""


@dataclass(frozen=True)
class _Creation:
    cloud: Cloud
    options: CreateOptions
    settings: Settings
    policy_check: PolicyCheck
    terminal: Terminal

    def create(self, source: Source | None, data: ImageData) -> Created:
        """Create the image from this data."""
        if self.options.upload.use_import:
            staged_import.reject_unless_offered(self.cloud)
        plan = self.policy_check.approve(self._plan(data))
        for other in own_images_named(self.cloud, self.options.name):
            self.terminal.say(f"You already have an image with this name: {other.label}. Use IDs from now on")
        if self.options.consent.dry_run:
            return self._planned(plan, source)
        if source is None:
            image, verified, unset = self._without_data(plan)
        else:
            image, verified, unset = self._delivered(plan, source, data)
        failure = _share(self.cloud, image, plan.members, self.terminal) if plan.members else None
        if failure and unset:
            for line in str(unset).split("\n"):
                self.terminal.say(line)
        return Created(image, verified, self.policy_check.warnings, failure or unset)

    def _plan(self, data: ImageData) -> Plan:
        options, domain = self.options, self.options.access.project_domain
        draft = draft_image(options, data.disk, self.cloud)
        image = with_guest_properties(draft, data.disk, data.guest, self.settings.machine_type)
        members = tuple(self.cloud.projects.resolve(project, domain) for project in options.access.share_with)
        return Plan(
            image=image,
            members=members,
            properties=options.description.properties,
            waived=options.consent.waived,
            own_projects=own_projects(members),
        )

    def _planned(self, plan: Plan, source: Source | None) -> Created:
        """Return what would be created, with the record that Glance would have; a pipe is read to its end for that."""
        image = plan.image
        if source and not source.can_be_read_again:
            read_through(source, self.terminal)
            image = self._checked_again(plan, _data_of(source, self.options))
        fields = {"min_disk": image.min_disk_gib, "min_ram": image.min_ram_mib}
        image = replace(image, record=fields | record_of(image))
        return Created(image, NOT_VERIFIED, self.policy_check.warnings)

    def _record(self, recheck: Callable[[], None]) -> NewRecord:
        return NewRecord(self.cloud, automatic_fields(self.options), recheck, self.terminal)

    def _without_data(self, plan: Plan) -> _Ending:
        record = self._record(lambda: None)  # what is set automatically without data is for information
        image = record.create(plan.image)
        try:
            image = record.add_pending()
        except (KeyboardInterrupt, SystemExit):
            self.terminal.say(f"Stopped. The record is there: {image.label}.")
            raise
        self.terminal.say(f"Created {image.label}: {image.status}, {image.visibility}, without data.")
        return image, NOT_VERIFIED, record.report(image)

    def _delivered(self, plan: Plan, source: Source, data: ImageData) -> _Ending:
        def recheck() -> None:
            self.policy_check.approve(replace(plan, image=record.as_stored(plan.image)))

        def complete(stored: Image, sha512: str) -> Image:
            """Check what only the whole data shows, before anybody else can see the image."""
            nonlocal data
            if touched := source.reopened_if_touched():
                data = self._inspected_again(plan, touched, sha512)
            if source.can_be_read_again:
                return record.as_stored(plan.image)
            with in_cloud.opened_data(self.cloud, stored, self.options.inspect_options, self.terminal) as arrived:
                data = replace(arrived, disk=_data_of(source, self.options).disk)
                image = self._checked_again(plan, data)
                if record.add_new(stored, image):
                    image = record.as_stored(image)
                    self.policy_check.approve(replace(plan, image=image), data)
                return record.as_stored(image)

        record, upload = self._record(recheck), self.options.upload
        delivery = Delivery(
            image=plan.image,
            source=source,
            complete=complete,
            record=record,
            by_import=upload.use_import,
            timeout_s=upload.timeout_s,
        )
        image, verdict = deliver(self.cloud, delivery, self.terminal)
        if source.can_be_read_again and verdict.verified != NOT_VERIFIED:
            inspection_cache.store_verified(image, data, self.options.inspect_options)
        size = format_size(image.size_bytes or 0)
        self.terminal.say(f"Created {image.label}: {image.status}, {image.visibility}, {size}, {verdict.in_words}.")
        guest = guest_in_machine(data.guest, image, self.settings.machine_type)
        if automatic := automatic_values(record.without_unset(image), self.options, guest):
            self.terminal.say(f"Set automatically: {automatic}")
        return image, verdict.verified, record.report(image)

    def _inspected_again(self, plan: Plan, source: Source, sha512: str) -> ImageData:
        """Return the data of a file that was touched after its inspection, checked again: it must be what was sent."""
        with self.terminal.progress("reading the file again", source.size_bytes) as progress:
            is_sent = source.digest("sha512", progress.advance) == sha512
        data = _data_of(source, self.options)
        self.policy_check.approve(plan, data)
        if not is_sent or source.has_changed() or source.reopened_if_touched():
            raise errors.UnusableFile(source.label, CHANGED)
        return data

    def _checked_again(self, plan: Plan, data: ImageData) -> Image:
        complete = with_min_disk(plan.image, self.options, data.disk)
        image = with_guest_properties(complete, data.disk, data.guest, self.settings.machine_type)
        return self.policy_check.approve(replace(plan, image=image), data).image


def _share(cloud: Cloud, image: Image, members: tuple[NamedProject, ...], terminal: Terminal) -> errors.Error | None:
    """Share the image, which is complete; return what failed."""

    def command(projects: Iterable[NamedProject]) -> str:
        return f"openstack vsc image share {image.id} {' '.join(project.label for project in projects)}"

    finish = f"The image is complete. Finish with: {command(members)}"  # the same command would make another image
    sharing = membership.Sharing(image, membership.add_members(cloud, image, members, terminal, finish))
    sharing.report_next_step(terminal)
    if not sharing.failed:
        return None
    return errors.NotSharedWithAll(
        image=str(image.name),
        is_known=all(row.result is not membership.MemberResult.UNKNOWN for row in sharing.failed),
        reasons=sharing.reasons,
        finish=command(row.project for row in sharing.failed),
    )
