"""Reading properties from a file: a flat mapping in YAML or JSON. Each value is the text that stands in the file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import NoReturn

from vscclient import errors

STANDARD_INPUT = "-"

LIMIT_BYTES = 1024**2
"""The longest file that is read, in bytes: 128 properties, as many as an image has by default, have 10 KiB."""

_NOTHING = "tag:yaml.org,2002:null"


def read_properties(path: str) -> dict[str, str]:
    """Return the properties of a file.

    YAML would read 12.10 as 12.1, and ``yes`` as true. A property is text, so the text of the file is kept.

    Args:
        path: Its path; ``-`` is standard input.

    Raises:
        UnusableFile: It cannot be read.
        UsageError: It is not a flat mapping of names to values.
    """
    content = _read(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        _reject(path, 1 + content.count(b"\n", 0, failure.start), "it is not valid text (UTF-8)", failure)
    pairs = _json_pairs(path, text) if text.lstrip().startswith("{") else None
    properties: dict[str, str] = {}
    for key, value, line in pairs if pairs is not None else _yaml_pairs(path, text):
        if not key:
            _reject(path, line, "the name of a property is empty")
        if key in properties:
            _reject(path, line, f"{key} is given twice")
        properties[key] = value
    return properties


def merge_properties(by_option: Mapping[str, str], by_file: Mapping[str, str], path: str) -> dict[str, str]:
    """Return the properties of ``--property`` and of a file.

    Raises:
        UsageError: They give a property different values.
    """
    for key in by_option.keys() & by_file.keys():
        if by_option[key] != by_file[key]:
            raise errors.UsageError(
                f"{key} is given twice, as '{by_option[key]}' by --property and as '{by_file[key]}' in {_label(path)}; "
                "give it once"
            )
    return {**by_file, **by_option}


def _read(path: str) -> bytes:
    if path == "":
        raise errors.UsageError("--property-file is empty; name the file")
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LIMIT_BYTES + 1)
        else:
            with open(path, "rb") as file:
                content = file.read(LIMIT_BYTES + 1)
    except OSError as failure:
        raise errors.UnusableFile(path, os.strerror(failure.errno or 0).lower()) from failure
    if len(content) > LIMIT_BYTES:
        raise errors.UnusableFile(_label(path), f"it is too long: more than {LIMIT_BYTES} bytes")
    return content


def _json_pairs(path: str, text: str) -> list[tuple[str, str, int]] | None:
    """Return the properties of a file in JSON; None if it is YAML, which begins with a brace, too."""
    try:
        pairs = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    return [(key, _json_text(path, key, value), 1) for key, value in pairs]


def _json_text(path: str, key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    _reject(path, 1, f"the value of {key} is not text, a number, true or false")


def _yaml_pairs(path: str, text: str) -> Iterator[tuple[str, str, int]]:
    import yaml  # few commands read such a file

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as failure:
        _reject(path, 1 + text.count("\n", 0, failure.position), "it has a control character", failure)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        _reject(path, mark.line + 1 if mark else 1, f"it is not valid YAML: {failure.problem}", failure)
    except RecursionError as failure:
        _reject(path, 1, "it is nested too deeply", failure)
    if root is None or root.tag == _NOTHING:
        return
    if not isinstance(root, yaml.MappingNode):
        _reject(path, _line(root), "it needs one property on each line: hw_disk_bus: virtio")
    for key, value in root.value:
        texts = [node.value if isinstance(node, yaml.ScalarNode) else None for node in (key, value)]
        if texts[0] is None or texts[1] is None or value.tag == _NOTHING:
            name = f"the value of {texts[0]}" if texts[0] is not None else "the name of a property"
            _reject(path, _line(value), f"{name} is not text, a number, true or false")
        yield str(texts[0]), str(texts[1]), _line(key)


def _line(node: object) -> int:
    """Return the line where a node of YAML begins, from 1."""
    return int(node.start_mark.line) + 1  # type: ignore[attr-defined]


def _label(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else path


def _reject(path: str, line: int, why: str, cause: Exception | None = None) -> NoReturn:
    raise errors.UsageError(f"{_label(path)}, line {line}: {why}") from cause
