"""Reading the YAML file with a site's policy. A mistake in it is reported with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from guestinspect.model.machine import MachineType, parse_machine_type
from vscclient import errors
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility

if TYPE_CHECKING:  # most users have no such file
    from yaml.nodes import Node

LIMIT_BYTES = 256 * 1024
"""The longest file that is read, in bytes: a hundred rules with all their severities have 10 KiB, and YAML is slow."""

_TEXT = "tag:yaml.org,2002:str"
_MAPPING = "tag:yaml.org,2002:map"
_NOTHING = "tag:yaml.org,2002:null"
_KEYS = ("machine_type", "publishing_role", "rules", "trusted_namespaces")
_UNKNOWN = "unknown"
_UNKNOWN_SEVERITIES = (Severity.WARNING, Severity.ERROR)
"""Severities that a rule which could not be checked can have."""


def parse(path: str, content: bytes, codes: tuple[str, ...]) -> Settings:
    """Parse a policy file into the settings: the built-in ones with its differences.

    Args:
        path: Name of the file, for messages.
        content: Content of the file.
        codes: The codes of all rules.

    Raises:
        InvalidPolicyFile: The file has a mistake.
    """
    return _Parser(path, codes).settings(content)


@dataclass(frozen=True)
class _Parser:
    """A parser of nodes, never of objects: YAML's nodes know their lines, and a file cannot make Python objects."""

    path: str
    codes: tuple[str, ...]

    def settings(self, content: bytes) -> Settings:
        pairs = dict(self._pairs(self._root(content), "the policy", _KEYS))
        severities = list(self._severities(pairs.get("rules")))
        role = Settings().publishing_role
        if node := pairs.get("publishing_role"):
            role = self._text(node, "publishing_role", "the name of a role")
            if not role.strip():
                self._reject(_line(node), "publishing_role is empty; omit it for the built-in role")
        return Settings(
            publishing_role=role,
            severities={(code, audience): severity for code, audience, severity in severities if audience},
            unknown_is_error=frozenset(
                code for code, audience, severity in severities if not audience and severity is Severity.ERROR
            ),
            trusted_namespaces=frozenset(self._texts(pairs.get("trusted_namespaces"), "trusted_namespaces")),
            machine_type=self._machine_type(pairs.get("machine_type")),
        )

    def _machine_type(self, node: Node | None) -> MachineType:
        if node is None:
            return Settings().machine_type
        choice = ", ".join(MachineType)
        text = self._text(node, "machine_type", choice)
        machine = parse_machine_type(text)
        if machine is None:
            self._reject(_line(node), f"machine_type cannot be '{text}'; possible: {choice}")
        return machine

    def _root(self, content: bytes) -> Node | None:
        import yaml

        try:
            text = content.decode("utf-8-sig")
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except UnicodeDecodeError as failure:
            self._reject(1 + content.count(b"\n", 0, failure.start), "it is not valid text (UTF-8)", failure)
        except yaml.reader.ReaderError as failure:
            line = 1 + text.count("\n", 0, failure.position)
            self._reject(line, "it has a control character, which YAML does not allow", failure)
        except yaml.MarkedYAMLError as failure:
            mark = failure.problem_mark or failure.context_mark
            self._reject(mark.line + 1 if mark else 1, f"it is not valid YAML: {failure.problem}", failure)
        except RecursionError as failure:
            self._reject(1, "it is nested too deeply", failure)

    def _severities(self, node: Node | None) -> Iterator[tuple[str, Visibility | None, Severity]]:
        """Yield each severity in the file, by code and audience; audience None stands for ``unknown``."""
        for code, severities in self._pairs(node, "rules", self.codes):
            for key, value in self._pairs(severities, code, (*Visibility, _UNKNOWN)):
                possible = _UNKNOWN_SEVERITIES if key == _UNKNOWN else tuple(Severity)
                severity = self._one_of(value, f"{key} of {code}", possible)
                yield code, None if key == _UNKNOWN else Visibility(key), Severity(severity)

    def _pairs(self, node: Node | None, about: str, possible: Collection[str]) -> Iterator[tuple[str, Node]]:
        """Yield the keys and values of a mapping. An empty node is an empty mapping: all its lines may be comments."""
        from yaml.nodes import MappingNode

        if node is None or node.tag == _NOTHING:
            return
        if not (isinstance(node, MappingNode) and node.tag == _MAPPING):
            self._reject(_line(node), f"{about} needs keys and values; possible keys: {', '.join(possible)}")
        seen: set[str] = set()
        for key_node, value in node.value:
            key = self._one_of(key_node, f"a key of {about}", possible)
            if key in seen:
                self._reject(_line(key_node), f"{key} is given twice")
            seen.add(key)
            yield key, value

    def _texts(self, node: Node | None, about: str) -> Iterator[str]:
        """Yield the texts of a list. An empty node is an empty list."""
        from yaml.nodes import SequenceNode

        if node is None or node.tag == _NOTHING:
            return
        if not isinstance(node, SequenceNode):
            self._reject(_line(node), f"{about} needs a list of names: [VSC::Image]")
        for item in node.value:
            yield self._text(item, f"a name in {about}", "the name of a namespace")

    def _one_of(self, node: Node, about: str, possible: Collection[str]) -> str:
        choice = ", ".join(possible)
        text = self._text(node, about, choice)
        if text not in possible:
            self._reject(_line(node), f"{about} cannot be '{text}'; possible: {choice}")
        return text

    def _text(self, node: Node, about: str, expected: str) -> str:
        """Return the text of a node. YAML takes ``yes``, ``12`` and their like for something else: they need quotes."""
        from yaml.nodes import MappingNode, ScalarNode

        if isinstance(node, ScalarNode) and node.tag == _TEXT:
            return str(node.value)
        if not isinstance(node, ScalarNode):
            found = "keys and values" if isinstance(node, MappingNode) else "a list"
        else:
            found = "nothing" if node.tag == _NOTHING else f"{node.value} (text is needed: '{node.value}')"
        self._reject(_line(node), f"{about} cannot be {found}; possible: {expected}")

    def _reject(self, line: int, why: str, cause: Exception | None = None) -> NoReturn:
        raise errors.InvalidPolicyFile(self.path, line, why) from cause


def _line(node: Node) -> int:
    """Return the line where a node begins, from 1."""
    return int(node.start_mark.line) + 1
