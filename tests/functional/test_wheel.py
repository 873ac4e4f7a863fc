"""The wheel, installed alone: tests in a checkout do not notice what is missing from it. No cloud is needed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path
from typing import ClassVar

from guestinspect.api import UnknownReason, from_json
from tests import base
from tests.guest_disks import sound_guest
from tests.server_program import CLIENTS, OUTPUT, POLICY_FILE, PROGRAM

TOP = Path(__file__).resolve().parents[2]
PACKAGES = ("guestinspect", "vscclient")

NEEDED_TO_INSPECT = ("PyYAML", "fs-explorer")
"""The requirements of guestinspect."""

NEEDED_TO_CHECK = ("PyYAML", "confusable-homoglyphs")
"""The requirements of vscclient's packages ``policy`` and ``site``."""

FIND = "import importlib.util, sys; print([name for name in sys.argv[1:] if importlib.util.find_spec(name)])"

IMPORT = "import importlib, json, sys; [importlib.import_module(name) for name in json.load(sys.stdin)]"


class TestWheel(base.BaseTestCase):
    folder: ClassVar[Path]
    wheel: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        source = _copy_of_checkout(cls.folder / "source")
        _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder.name, str(source))
        (cls.wheel,) = cls.folder.glob("*.whl")

    def environment(self, name: str, *packages: str) -> Path:
        """Make a virtual environment with the wheel and these packages, without their dependencies; returns its bin."""
        home = self.folder / name
        _run(sys.executable, "-m", "venv", "--without-pip", str(home))
        install = [sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "install", "-q", "--no-deps"]
        _run(*install, str(self.wheel), *packages)
        return home / "bin"

    def test_the_wheel_has_every_file_of_both_packages_and_no_other(self) -> None:
        files = [name for name in _files() if name.startswith(tuple(f"{package}/" for package in PACKAGES))]

        with zipfile.ZipFile(self.wheel) as wheel:
            packed = [name for name in wheel.namelist() if ".dist-info/" not in name]

        self.assertEqual(sorted(files), sorted(packed))

    def test_guestinspect_works_with_its_own_requirements_alone(self) -> None:
        commands = self.environment("bare", *_requirements(NEEDED_TO_INSPECT))

        _run(str(commands / "python"), "-c", IMPORT, stdin=json.dumps(_modules("guestinspect")))
        inspection = from_json(_run(str(commands / "guestinspect"), str(sound_guest()), "--json"))

        self.assertEqual("debian", inspection.as_guest().os_distro().value)
        self.assertEqual(("ens3", "ens4", "ens5"), inspection.as_guest().nics_at_boot().value.names)
        self.assertIn("debian\n", _run(str(commands / "python"), "-c", _example(sound_guest())))
        for name, fact in inspection.disk.items():
            with self.subTest(name=name):
                assert isinstance(fact, UnknownReason)
                self.assertEqual("oslo.utils, which detects the format of a disk, is not installed", fact.unknown)

    def test_a_plan_is_checked_by_a_sites_file_without_any_client(self) -> None:
        python = str(self.environment("server", *_requirements(NEEDED_TO_CHECK)) / "python")
        policy = self.folder / "policy.yaml"
        policy.write_text(POLICY_FILE, encoding="utf-8")

        _run(python, "-c", IMPORT, stdin=json.dumps(_modules("vscclient/policy", "vscclient/site")))
        found = _run(python, "-c", FIND, *CLIENTS)

        self.assertEqual("[]\n", found)
        self.assertEqual(OUTPUT, _run(python, "-c", PROGRAM, str(policy)))

    def test_both_packages_are_imported_and_openstack_runs_a_command(self) -> None:
        commands = self.environment("whole")
        (site_packages,) = commands.parent.glob("lib/python*/site-packages")
        # The dependencies of this environment; a path that a .pth file adds comes after that of the wheel, and no .pth
        # file there is read, so an editable checkout is not found.
        (site_packages / "dependencies.pth").write_text("\n".join(_installed_packages()))

        _run(str(commands / "python"), "-c", IMPORT, stdin=json.dumps(_modules(*PACKAGES)))
        words = ["-m", "openstackclient.shell", "vsc", "image", "inspect", "--file", str(sound_guest()), "-f", "json"]
        shown = json.loads(_run(str(commands / "python"), *words))

        self.assertEqual(("debian", "qcow2"), (shown["os_distro"], shown["disk_format"]))


def _files() -> list[str]:
    """Return the files of the checkout, also those that are not committed."""
    listed = _run("git", "-C", str(TOP), "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return [name for name in listed if (TOP / name).is_file()]


def _copy_of_checkout(folder: Path) -> Path:
    """Copy the checkout to build it there: setuptools keeps a folder ``build``, and packs what stood there before."""
    for name in _files():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TOP / name, place)
    return folder


def _run(*command: str, stdin: str = "") -> str:
    """Run a program far from the checkout, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OS_"))}
    environment["PBR_VERSION"] = "0.0.1"  # the copy has no history
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/", env=environment)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


def _requirements(names: tuple[str, ...]) -> list[str]:
    """Return the lines of requirements.txt for these packages."""
    text = (TOP / "requirements.txt").read_text()
    return [line for name in names for line in re.findall(rf"^{name}\b[^#\n]*[^#\s]", text, re.MULTILINE)]


def _modules(*packages: str) -> list[str]:
    """Return the modules of packages in the checkout; ``__main__`` would run."""
    paths = [path.relative_to(TOP) for package in packages for path in (TOP / package).rglob("*.py")]
    return sorted(".".join(path.with_suffix("").parts) for path in paths if path.stem != "__main__")


def _example(disk: Path) -> str:
    """Return the Python code of the documentation, with the path of this disk."""
    page = (TOP / "doc/source/reference/guestinspect.rst").read_text()
    (code,) = re.findall(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", page, re.MULTILINE)
    return textwrap.dedent(code).replace('"disk.qcow2"', repr(str(disk)))


def _installed_packages() -> list[str]:
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
