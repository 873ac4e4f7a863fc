"""What the YAML file with a site's policy says. Whatever it cannot mean is refused, with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from vscclient import errors
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility

if TYPE_CHECKING:  # most users have no such file
    from yaml.nodes import MappingNode, Node

LIMIT_BYTES = 256 * 1024
"""The longest file that is read, in bytes: a hundred rules with all their weights have 10 KiB, and YAML is slow."""

_TEXT = "tag:yaml.org,2002:str"
_NOTHING = "tag:yaml.org,2002:null"
_UNKNOWN = "unknown"
_TAKEN_AS = (Severity.WARNING, Severity.ERROR)
"""What may be said of a rule that could not be judged."""


def understood(path: str, content: bytes, codes: tuple[str, ...]) -> Settings:
    """The settings that a policy file makes of the built-in ones.

    Args:
        path: Its name, for messages.
        codes: Those of the rules that there are.

    Raises:
        BadPolicy: It says what cannot be.
    """
    return _Policy(path, codes).settings(content)


@dataclass(frozen=True)
class _Policy:
    path: str
    codes: tuple[str, ...]

    def settings(self, content: bytes) -> Settings:
        said = dict(self._pairs(self._root(content), "the policy", ("publishing_role", "rules")))
        rules = list(self._rules(said.get("rules")))
        role = said.get("publishing_role")
        return Settings(
            publishing_role=self._role(role) if role else Settings().publishing_role,
            severities={(code, who): weight for code, who, weight in rules if who},
            unknown_is_error=frozenset(code for code, who, weight in rules if not who and weight is Severity.ERROR),
        )

    def _root(self, content: bytes) -> Node | None:
        """The file's nodes, which know their lines; nothing of it is made into objects."""
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

    def _role(self, node: Node) -> str:
        role = self._text(node, "publishing_role", "the name of a role")
        if not role.strip():
            self._reject(_line(node), "publishing_role is empty; leave it out for the built-in one")
        return role

    def _rules(self, node: Node | None) -> Iterator[tuple[str, Visibility | None, Severity]]:
        """Each weight that is set, by code and visibility; without one it is that of *unknown*."""
        for code, weights in self._pairs(node, "rules", self.codes):
            for key, value in self._pairs(weights, code, (*Visibility, _UNKNOWN)):
                possible = _TAKEN_AS if key == _UNKNOWN else tuple(Severity)
                weight = self._one_of(value, f"{key} of {code}", possible)
                yield code, None if key == _UNKNOWN else Visibility(key), Severity(weight)

    def _pairs(self, node: Node | None, about: str, possible: Collection[str]) -> Iterator[tuple[str, Node]]:
        """The keys and values of a mapping. Nothing at all is an empty one: all its lines may be comments."""
        if node is None or node.tag == _NOTHING:
            return
        seen: set[str] = set()
        for key_node, value in self._mapping(node, about, possible).value:
            key = self._one_of(key_node, f"a key of {about}", possible)
            if key in seen:
                self._reject(_line(key_node), f"{key} stands there twice")
            seen.add(key)
            yield key, value

    def _mapping(self, node: Node, about: str, possible: Collection[str]) -> MappingNode:
        from yaml.nodes import MappingNode

        if not (isinstance(node, MappingNode) and node.tag == "tag:yaml.org,2002:map"):
            self._reject(_line(node), f"{about} should have keys and values; possible keys: {', '.join(possible)}")
        return node

    def _one_of(self, node: Node, about: str, possible: Collection[str]) -> str:
        choice = ", ".join(possible)
        said = self._text(node, about, choice)
        if said not in possible:
            self._reject(_line(node), f"{about} cannot be '{said}'; possible: {choice}")
        return said

    def _text(self, node: Node, about: str, expected: str) -> str:
        from yaml.nodes import ScalarNode

        if not (isinstance(node, ScalarNode) and node.tag == _TEXT):
            self._reject(_line(node), f"{about} cannot be {_in_words(node)}; possible: {expected}")
        return str(node.value)

    def _reject(self, line: int, why: str, cause: Exception | None = None) -> NoReturn:
        raise errors.BadPolicy(self.path, line, why) from cause


def _line(node: Node) -> int:
    """Where it begins, from 1."""
    return int(node.start_mark.line) + 1


def _in_words(node: Node) -> str:
    """What stands there instead of a text."""
    from yaml.nodes import MappingNode, ScalarNode

    if not isinstance(node, ScalarNode):
        return "keys and values" if isinstance(node, MappingNode) else "a list"
    if node.tag == _NOTHING:
        return "nothing"
    return f"{node.value} (a text is needed: '{node.value}')"
