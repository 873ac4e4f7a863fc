"""Making an image: look at the data, judge, send, verify, and only then let others see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.record import record_of
from vscclient.images import access, filled_in, validation
from vscclient.images.cloud import Cloud
from vscclient.images.data import importing, summary
from vscclient.images.data.delivery import Delivery, deliver
from vscclient.images.data.source import Source, nameable, opened, read_through
from vscclient.images.data.verification import NOT_VERIFIED, Verdict
from vscclient.images.draft import draft, with_min_disk
from vscclient.images.image_change import membership
from vscclient.images.image_change.membership import Shared
from vscclient.images.inspection import in_cloud, inspection_cache, local
from vscclient.images.inspection.bits import Bits, unseen
from vscclient.images.inspection.telling import described
from vscclient.images.options import Consent, Form, InspectOptions, Options
from vscclient.images.policy_check.check_plan import PolicyCheck
from vscclient.images.policy_check.facts import facts_of
from vscclient.images.signals import exit_cleanly
from vscclient.model.amount import in_words
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.site.settings import load_settings

__all__ = ["Consent", "Created", "Form", "InspectOptions", "Options", "run"]


@dataclass(frozen=True)
class Created:
    """What was made; after a dry run: what would be.

    Args:
        image: The image.
        verified: The algorithm by which it is proved that the cloud has the same data, or ``no``.
        warnings: Codes of the rules that warn.
        failure: The image is complete, but could not be shared with all.
    """

    image: Image
    verified: str
    warnings: tuple[str, ...]
    failure: errors.Error | None = None


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Created:
    """Makes an image.

    Raises:
        Usage: The options make no sense.
        UnusableFile: The file cannot be read.
        Refused: The policy is against it; nothing is left in the cloud.
        UploadFailed: It did not arrive; nothing is left, or the error says what.
        Unfinished: The image is good and private; a later step failed.
    """
    settings = load_settings(options.consent.policy)
    validation.reject(options, settings)
    with _source(options) as source:
        bits = (
            local.bits_of(source, options.inspect_options) if source else unseen(Disk(), Unknown("it has no data yet"))
        )
        if source:
            terminal.say(summary.to_send(source))
        policy_check = PolicyCheck(facts_of(cloud, bits, settings), settings, terminal)
        return _Creation(cloud, options, policy_check, terminal).of(source, bits)


@dataclass(frozen=True)
class _Creation:
    cloud: Cloud
    options: Options
    policy_check: PolicyCheck
    terminal: Terminal

    def of(self, source: Source | None, bits: Bits) -> Created:
        """The image that was made of this data."""
        if self.options.use_import:
            importing.reject_unless_offered(self.cloud)
        plan = self.policy_check.of(self._plan(bits))
        _mention_namesakes(self.cloud, self.options.name, self.terminal)
        if self.options.consent.dry_run:
            return self._as_planned(plan, source, bits)
        if source is None:
            made, verified = self.cloud.images.create(plan.image), NOT_VERIFIED
            self.terminal.say(f"Created {made.label}: {made.status}, {made.visibility}, without data.")
        else:
            made, verified = self._delivered(plan, source, bits)
        failure = _share(self.cloud, made, plan.members, self.terminal)
        return Created(made, verified, self.policy_check.warnings, failure)

    def _plan(self, bits: Bits) -> Plan:
        options = self.options
        members = tuple(self.cloud.projects.named(said, options.project_domain) for said in options.share_with)
        image = described(draft(options, bits.disk, self.cloud), bits.guest)
        return Plan(
            image=image,
            members=members,
            properties=options.properties,
            waived=options.consent.waived,
            file=nameable(options.file),
        )

    def _as_planned(self, plan: Plan, source: Source | None, bits: Bits) -> Created:
        """What would be made; a pipe is read to its end for that."""
        image = plan.image
        if source and not source.can_be_read_again:
            read_through(source, self.terminal)
            image = self._judged_again(plan, local.bits_of(source, self.options.inspect_options))
        return Created(_as_it_would_be(image), NOT_VERIFIED, self.policy_check.warnings)

    def _delivered(self, plan: Plan, source: Source, bits: Bits) -> tuple[Image, str]:
        def complete(stored: Image) -> Image:
            """What only the whole data tells is judged before anybody else can see the image."""
            if source.can_be_read_again:
                return plan.image
            with in_cloud.bits_of(self.cloud, stored, self.options.inspect_options, self.terminal) as arrived:
                return self._judged_again(plan, replace(arrived, disk=source.disk()))

        delivery = Delivery(image=plan.image, source=source, complete=complete, by_import=self.options.use_import)
        made, verdict = deliver(self.cloud, delivery, self.terminal)
        if source.can_be_read_again and verdict.verified != NOT_VERIFIED:
            inspection_cache.keep(made, bits, self.options.inspect_options)
        self.terminal.say(_done(made, verdict))
        if filled := filled_in.in_options(made, self.options, self.cloud):
            self.terminal.say(f"Filled in: {filled}.")
        return made, verdict.verified

    def _judged_again(self, plan: Plan, bits: Bits) -> Image:
        image = described(with_min_disk(plan.image, self.options, bits.disk), bits.guest)
        return self.policy_check.of(replace(plan, image=image), bits).image


def _share(cloud: Cloud, image: Image, members: tuple[NamedProject, ...], terminal: Terminal) -> errors.Error | None:
    """Shares the image, which is complete; returns what went wrong."""
    with exit_cleanly():
        shared = Shared(image, tuple(membership.add(cloud, image, members, terminal)))
    shared.say(terminal)
    finish = " ".join(row.project.said for row in shared.failed)
    if not finish:
        return None
    return errors.NotSharedWithAll(str(image.name), shared.whys, f"openstack vsc image share {image.id} {finish}")


@contextmanager
def _source(options: Options) -> Iterator[Source | None]:
    if options.file is None:
        yield None
        return
    with opened(options.file, options.size_bytes) as source:
        yield source


def _as_it_would_be(image: Image) -> Image:
    """The image with the record that Glance would have of it."""
    fields = {"min_disk": image.min_disk_gib, "min_ram": image.min_ram_mib}
    return replace(image, record=fields | record_of(image))


def _mention_namesakes(cloud: Cloud, name: str, terminal: Terminal) -> None:
    for other in access.own(cloud, name):
        terminal.say(f"You have an image with this name already: {name} ({other.id}). From now on use IDs")


def _done(image: Image, verdict: Verdict) -> str:
    size = in_words(image.size_bytes or 0)
    return f"Created {image.label}: {image.status}, {image.visibility}, {size}, {verdict.in_words}."
