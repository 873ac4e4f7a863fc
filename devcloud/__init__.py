"""A real Keystone and a real Glance on loopback, to try and test vscclient."""

from __future__ import annotations

from devcloud.instance import start

__all__ = ["start"]
