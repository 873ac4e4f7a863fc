"""The result of an inspection as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cliff.columns import FormattableColumn

from guestinspect.model.leftover import Kind
from guestinspect.model.printable import printable
from vscclient.osc.command import Columns

if TYPE_CHECKING:  # making its dataclasses costs every openstack a few milliseconds
    from guestinspect.model.guest import Step
    from vscclient.images.inspect import Inspected

    _Column = FormattableColumn[Any]
else:
    _Column = FormattableColumn  # the oldest cliff's is not generic

UNKNOWN = "unknown"

_GUEST_FACTS = (
    "os_distro",
    "os_version",
    "architecture",
    "firmware",
    "cloud_init",
    "network_stack",
    "nics_at_boot",
    "nic_hotplug",
    "unclean_file_systems",
)


class PrintableColumn(_Column):
    """A structure for programs, lines for people. Control characters of strangers become visible in the lines.

    Args:
        structure: For ``-f json``.
        lines: For a table.
    """

    is_safe = True

    def __init__(self, structure: Any, lines: Iterable[str]) -> None:
        super().__init__(structure)
        self._lines = [printable(line) for line in lines]

    def human_readable(self) -> str:
        return "\n".join(self._lines)

    def machine_readable(self) -> Any:
        return self._value


def columns_of(inspected: Inspected) -> Columns:
    """Return the columns of ``vsc image inspect``; their names and their content for programs do not change."""
    boot, hotplug = inspected.nics_at_boot, inspected.nic_hotplug
    shown: dict[str, Any] = {
        "disk_format": _or_unknown(inspected.disk_format),
        "virtual_size": _or_unknown(inspected.virtual_size_bytes),
        "os_distro": _or_unknown(inspected.os_distro),
        "os_version": _or_unknown(inspected.os_version),
        "architecture": _or_unknown(inspected.architecture),
        "firmware": _listed(inspected.boot.firmware if inspected.boot else None),
        "cloud_init": _cloud_init(inspected),
        "network_stack": _listed(inspected.network_stacks),
        "machine_type": inspected.machine_type,
        "nics_at_boot": str(boot.verdict) if boot else UNKNOWN,
        "nic_hotplug": ("yes" if hotplug.comes_up else "no") if hotplug else UNKNOWN,
        "evidence": _evidence(inspected),
        "hygiene": _hygiene(inspected),
        "bytes_read": inspected.cost.bytes_read,
        "requests": inspected.cost.requests,
        "seconds": inspected.seconds,
    }
    return list(shown), list(shown.values())


def _or_unknown(value: str | int | None) -> Any:
    return PrintableColumn(None, [UNKNOWN]) if value is None else value


def _listed(values: tuple[str, ...] | None) -> PrintableColumn:
    return (
        PrintableColumn(None, [UNKNOWN])
        if values is None
        else PrintableColumn(list(values), [", ".join(values) or "none"])
    )


def _cloud_init(inspected: Inspected) -> PrintableColumn:
    if "cloud_init" in inspected.unknown:
        return PrintableColumn(None, [UNKNOWN])
    found = inspected.cloud_init
    if found is None:
        return PrintableColumn({"installed": False}, ["not installed"])
    structure = {
        "installed": True,
        "version": found.version or None,
        "datasources": list(found.datasources),
        "disabled_by": found.disabled_by or None,
        "makes_host_keys": found.makes_host_keys,
    }
    sources = f"; looks for {', '.join(found.datasources)}" if found.datasources else ""
    state = f"disabled by {found.disabled_by}" if found.disabled_by else "enabled"
    return PrintableColumn(structure, [f"{found.version} {state}{sources}".strip()])


def _evidence(inspected: Inspected) -> PrintableColumn:
    boot, hotplug = inspected.nics_at_boot, inspected.nic_hotplug
    structure = {
        "nics_at_boot": _steps(boot.explanation if boot else ()),
        "nic_hotplug": _steps(hotplug.explanation if hotplug else ()),
        "names": list(boot.names) if boot else [],
        "assumes": (boot.assumes if boot else "") or None,
        "otherwise": str(boot.otherwise) if boot and boot.otherwise else None,
        "default_routes": boot.default_routes if boot else None,
        "unclean_file_systems": None
        if inspected.unclean_file_systems is None
        else list(inspected.unclean_file_systems),
        "unknown": dict(inspected.unknown),
    }
    steps = (*(boot.explanation if boot else ()), *(hotplug.explanation if hotplug else ()))
    lines = [f"{step.what} ({step.location})" if step.location else step.what for step in steps]
    if boot and boot.assumes:
        otherwise = f"; else: {boot.otherwise}" if boot.otherwise else ""
        lines.append(f"as long as {boot.assumes}{otherwise}")
    lines += inspected.unclean_file_systems or ()
    lines += _unknown_lines(inspected.unknown)
    return PrintableColumn(structure, dict.fromkeys(lines))


def _unknown_lines(unknown: dict[str, str]) -> Iterator[str]:
    """Yield a line for each reason, with the names of what is unknown: in most cases the whole guest."""
    by_reason: dict[str, list[str]] = {}
    for name, why in unknown.items():
        by_reason.setdefault(why, []).append(name)
    guest_facts = {*_GUEST_FACTS, *Kind}
    for why, names in by_reason.items():
        if guest_facts <= set(names):
            names = [*(name for name in names if name not in guest_facts), "everything about the guest"]
        yield f"unknown: {', '.join(names)}: {why}"


def _steps(steps: tuple[Step, ...]) -> list[dict[str, str]]:
    return [{"what": step.what, "location": step.location} for step in steps]


def _hygiene(inspected: Inspected) -> PrintableColumn:
    unknown = [str(kind) for kind in Kind if kind not in inspected.leftovers]
    if len(unknown) == len(Kind):
        reasons = dict.fromkeys(inspected.unknown[kind] for kind in unknown if kind in inspected.unknown)
        return PrintableColumn(None, [f"not inspected: {'; '.join(reasons)}" if reasons else UNKNOWN])
    found = [one for left in inspected.leftovers.values() for one in left]
    structure = [
        {"kind": str(one.kind), "path": one.path, "what": one.what, "owner": one.owner or None} for one in found
    ]
    lines = [f"{one.what}: {one.path}" + (f" (of {one.owner})" if one.owner else "") for one in found]
    lines = lines or ["nothing was found"]
    return PrintableColumn(structure, [*lines, *([f"{UNKNOWN}: {', '.join(unknown)}"] if unknown else [])])
