"""``openstack vsc image completion``."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from vscclient.osc.command import Command
from vscclient.osc.help import KeepsLines

if TYPE_CHECKING:
    from vscclient.images.candidates.command_line import CommandSyntax as Syntax
    from vscclient.images.candidates.command_line import Kind

HOW_TO = """\
Write the script to a file, such as ``~/.vscclient-completion.bash``, and again after each upgrade. Add to the end of
``~/.bashrc``:

  source ~/.vscclient-completion.bash

In ``~/.zshrc``, these lines go before it: ``autoload -Uz compinit bashcompinit``; ``compinit``; ``bashcompinit``.
The other commands of ``openstack`` are completed as before.
"""


class ShowCompletion(Command):
    """Print a script that completes these commands with the Tab key, for bash and zsh.

    It completes the commands of ``vsc image``, their options and values, codes of rules, properties, and the names of
    images and projects that ``list``, ``show`` and ``share`` saw in the last 24 hours. It never contacts the cloud.
    """

    def get_epilog(self) -> str:
        return "\n".join((HOW_TO, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("shell", metavar="bash", choices=["bash"], help="Language of the script; zsh reads it, too")
        return parser

    def take_action(self, parsed_args: Namespace) -> None:  # noqa: ARG002  # there is one shell
        from vscclient.images import completion
        from vscclient.images.candidates.command_line import CommandSyntax as Syntax
        from vscclient.images.candidates.command_line import Grammar

        names = sorted(name for name, _ in self.app.command_manager if name.startswith("vsc image "))
        openstack = Syntax(
            options={name: kind and "value" for name, kind in _syntax_of(self.app.parser).options.items()}
        )
        grammar = Grammar(openstack, {name: _syntax_of(self._parser_of(name)) for name in names})
        self.app.stdout.write(completion.run(grammar))

    def _parser_of(self, name: str) -> ArgumentParser:
        factory, _, _ = self.app.command_manager.find_command(name.split())
        parser: ArgumentParser = factory(self.app, self.app_args).get_parser(name)
        return parser


def _syntax_of(parser: ArgumentParser) -> Syntax:
    from vscclient.images.candidates.command_line import CommandSyntax as Syntax

    actions = [action for action in parser._actions if action.help != SUPPRESS]  # noqa: SLF001  # argparse has no other way
    arguments = [action for action in actions if not action.option_strings]
    return Syntax(
        options={name: _kind_of(action) for action in actions for name in action.option_strings},
        arguments=[_kind_of(action) for action in arguments],
        repeats=any(action.nargs in ("*", "+") for action in arguments),
    )


def _kind_of(action: Action) -> Kind:
    """Return the kind of a value: its choices, or the word that stands for it in the help, such as ``image``."""
    from vscclient.images.candidates.command_line import FILE, FLAG

    if action.nargs == 0:
        return FLAG
    if action.choices:
        return [str(choice) for choice in action.choices]
    metavar: Any = action.metavar
    kind = metavar.strip("<>") if isinstance(metavar, str) else action.dest
    return FILE if action.dest == "baseline" else kind or action.dest
