"""Names that are spelt alike, for hints that say what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def close_matches(word: str, names: Iterable[str], *, n: int, cutoff: float) -> list[str]:
    """The names most like a word, the most alike first.

    Args:
        word: what was written.
        names: what could have been meant.
        n: how many to return at most.
        cutoff: how alike they have to be, from 0 to 1, by `difflib.SequenceMatcher.ratio`.
    """
    # Not at the top: it is slow to load, and nothing has to be guessed where nothing is wrong.
    from difflib import get_close_matches

    return get_close_matches(word, list(names), n=n, cutoff=cutoff)
