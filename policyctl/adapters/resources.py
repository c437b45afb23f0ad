"""The schemas and baselines that travel with policyctl."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(kind: str) -> Traversable:
    """The folder of shipped ``schemas`` or ``baselines``, in a wheel and in a checkout alike.

    A wheel carries both under ``policyctl/_data``. In a checkout, and in an editable install of
    one, they stand beside the package.
    """
    package = files("policyctl")
    packaged = package.joinpath("_data", kind)
    if packaged.is_dir():
        return packaged
    return Path(str(package)).parent / kind
