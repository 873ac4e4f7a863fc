"""Tab completion: the script of ``vsc image completion bash``, in shells on a terminal in which Tab is pressed."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest import mock

import fixtures

from tests import base
from tests.unit.osc.interactive_shell import InteractiveShell
from vscclient.images.candidates import main
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
        program.write_text(f"#!{sys.executable}\nfrom vscclient.images.candidates.main import main\nmain()\n")
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

    def test_a_reader_that_has_gone_is_no_error(self) -> None:
        with mock.patch.object(main, "answer_of", side_effect=KeyboardInterrupt), mock.patch("sys.stdin"):
            self.assertEqual(0, main.main())


RUN = "import sys; from vscclient.images.candidates.main import main; sys.exit(main())"
