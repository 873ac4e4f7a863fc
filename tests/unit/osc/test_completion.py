"""Tab completion: the script of ``vsc image completion bash``, in shells on a terminal in which Tab is pressed."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest import mock

import fixtures

from tests import base
from tests.unit.osc.interactive_shell import InteractiveShell
from vscclient.images.candidates import main
from vscclient.images.candidates.names import names_of_login
from vscclient.osc.image.completion import ShowCompletion

BASH = ["bash", "--norc", "--noprofile", "-i"]

STANDARD = """
_standard() { COMPREPLY=(standard$COMP_CWORD); }
complete -o nosort -F _standard openstack
"""
"""A completion of the other commands."""

MODULES = """
import json, sys
import vscclient.images.candidates.main
print(json.dumps(sorted(sys.modules)))
"""


class CommandManager:
    """Our commands, as cliff's command manager has them."""

    def __init__(self) -> None:
        entries = entry_points(group="openstack.vsc.v1")
        self.entries: dict[str, EntryPoint] = {entry.name.replace("_", " "): entry for entry in entries}

    def __iter__(self) -> Any:
        return iter(self.entries.items())

    def find_command(self, words: list[str]) -> tuple[Any, str, list[str]]:
        name = " ".join(words)
        return self.entries[name].load(), name, []


def script() -> str:
    """Return the script that the command prints."""
    parser = ArgumentParser("openstack")
    parser.add_argument("--os-cloud")
    parser.add_argument("--debug", action="store_true")
    app = SimpleNamespace(parser=parser, command_manager=CommandManager(), stdout=io.StringIO())
    ShowCompletion(mock.MagicMock(wraps=app, **vars(app)), None).take_action(Namespace(shell="bash"))
    output: io.StringIO = app.stdout
    return output.getvalue()


class CompletionTest(base.BaseTestCase):
    """A test with the script in a shell."""

    script: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.script = script()

    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        program = self.folder / "bin" / "vscclient-complete"
        program.parent.mkdir()
        call = "from vscclient.images.candidates.main import main; main()"
        # not the interpreter in the first line: its path can have a space
        program.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(call)}\n")
        program.chmod(0o700)
        self.file = self.folder / "completion.bash"
        lines = [f"_vscclient_program={program}" if "_program=" in each else each for each in self.script.split("\n")]
        self.file.write_text("\n".join(lines))

    def shell(self, before: str = "", after: str = "", **environment: str) -> InteractiveShell:
        environment = {"PYTHONPATH": ":".join(sys.path), "XDG_CACHE_HOME": str(self.folder / "cache"), **environment}
        set_up = f"{before}\nsource {self.file}\n{after}"
        shell = InteractiveShell(BASH, self.folder, environment, set_up)
        self.addCleanup(shell.close)
        return shell


class TestTab(CompletionTest):
    def test_commands_options_and_choices_are_completed(self) -> None:
        shell = self.shell()
        for keys, expected in (
            ("vs\t", "vsc"),
            ("vsc im\t", "vsc image"),
            ("vsc image comm\t", "vsc image community"),
            ("--os-cloud vsc vsc image add p\tx", "--os-cloud vsc vsc image add project x"),
            ("--debug vsc image rule sh\t", "--debug vsc image rule show"),
            ("vsc image create x --dry\t", "vsc image create x --dry-run"),
            ("vsc image create x --disk-format qc\t", "vsc image create x --disk-format qcow2"),
            ("vsc image create x --disk-format=qc\t", "vsc image create x --disk-format=qcow2"),
            ("vsc image create x --disk-format 'qc\t", "vsc image create x --disk-format qcow2"),
            ('vsc image create x --disk-format="qc\t', "vsc image create x --disk-format=qcow2"),
            ("vsc image create x --disk-f qc\t", "vsc image create x --disk-f qcow2"),
            ("vsc image create x -f j\t", "vsc image create x -f json"),
            ("vsc image create -- --dry\t", "vsc image create -- --dry"),
            ("vsc image create x --nosuch\t", "vsc image create x --nosuch"),
        ):
            with self.subTest(keys=keys):
                self.assertEqual(expected.split(" "), shell.run_line(f"openstack {keys}\n"))

    def test_codes_of_rules_are_completed_in_any_case(self) -> None:
        shell = self.shell()

        self.assertEqual("vsc image rule show D307", " ".join(shell.run_line("openstack vsc image rule show d307\t\n")))
        self.assertEqual("H50", shell.run_line("openstack vsc image share a b --waive H\t\n")[-1])

    def test_files_are_completed_by_bash_itself(self) -> None:
        (self.folder / "my disk.qcow2").write_text("")
        shell = self.shell()
        for keys in ("--file my\t", "--file=my\t", "--file 'my\t", "--file $PWD/my\t", "--property-file my\t"):
            with self.subTest(keys=keys):
                last = shell.run_line(f"openstack vsc image create x {keys}\n")[-1]
                self.assertEqual("my disk.qcow2", last.removeprefix("--file=").removeprefix(f"{self.folder}/"))

    def test_other_commands_are_completed_as_before(self) -> None:
        for after in ("", f"source {self.file}"):  # reading it twice changes nothing
            with self.subTest(after=after):
                shell = self.shell(STANDARD, after)
                self.assertEqual(["server", "standard2"], shell.run_line("openstack server \t\n"))
                self.assertEqual(["--os-cloud", "vsc", "standard3"], shell.run_line("openstack --os-cloud vsc \t\n"))
                self.assertEqual(["vsc", "image", "show"], shell.run_line("openstack vsc image sho\t\n"))

    def test_a_program_that_is_missing_completes_nothing(self) -> None:
        shell = self.shell(after="_vscclient_program=/nosuch")
        shell.output = b""

        self.assertEqual(["vsc", "image", "sho"], shell.run_line("openstack vsc image sho\t\n"))
        self.assertNotIn(b"nosuch", shell.output)


HOSTILE = (
    "two  words",
    "a$(touch pwned)",
    "b`touch pwned`",
    "c;touch pwned;",
    "d&touch pwned",
    "e|touch pwned",
    "f>pwned",
    "g'h",
    'h"i',
    "i\\j",
    "j!!x",
    "k=l:m@n",
    "l*[a-z]?{1,2}",
    "m~root",
    "~root",
    "#comment",
    "ümläut ☃",
    "n(o)",
    "o\\",
    "p'q\"r!s $HOME",
)
"""Names of images that a shell would not read as they are."""

ENVIRONMENT = {"OS_CLOUD": "vsc", "OS_AUTH_URL": "http://keystone"}

A, B, C = (f"{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}" for digit in "abc")


class NamesTest(CompletionTest):
    """A test with the names that commands of the last day saw."""

    def keep(self, *, options: Mapping[str, str] | None = None, **sections: Mapping[str, Any]) -> Path:
        """Keep names as a command does with these options of ``openstack``; return the file."""
        variables = {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder), **ENVIRONMENT}
        with mock.patch.dict(os.environ, variables), mock.patch("pathlib.Path.cwd", lambda: self.folder):
            names = names_of_login(options or {})
            assert names
            names.add(sections)
            return names.path

    def complete(self, *lines: str, **environment: str) -> list[list[str]]:
        """Return what ``openstack`` gets after each line and Enter; the line ends with Tab."""
        shell = self.shell(**{**ENVIRONMENT, **environment})
        return [shell.run_line(f"openstack {line}\t\n") for line in lines]

    def last(self, line: str, **environment: str) -> str:
        return self.complete(line, **environment)[0][-1]


class TestProperties(NamesTest):
    def test_keys_and_values_of_nova_and_the_vsc_are_completed(self) -> None:
        for line, expected in (
            ("vsc image set rna --property hw_disk_b", "hw_disk_bus="),
            ("vsc image set rna --property hw_disk_bus=vi", "hw_disk_bus=virtio"),
            ("vsc image set rna --property=hw_disk_bus=vi", "--property=hw_disk_bus=virtio"),
            ("vsc image set rna --property 'hw_disk_bus=vi", "hw_disk_bus=virtio"),
            ('vsc image set rna --property "hw_disk_bus=vi', "hw_disk_bus=virtio"),
            ("vsc image create x --property vsc_multi_nic=t", "vsc_multi_nic=true"),
            ("vsc image set rna --property hw_boot_menu=f", "hw_boot_menu=false"),
            ("vsc image unset rna --property os_sec", "os_secure_boot"),
            ("vsc image property show hw_watchdog", "hw_watchdog_action"),
            ("vsc image set rna --architecture x86", "x86_64"),
        ):
            with self.subTest(line=line):
                self.assertEqual(expected, self.last(line))

    def test_a_value_can_follow_its_key_at_once(self) -> None:
        arguments = self.shell().run_line("openstack vsc image set rna --property hw_disk_b\tvirt\t\n")

        self.assertEqual("hw_disk_bus=virtio", arguments[-1])

    def test_the_catalogue_of_the_cloud_is_used_for_a_day(self) -> None:
        file = self.folder / "cache" / "vscclient" / "catalogues" / "x.json"
        definitions = [{"key": "sw_x", "type": "string", "values": ["$(touch pwned)", "y"]}]
        self.keep(catalogues={"x.json": "", "../names/x.json": "", "nosuch.json": ""})
        file.parent.mkdir(mode=0o700)
        for age_s, expected in ((0, "sw_x=$(touch pwned)"), (90_000, "sw_x=$")):
            with self.subTest(age_s=age_s):
                file.write_text(json.dumps({"time": time.time() - age_s, "definitions": definitions}))
                self.assertEqual(expected, self.last("vsc image set rna --property sw_x=\\$"))
        self.assertFalse((self.folder / "pwned").exists())


class TestNames(NamesTest):
    def test_a_hostile_name_is_completed_as_it_is_and_runs_nothing(self) -> None:
        shell = self.shell(**ENVIRONMENT)
        for name in HOSTILE:
            file = self.keep(images={A: (name, "mine")})
            for begun in ("", "'", '"'):
                with self.subTest(name=name, begun=begun):
                    arguments = shell.run_line(f"openstack vsc image show {begun}\t\n")
                    self.assertEqual(["vsc", "image", "show", name], arguments)
            file.unlink()
        self.assertEqual([], [path.name for path in self.folder.iterdir() if "pwned" in path.name])

    def test_the_common_beginning_of_hostile_names_runs_nothing(self) -> None:
        self.keep(images={A: ("x $(touch pwned) a", "mine"), B: ("x $(touch pwned) b", "mine")})

        self.assertEqual([["vsc", "image", "show", "x $(touch pwned) "]], self.complete("vsc image show x"))
        self.assertFalse((self.folder / "pwned").exists())

    def test_an_id_stands_for_a_name_that_would_not_find_the_image(self) -> None:
        for names in (
            [("a\nb", "mine")],
            [("\x1b[2J", "mine")],
            [("a\u202eb", "mine")],
            [("", "mine")],
            [("-rf", "mine")],
            [(B, "public")],
            [("other", "community")],
            [("other", "pending")],
            [("\udcff", "mine")],
        ):
            with self.subTest(names=names):
                file = self.keep(images={A: names[0]})
                self.assertEqual(A, self.last("vsc image show "))
                file.unlink()

    def test_images_with_the_same_name_are_completed_by_their_ids(self) -> None:
        self.keep(images={A: ("rna", "mine"), B: ("rna", "public"), C: ("dna", "mine")})

        self.assertEqual(["rna", A, "dna"], [self.last(f"vsc image show {typed}") for typed in ("rna", "aa", "d")])

    def test_a_name_with_a_dash_is_completed_where_it_is_no_option(self) -> None:
        self.keep(images={A: ("-rf", "mine")})

        self.assertEqual("-rf", self.last("vsc image delete -- "))
        self.assertEqual("--kernel=-rf", self.last("vsc image set rna --kernel="))

    def test_an_offer_is_completed_for_its_answer(self) -> None:
        self.keep(images={A: ("offered", "pending"), B: ("old", "mine")})

        self.assertEqual(["offered", "old"], [self.last(f"vsc image {word} o") for word in ("accept", "show")])

    def test_own_projects_are_completed(self) -> None:
        self.keep(projects={"a" * 32: "VSC 00001"})
        for line in ("share rna ", "share rna b ", "add project rna ", "create x --share-with V", "list --project V"):
            with self.subTest(line=line):
                self.assertEqual("VSC 00001", self.last(f"vsc image {line}"))

    def test_each_login_has_its_own_names(self) -> None:
        self.keep(images={A: ("rna", "mine")})
        self.keep(images={B: ("ribosome", "mine")}, options={"OS_CLOUD": "other"})

        for line, environment, expected in (
            ("vsc image show r", {}, "rna"),
            ("--os-cloud other vsc image show r", {}, "ribosome"),
            ("--os-cloud=other vsc image show r", {}, "ribosome"),
            ("vsc image show r", {"OS_CLOUD": "other"}, "ribosome"),
            ("vsc image show r", {"OS_USERNAME": "bob"}, "r"),
            ("--os-username bob vsc image show r", {}, "r"),
            ("vsc image show r", {"OS_TOKEN": "secret"}, "r"),
            ("vsc image show r", {"OS_PASSWORD": "secret"}, "rna"),
        ):
            with self.subTest(line=line, environment=environment):
                self.assertEqual(expected, self.last(line, **environment))

    def test_a_changed_file_with_clouds_starts_anew(self) -> None:
        self.keep(images={A: ("rna", "mine")})
        (self.folder / "clouds.yaml").write_text("clouds: {}")

        self.assertEqual("r", self.last("vsc image show r"))

    def test_names_are_forgotten_after_a_day_or_if_others_can_write_them(self) -> None:
        with mock.patch("time.time", return_value=time.time() - 90_000):
            file = self.keep(images={A: ("rna", "mine")})
        self.assertEqual("r", self.last("vsc image show r"))
        self.keep(images={A: ("rna", "mine")})
        self.assertEqual("rna", self.last("vsc image show r"))
        file.chmod(0o666)
        self.assertEqual("r", self.last("vsc image show r"))

    def test_a_corrupt_file_is_ignored_and_replaced(self) -> None:
        file = self.keep(images={A: ("rna", "mine")})
        for content in (b"", b"[]", b'{"images": 1}', b'{"images": {"x": 1}}', b"\xff", b"[" * 100_000):
            with self.subTest(content=content[:20]):
                file.write_bytes(content)
                self.assertEqual("r", self.last("vsc image show r"))
                self.keep(images={A: ("rna", "mine")})
                self.assertEqual("rna", self.last("vsc image show r"))

    def test_the_file_is_private_and_names_neither_login_nor_secret(self) -> None:
        file = self.keep(images={A: ("rna", "mine")}, options={"OS_USERNAME": "alice"})

        self.assertEqual((0o600, 0o700), (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777))
        self.assertNotIn("alice", str(file) + file.read_text())

    def test_the_number_of_names_is_limited(self) -> None:
        file = self.keep(images={str(number): ("x", "mine") for number in range(5100)})

        self.assertEqual(5000, len(json.loads(file.read_text())["images"]))

    def test_a_folder_that_cannot_be_written_is_no_error(self) -> None:
        (self.folder / "cache").write_text("not a folder")

        self.keep(images={A: ("rna", "mine")})


class TestScript(CompletionTest):
    def test_the_script_is_quiet_in_strict_shells(self) -> None:
        program = f"set -eu; set -o posix; IFS=; shopt -s failglob; . {self.file}"
        call = "COMP_LINE='openstack vsc image sho' COMP_POINT=23; _vscclient_openstack openstack sho image"
        done = subprocess.run(
            ["bash", "-c", f"{program}; {call}; printf '%s ' ${{COMPREPLY[@]}}"], capture_output=True, text=True
        )

        self.assertEqual(("show ", ""), (done.stdout, done.stderr))

    def test_zsh_completes_with_the_same_script(self) -> None:
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        set_up = "autoload -Uz compinit bashcompinit; compinit -u -D; bashcompinit"
        environment = {"PYTHONPATH": ":".join(sys.path)}
        shell = InteractiveShell(["zsh", "-f", "-i"], self.folder, environment, f"{set_up}\nsource {self.file}")
        self.addCleanup(shell.close)

        self.assertEqual(["vsc", "image", "show"], shell.run_line("openstack vsc image sho\t\n"))
        self.assertEqual(
            "--waive D307", " ".join(shell.run_line("openstack vsc image private x --waive D307\t\n")[-2:])
        )


class TestProgram(base.BaseTestCase):
    def test_it_imports_no_client_and_nothing_slow(self) -> None:
        done = subprocess.run([sys.executable, "-c", MODULES], capture_output=True, text=True, check=True)

        loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
        slow = {"cliff", "osc_lib", "openstack", "openstackclient", "keystoneauth1", "glanceclient", "requests", "yaml"}
        self.assertEqual(set(), loaded & (slow | {"importlib_metadata", "ssl", "socket", "subprocess", "logging"}))

    def test_whatever_it_reads_it_prints_no_error(self) -> None:
        for data in (b"", b"\0\0", b"\xff\0\xff\0{}", b"x\0openstack vsc image \0[]", b"x\0y\0" + b"[" * 100_000):
            with self.subTest(data=data[:20]):
                done = subprocess.run([sys.executable, "-c", RUN], input=data, capture_output=True)
                self.assertEqual((0, b""), (done.returncode, done.stderr))

    def test_a_name_is_completed_in_a_locale_that_cannot_show_it(self) -> None:
        program = (
            "from vscclient.images.candidates import main\n"
            "main.answer_of = lambda *words: [ascii(words[1]), '\\xfc\\u2192']\nmain.main()"
        )
        environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

        done = subprocess.run(
            [sys.executable, "-c", program], input="\0é\0{}".encode(), capture_output=True, env=environment
        )

        self.assertEqual(("'\\xe9'\nü→\n".encode(), b""), (done.stdout, done.stderr))

    def test_a_reader_that_has_gone_is_no_error(self) -> None:
        with mock.patch.object(main, "answer_of", side_effect=KeyboardInterrupt), mock.patch("sys.stdin"):
            self.assertEqual(0, main.main())


RUN = "import sys; from vscclient.images.candidates.main import main; sys.exit(main())"
