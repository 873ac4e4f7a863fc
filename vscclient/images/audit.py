"""Checking many images, several at once; an image that cannot be checked does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images import check
from vscclient.images import list as list_images
from vscclient.images.audit_rows import baseline, coverage, rows
from vscclient.images.audit_rows.audited import Audited
from vscclient.images.audit_rows.rows import Row
from vscclient.images.cloud import Cloud
from vscclient.images.inspection import in_cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import InspectOptions
from vscclient.model.image import Image
from vscclient.model.instance import guest_in_machine
from vscclient.model.settings import Settings
from vscclient.model.terminal import Progress, SilentProgress, SilentTerminal, Terminal
from vscclient.site.settings import load_settings

LOG = logging.getLogger(__name__)

__all__ = ["Audit", "InspectOptions", "Options", "Selection", "run"]


class Selection(StrEnum):
    """Images to check besides those that are named; the value is the option that selects them."""

    MINE = "--mine"
    SHARED_WITH_ME = "--shared-with-me"
    ALL_COMMUNITY = "--all-community"


@dataclass(frozen=True, kw_only=True)
class Options:
    """The images to check.

    Args:
        images: Names or IDs.
        selections: More images; without any image or selection, the user's own.
        findings: Show a row for each finding instead of each image.
        baseline: Path of the rows of an earlier audit: only what is new or gone since then is reported.
        jobs: How many images are checked at once.
        policy: Path of a site's policy file; None: the one that the environment names, if any.
    """

    images: tuple[str, ...] = ()
    selections: tuple[Selection, ...] = ()
    findings: bool = False
    baseline: str | None = None
    jobs: int = 2
    inspect_options: InspectOptions = InspectOptions()
    policy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The result of an audit.

    Args:
        columns: The columns of the rows.
        rows: A row for each image, or finding.
        failure: The error to end with, if an image is unfit, or could not be checked.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    failure: errors.Error | None


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Audit:
    """Check the images, and compare the result with an earlier audit.

    Raises:
        UsageError: The options contradict each other.
        UnusableFile: The earlier audit cannot be read.
        CloudError: The images could not be listed.
    """
    layout = rows.FINDINGS if options.findings else rows.IMAGES
    before = baseline.read_rows(options.baseline, layout) if options.baseline is not None else None
    audited = check_images(cloud, options, terminal)
    now = tuple((rows.rows_of_findings if options.findings else rows.rows_of_images)(audited))
    terminal.say(coverage.summary(audited, before or ()))
    unfit = [one for one in audited if baseline.has_new_errors(one, before or ())]
    unchecked = [one for one in audited if one.checked is None]
    failure: errors.Error | None = None
    if unfit:
        failure = errors.AuditFailed(len(unfit), len(audited), " since the baseline" if before else "")
    elif unchecked:
        failure = errors.AuditIncomplete(len(unchecked), len(audited))
    if before is None:
        return Audit(columns=layout.columns, rows=now, failure=failure)
    changes = tuple(baseline.changed_rows(before, now, layout))
    return Audit(columns=(*layout.columns, baseline.COLUMN), rows=changes, failure=failure)


def check_images(cloud: Cloud, options: Options, terminal: Terminal) -> tuple[Audited, ...]:
    """Return the result for each image, in the order of their IDs."""
    if options.jobs < 1:
        raise errors.UsageError("--jobs needs a number of 1 or more")
    settings = load_settings(options.policy)
    selected = _select_images(cloud, options)
    with terminal.count("checking", len(selected)) as progress, ThreadPoolExecutor(options.jobs) as pool:
        stopping = Event()

        def check_one(one: Audited) -> Audited:
            try:
                return _check(cloud, one, options.inspect_options, settings, _WorkerTerminal(stopping))
            finally:
                progress.advance(1)

        try:
            audited = tuple(pool.map(check_one, selected))
        except BaseException:
            stopping.set()
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(sorted(audited, key=lambda one: (one.image is None, one.image.id or "" if one.image else one.name)))


def _select_images(cloud: Cloud, options: Options) -> tuple[Audited, ...]:
    """Return the images to check, each once; named images that cannot be found, too."""
    selected: list[Audited] = []
    for name_or_id in dict.fromkeys(options.images):
        try:
            selected.append(Audited(name=name_or_id, image=find_image(cloud, name_or_id)))
        except errors.Error as failure:
            selected.append(Audited(name=name_or_id, failure=str(failure)))
    for selection in options.selections or (() if options.images else (Selection.MINE,)):
        selected += [Audited(name=str(image.id), image=image) for image in _list(cloud, selection)]
    return tuple({one.image.id if one.image else one.name: one for one in selected}.values())


def _list(cloud: Cloud, selection: Selection) -> Iterator[Image]:
    """Yield the images of a selection, then the hidden ones: Glance lists either these or those."""
    for hidden in (False, True):
        if selection is Selection.ALL_COMMUNITY:
            yield from cloud.images.find(visibility="community", os_hidden=hidden)
        else:
            access = list_images.AccessFilter(str(selection))
            listed = list_images.run(cloud, list_images.Options(access=access, filters={"os_hidden": hidden}))
            yield from (one.image for one in listed)


class _WorkerTerminal(SilentTerminal):
    """Shows nothing, and stops a long download when the user stops the audit.

    Args:
        stopping: Set when the audit stops.
    """

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping

    def progress(
        self,
        doing: str,  # noqa: ARG002  # as Terminal wants it
        total_bytes: int | None,  # noqa: ARG002  # as Terminal wants it
    ) -> AbstractContextManager[Progress]:
        """Return a progress that raises when the audit stops."""
        return nullcontext(_StoppableProgress(self._stopping))


class _StoppableProgress(SilentProgress):
    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping

    def advance(self, done_bytes: int) -> None:  # noqa: ARG002  # as Progress wants it
        if self._stopping.is_set():
            raise KeyboardInterrupt


def _check(
    cloud: Cloud, one: Audited, inspect_options: InspectOptions, settings: Settings, terminal: Terminal
) -> Audited:
    if one.image is None:
        return one
    try:
        with in_cloud.opened_data(cloud, one.image, inspect_options, terminal) as data:
            checked = check.check_stored_image(cloud, one.image, data, check.Options(image=one.image.id), settings)
            try:
                guest = guest_in_machine(data.guest, one.image, settings.machine_type)
                nics_at_boot = str(guest.nics_at_boot().value.verdict)
            except Unknown:
                nics_at_boot = "unknown"
            return replace(one, checked=checked, nics_at_boot=nics_at_boot)
    except errors.Error as failure:
        return replace(one, failure=str(failure))
    except Exception as surprise:
        LOG.debug("unexpected", exc_info=True)
        return replace(one, failure=f"{type(surprise).__name__}: {surprise}")
