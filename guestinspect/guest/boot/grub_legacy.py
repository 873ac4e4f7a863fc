"""The default entry of GRUB Legacy, the boot loader of RHEL 6 and its time.

Source: GRUB Legacy manual, "Configuration".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, MenuEntry, Parameters, select_entry, split_parameters
from guestinspect.model.fact import Unknown

_CONFIGURATIONS = ("/boot/grub/menu.lst", "/boot/grub/grub.conf")


def list_parameters(tree: Tree) -> Iterator[Parameters]:
    """Yield the kernel parameters of the default entry of each configuration.

    Raises:
        Unknown: The default is the entry of the last boot (``saved``), or boots no Linux kernel.
    """
    for path in (path for path in _CONFIGURATIONS if is_file(tree, path)):
        default, entries = "0", list[MenuEntry]()
        for number, text in lines(tree, path, LIMIT_BYTES):
            # an «=» counts as a space, for old files: GRUB Legacy, stage2/cmdline.c, skip_to
            command, _, rest = text.strip().replace("=", " ", 1).replace("\t", " ").partition(" ")
            if command == "default":
                default = rest.strip()
            elif command == "title":
                entries.append(MenuEntry(rest.strip()))
            elif command == "kernel" and entries:
                _, kernel, *words = (*split_parameters(text.strip()), "")
                parameters = Parameters(tuple(words[:-1]), f"{path}:{number}", kernel)
                entries[-1] = MenuEntry(entries[-1].title, (parameters,))
            elif command == "initrd" and entries and entries[-1].kernels:
                parameters = replace(entries[-1].kernels[0], initrds=(rest.strip(),))
                entries[-1] = MenuEntry(entries[-1].title, (parameters,))
        entry = select_entry(tuple(entries), default)
        if entry is None:
            continue
        if default == "saved":
            raise Unknown(f"{path} boots the entry of the last boot (default saved), which is not known")
        if not entry.kernels:
            raise Unknown(f"the default entry {entry.title[:80]!r} of {path} boots no Linux kernel")
        yield from entry.kernels
