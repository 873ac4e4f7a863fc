"""The kernel parameters that start another program than the guest's init system, or only a shell."""

from __future__ import annotations

from posixpath import basename

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services.init_system import (
    PROGRAM_FOLDERS,
    InitSystem,
    find_init_system,
    find_program,
    system_of_program,
)
from guestinspect.model.fact import Unknown

_SHELLS = ("rd.break", "break")
"""Parameters that stop in a shell of the initramfs. Source: dracut.cmdline(7); initramfs-tools(7)."""

_TARGETS_OF_INITRAMFS = ("rescue.target", "emergency.target")

_SINGLE_USER = frozenset(("single", "s", "S", "1", "-s", "-b", "emergency"))
"""Words with which init programs start no services. Those for systemd are part of the forecast.

Source: init(8) of sysvinit and of upstart; BusyBox 1.36, ``init/init.c``; Void, ``/etc/runit/2``.
"""

_LONGEST_SHOWN = 120
_DEFAULT = "init"


def require_usual_init(tree: Tree, command_line: tuple[str, ...]) -> None:
    """Raise Unknown if the kernel parameters start another program than the init system, or stop before it.

    The last ``init=`` counts; the kernel does not try another program if that one is missing.
    Source: Linux, ``init/main.c``, ``kernel_init``.
    """
    system = find_init_system(tree)
    program, initramfs_program = "", "/init"
    for parameter in command_line:
        key, _, value = parameter.partition("=")
        is_shell = key in _SHELLS or (key == "rd.systemd.unit" and value in _TARGETS_OF_INITRAMFS)
        if is_shell or (system is not InitSystem.SYSTEMD and parameter in _SINGLE_USER):
            raise Unknown(f"the kernel parameter {parameter[:_LONGEST_SHOWN]} stops the boot before services start")
        program = value if key == "init" and value else program
        initramfs_program = value if key == "rdinit" and value else initramfs_program
    if program and not _is_own(tree, program, system):
        raise Unknown(f"the kernel parameter init={program[:_LONGEST_SHOWN]} starts another program than {system}")
    if initramfs_program != "/init":
        name = initramfs_program[:_LONGEST_SHOWN]
        raise Unknown(f"the kernel parameter rdinit={name} starts another program in the initramfs")


def _is_own(tree: Tree, path: str, system: InitSystem) -> bool:
    """Return True if a program is that of the init system that the guest starts without the parameter."""
    folder, _, name = path.rpartition("/")
    if folder not in PROGRAM_FOLDERS:
        return False
    if name == _DEFAULT:
        return True
    return is_file(tree, path) and system_of_program(basename(find_program(tree, path))) is system
