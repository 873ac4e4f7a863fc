"""Judging many images, one after the other or several at once, past those that cannot be judged."""

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
from vscclient.images import access, check, listing
from vscclient.images.audit_rows import baseline, rows
from vscclient.images.audit_rows.audited import Audited
from vscclient.images.audit_rows.rows import Row
from vscclient.images.cloud import Cloud
from vscclient.images.inspection import in_cloud
from vscclient.images.listing import Whose
from vscclient.images.options import InspectOptions
from vscclient.model.image import Image
from vscclient.model.settings import Settings
from vscclient.model.terminal import Progress, SilentProgress, SilentTerminal, Terminal
from vscclient.site.settings import load_settings

LOG = logging.getLogger(__name__)

__all__ = ["Audit", "InspectOptions", "Options", "Those", "run"]


class Those(StrEnum):
    """Which images to judge, beside those that are named; each is the option that says so."""

    MINE = "--mine"
    SHARED_WITH_ME = "--shared-with-me"
    ALL_COMMUNITY = "--all-community"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to judge.

    Args:
        images: Names or IDs.
        those: Which images; with nothing said at all, the own ones.
        findings: A row for each finding instead of each image.
        baseline: Path of the rows of an earlier audit: only what is new or gone since then is told.
        jobs: How many at once.
        policy: Path of a site's policy file; None: the one that the environment names, if any.
    """

    images: tuple[str, ...] = ()
    those: tuple[Those, ...] = ()
    findings: bool = False
    baseline: str | None = None
    jobs: int = 2
    inspect_options: InspectOptions = InspectOptions()
    policy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was found.

    Args:
        columns: Of the rows.
        rows: One for each image, or finding.
        failure: What to end with: an image is unfit, or could not be judged.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    failure: errors.Error | None


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Audit:
    """Judges the images, and compares them with an earlier audit.

    Raises:
        Usage: The options make no sense.
        UnusableFile: The earlier audit cannot be read.
        CloudError: The lists of images could not be had.
    """
    form = rows.FINDINGS if options.findings else rows.IMAGES
    before = baseline.read(options.baseline, form) if options.baseline is not None else None
    audited = judged(cloud, options, terminal)
    now = tuple((rows.of_findings if options.findings else rows.of_images)(audited))
    if before is None:
        return Audit(columns=form.columns, rows=now, failure=_failure(audited, ()))
    changes = baseline.changes(before, now, form)
    return Audit(columns=(*form.columns, baseline.COLUMN), rows=tuple(changes), failure=_failure(audited, before))


def judged(cloud: Cloud, options: Options, terminal: Terminal) -> tuple[Audited, ...]:
    """Every image that was asked for, in the order of their IDs."""
    if options.jobs < 1:
        raise errors.Usage("--jobs needs a number of 1 or more")
    settings = load_settings(options.policy)
    wanted = _wanted(cloud, options)
    with terminal.count("judging", len(wanted)) as progress, ThreadPoolExecutor(options.jobs) as pool:
        stopping = Event()

        def judge(one: Audited) -> Audited:
            try:
                return _judged(cloud, one, options, settings, _Worker(stopping))
            finally:
                progress.advance(1)

        try:
            found = tuple(pool.map(judge, wanted))
        except BaseException:
            stopping.set()
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(sorted(found, key=lambda one: (one.image is None, one.image.id or "" if one.image else one.said)))


def _wanted(cloud: Cloud, options: Options) -> tuple[Audited, ...]:
    """The images to judge, each once; those that are named and cannot be found, too."""
    named = [_found(cloud, said) for said in dict.fromkeys(options.images)]
    those = options.those or (() if options.images else (Those.MINE,))
    listed = [Audited(said=str(image.id), image=image) for one in those for image in _listed(cloud, one)]
    return tuple({one.image.id if one.image else one.said: one for one in (*named, *listed)}.values())


def _found(cloud: Cloud, said: str) -> Audited:
    try:
        return Audited(said=said, image=access.find(cloud, said))
    except errors.Error as failure:
        return Audited(said=said, failure=str(failure))


def _listed(cloud: Cloud, those: Those) -> Iterator[Image]:
    if those is Those.ALL_COMMUNITY:
        yield from cloud.images.find(visibility="community")
        return
    whose = {Those.MINE: Whose.MINE, Those.SHARED_WITH_ME: Whose.SHARED_WITH_ME}[those]
    yield from (one.image for one in listing.run(cloud, listing.Options(whose=whose)))


class _Worker(SilentTerminal):
    """Says nothing, and ends what takes long when the user stops all of it.

    Args:
        stopping: Set when nothing more is wanted.
    """

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Goes on until it is stopped."""
        return nullcontext(_Unstopped(self._stopping))


class _Unstopped(SilentProgress):
    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping

    def advance(self, done_bytes: int) -> None:
        if self._stopping.is_set():
            raise KeyboardInterrupt


def _judged(cloud: Cloud, one: Audited, options: Options, settings: Settings, terminal: Terminal) -> Audited:
    if one.image is None:
        return one
    try:
        with in_cloud.bits_of(cloud, one.image, options.inspect_options, terminal) as bits:
            checked = check.of_image(cloud, one.image, bits, check.Options(image=one.image.id), settings)
            try:
                up = str(bits.guest.nics_at_boot().value.verdict)
            except Unknown:
                up = "unknown"
            return replace(one, checked=checked, nics_at_boot=up)
    except errors.Error as failure:
        return replace(one, failure=str(failure))
    except Exception as surprise:
        LOG.debug("unexpected", exc_info=True)
        return replace(one, failure=f"{type(surprise).__name__}: {surprise}")


def _failure(audited: tuple[Audited, ...], before: tuple[Row, ...]) -> errors.Error | None:
    """What to end with: something new stands against an image, or one could not be judged."""
    unfit = [one for one in audited if baseline.has_new_errors(one, before)]
    unjudged = [one for one in audited if one.checked is None]
    if unfit:
        return errors.SomeUnfit(len(unfit), len(audited), " since the baseline" if before else "")
    return errors.NotJudged(len(unjudged), len(audited)) if unjudged else None
