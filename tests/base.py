"""The base of all tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oslotest import base
from testtools.content import text_content


class BaseTestCase(base.BaseTestCase):
    """A test whose cases have names: a failure shows the parameters of the case that failed."""

    @contextmanager
    def subTest(self, msg: object = None, **params: Any) -> Iterator[None]:  # unittest's name
        """Name one case of a test; the first one that fails ends the test.

        The method of unittest does nothing here: testtools runs tests by itself, and has no subtests.

        Args:
            msg: What the case is, if its parameters do not say it.
            params: The parameters of the case, shown with a failure.
        """
        try:
            yield
        except Exception:
            shown = [] if msg is None else [str(msg)]
            shown += [f"{name}={value!r}"[:_LONGEST] for name, value in params.items()]
            self.addDetail("case", text_content(", ".join(shown)))
            raise


_LONGEST = 500
"""Characters of a parameter that are shown."""
