"""What it costs to promote only what passes: whoever picks has looked in several places.

Twenty guardrails and applications that are all exactly as bad as is tolerated, each judged by
itself at 5 %, let at least one through in 64 of 100 cases. So where a gate allows to pick, each is
judged with the error divided by the number of those that could have been picked (Bonferroni; for
an e-value, evidence that many times as strong).
"""

from __future__ import annotations

from policyctl.core.frozen import replace
from policyctl.core.policy import Gate, Promote
from policyctl.core.tally import Tally


def candidates(tally: Tally) -> int:
    """How many guardrails and applications could be picked.

    Each in which the policy flags something that no exception lets through, whether the scope of
    the promotion takes it in or not: what was left out was looked at, too.
    """
    return sum(stratum.flagged > stratum.excepted for stratum in tally.strata)


def priced(gate: Gate, tally: Tally) -> Gate:
    """The gate by which one guardrail in one application is judged; itself where nobody picks."""
    if gate.promote is Promote.ALL:
        return gate
    return replace(gate, confidence=1 - (1 - gate.confidence) / max(1, candidates(tally)))
