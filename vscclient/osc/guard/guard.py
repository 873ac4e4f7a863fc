"""The guard on the standard commands: it checks what they are about to do, as our own commands would."""

from __future__ import annotations

import fcntl
import logging
import os
import select
import shlex
import stat
import struct
import termios
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from guestinspect.model.printable import escape_unencodable, printable
from vscclient import errors
from vscclient.images import guard
from vscclient.images.cloud import Cloud, Connection
from vscclient.images.options.groups import AccessOptions, Attributes, Consent, Description
from vscclient.model.image import Image
from vscclient.model.terminal import SilentTerminal
from vscclient.model.visibility import Visibility
from vscclient.osc.terminal import OscTerminal

if TYPE_CHECKING:
    from vscclient.model.finding import Report

LOG = logging.getLogger(__name__)

_REFUSED = 3
"""The exit status of a command that the policy refuses."""


class Guard:
    """The guard on one command.

    Args:
        app: The ``openstack`` that runs.
        counterpart: The word of our own command.
        standard: The words of the standard command, after ``openstack``.
        place: The setting that switched the guard on, for messages.
        is_enforcing: End the command if the policy refuses it; else only print what is wrong.
    """

    def __init__(self, app: Any, counterpart: str, standard: list[str], place: str, *, is_enforcing: bool) -> None:
        self._app = app
        self._counterpart = counterpart
        self._standard = standard
        self._place = place
        self._is_enforcing = is_enforcing
        escape_unencodable(app.stderr)
        manager = app.client_manager
        self._cloud = Cloud(
            lambda: Connection(
                session=manager.session,
                region_name=manager.region_name,
                interface=manager.interface,
                image_endpoint=manager.get_configuration().get("image_endpoint_override"),
            )
        )

    def check(self, args: Namespace) -> None:
        """Check what the command is about to do.

        Raises:
            SystemExit: The policy refuses it, and the guard enforces the policy.
        """
        checks: dict[str, Callable[[Namespace], None]] = {
            "create": self._check_create,
            "set": self._check_set,
            "share": self._check_share,
            "delete": self._check_delete,
        }
        try:
            checks[self._counterpart](args)
        except errors.RefusedByPolicy as refusal:  # its findings are printed
            self._refuse(args, refusal)
        except errors.NotConfirmed as refusal:
            self._print(f"{refusal.loss}.")
            self._refuse(args, refusal)
        except errors.DeletionNotConfirmed as refusal:
            self._print(*(f"Other people can use {use}." for use in refusal.reasons))
            self._refuse(args, refusal)
        except errors.NotAnOwner as refusal:
            self._print(f"'{args.project}' is not one of your projects. If no project has this ID, the image is lost.")
            self._refuse(args, refusal)
        except errors.Error as failure:  # the standard command has the same difficulty, in its own words
            LOG.debug("the guard could not check the command: %s", failure)

    def _refuse(self, args: Namespace, refusal: errors.Error) -> None:
        """End the command, if the guard enforces the policy."""
        if not self._is_enforcing:
            self._print(f"The command goes on, because {self._place} is warn.")
            return
        words = ["openstack", "vsc", "image", self._counterpart, *self._arguments()]
        if self._counterpart == "create" and args.filename is None:
            words += ["--file", "-"]
        use = "Fix what is above, and use" if isinstance(refusal, errors.RefusedByPolicy) else "Use instead"
        self._print(f"Stopped by {self._place}; nothing was changed. {use}: {shlex.join(words)}")
        raise SystemExit(_REFUSED) from refusal

    def _arguments(self) -> list[str]:
        """Return what follows the words of the standard command on the command line."""
        line, count = list(self._app.command_options or ()), len(self._standard)
        starts = (at for at in range(len(line)) if line[at : at + count] == self._standard)
        return line[next(starts, len(line)) + count :]

    def _check_create(self, args: Namespace) -> None:
        if args.volume:
            return
        image = Image(
            name=args.name,
            owner=self._cloud.project_id,
            status="active",
            visibility=Visibility(args.visibility or Visibility.SHARED),  # Glance's default
            protected=bool(args.is_protected),
            container_format=args.container_format,
            disk_format=args.disk_format,
            min_disk_gib=args.min_disk or 0,
            min_ram_mib=args.min_ram or 0,
            tags=tuple(args.tags or ()),
            properties={key: str(value) for key, value in (args.properties or {}).items()},
        )
        terminal = self._terminal(None, args.filename)
        if args.filename is None and is_empty(0):
            guard.check_empty_creation(self._cloud, image, terminal)
        else:
            guard.check_creation(self._cloud, image, args.filename, terminal)

    def _check_set(self, args: Namespace) -> None:
        if args.membership:
            return
        from vscclient.images.set import Options

        access = AccessOptions(
            visibility=Visibility(args.visibility) if args.visibility else None,
            project=args.project,
            project_domain=args.project_domain,
            active=True if args.activate else False if args.deactivate else None,
            hidden=args.is_hidden,
        )
        instance = getattr(args, "instance_id", None)
        properties = {
            **{key: str(value) for key, value in (args.properties or {}).items()},
            **({"instance_id": instance} if instance else {}),
        }
        options = Options(
            image=args.image,
            name=args.name,
            access=access,
            attributes=Attributes(
                container_format=args.container_format,
                disk_format=args.disk_format,
                min_disk_gib=args.min_disk,
                min_ram_mib=args.min_ram,
                protected=args.is_protected,
            ),
            description=Description(
                architecture=args.architecture,
                os_distro=args.os_distro,
                os_version=args.os_version,
                kernel=args.kernel_id,
                ramdisk=args.ramdisk_id,
                properties=properties,
                tags=tuple(args.tags or ()),
            ),
        )
        guard.check_set(self._cloud, options, self._terminal(args.image, None))

    def _check_share(self, args: Namespace) -> None:
        from vscclient.images.share import Options

        options = Options(
            image=args.image,
            projects=(args.project,),
            project_domain=args.project_domain,
            consent=Consent(dry_run=True),
        )
        guard.check_sharing(self._cloud, options, self._terminal(args.image, None))

    def _check_delete(self, args: Namespace) -> None:
        if not getattr(args, "store", None):
            guard.check_deletion(self._cloud, args.images)

    def _terminal(self, image: str | None, file: str | None) -> _FindingsOnly:
        return _FindingsOnly(OscTerminal(self._app.stderr, quiet=False, bar=False, image=image, file=file))

    def _print(self, *lines: str) -> None:
        with suppress(OSError, ValueError):
            self._app.stderr.write("".join(f"{printable(line)}\n" for line in lines))


class _FindingsOnly(SilentTerminal):
    """A terminal that shows findings, and nothing of what a command of ours would report; it agrees to nothing."""

    def __init__(self, terminal: OscTerminal) -> None:
        self._terminal = terminal

    def findings(self, report: Report) -> None:
        """Print the findings, with their fixes."""
        self._terminal.findings(report)


def is_empty(descriptor: int) -> bool:
    """Return True if a standard input that is not a terminal certainly has no data, without reading any.

    A pipe whose writer is still there may have data later.

    Args:
        descriptor: Its file descriptor.

    Source: poll(2); ioctl(2), FIONREAD; null(4).
    """
    try:
        status = os.fstat(descriptor)
        if os.isatty(descriptor):
            return False
        if stat.S_ISREG(status.st_mode):
            return os.lseek(descriptor, 0, os.SEEK_CUR) >= status.st_size
        if stat.S_ISCHR(status.st_mode):
            return os.path.samestat(status, os.stat(os.devnull))
        (waiting_bytes,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        is_closed = any(event & select.POLLHUP for _, event in poll.poll(0))
        return is_closed and not waiting_bytes
    except OSError:
        return False
