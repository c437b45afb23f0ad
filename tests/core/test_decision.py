"""What a policy decides about one detection: the six steps, and the laws they obey."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from policyctl.core.covering import covering, covers
from policyctl.core.decision import Detection, Verdict, applies, decide, in_scope
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 11, 1), date(2026, 10, 31)
SALT = "policyctl/v1:guardrails"  # user@example.com is at 60.69819 %
INPUT, OUTPUT = Direction.INPUT, Direction.OUTPUT
LOGGING, LIMITED, ENFORCE = Stage.LOGGING, Stage.LIMITED, Stage.ENFORCE
ALLOW, LOG, EXCEPTED = Verdict.ALLOW, Verdict.LOG, Verdict.EXCEPTED
REDACT, BLOCK = Verdict.REDACT, Verdict.BLOCK


def guardrail(detector, sensitivity=Sensitivity.L2, **more):
    more = {"direction": INPUT, "action": Action.BLOCK} | more
    return Guardrail(detector=detector, sensitivity=sensitivity, **more)


def exception(name="pii", **more):
    more = {"id": "EX-1", "reason": "r", "owner": "crm", "expires": TODAY} | more
    return PolicyException(guardrail=name, **more)


PII = guardrail("pii")
EMAIL_OFF = guardrail("pii/email", enabled=False)
POLICY = Policy(
    id="support",
    name="Support",
    purpose="Answers questions.",
    use_case="public-facing",
    data_sensitivity="internal",
    owner="support",
    stage=ENFORCE,
    sensitivity=Sensitivity.L2,
    guardrails=(PII,),
)
DETECTION = Detection(
    detector="pii/email",
    direction=INPUT,
    level=Level.L2_VERY_LIKELY,
    app="chat",
    time=NOON,
    key="user@example.com",
    cohort="staff",
)


def case(name, verdict, detection=None, **policy):
    return pytest.param(policy, detection or {}, verdict, id=name)


def limited(name, verdict, detection=None, **scope):
    scope = Limited(**{"salt": SALT} | scope)
    return case(f"limited {name}", verdict, detection, stage=LIMITED, limited=scope)


def excepted(name, verdict, detection=None, guardrail="pii", **more):
    return case(
        f"an exception {name}", verdict, detection, exceptions=(exception(guardrail, **more),)
    )


CASES = [
    # 1. A guardrail covers detector and direction.
    case("no guardrail at all is allowed", ALLOW, guardrails=()),
    case("another detector is allowed", ALLOW, {"detector": "secrets"}),
    case("another direction is allowed", ALLOW, {"direction": OUTPUT}),
    case("a name that only starts alike is allowed", ALLOW, {"detector": "pii_extra"}),
    case("a family is not covered by its member", ALLOW, {"detector": "pii"},
         guardrails=(guardrail("pii/email"),)),
    case("a disabled guardrail is allowed", ALLOW, guardrails=(replace(PII, enabled=False),)),
    case("a family covers its members", BLOCK),
    case("a family covers members of members", BLOCK, {"detector": "pii/email/work"}),
    case("a disabled member is carved out of its family", ALLOW, guardrails=(PII, EMAIL_OFF)),
    case("a disabled member carves out what lies below it", ALLOW, {"detector": "pii/email/work"},
         guardrails=(EMAIL_OFF, PII)),
    case("a disabled member leaves its siblings covered", BLOCK, {"detector": "pii/name"},
         guardrails=(PII, EMAIL_OFF)),
    case("a member acts although its family is disabled", BLOCK,
         guardrails=(replace(PII, enabled=False), guardrail("pii/email"))),
    case("a member disabled in the other direction carves nothing out", BLOCK,
         guardrails=(PII, replace(EMAIL_OFF, direction=OUTPUT))),
    # 2. The level counts at the sensitivity of the most specific guardrail.
    case("a detection of no level is allowed", ALLOW, {"level": None}),
    case("a more confident level is flagged", BLOCK, {"level": Level.L1_CONFIDENT}),
    case("a less confident level is allowed", ALLOW, {"level": Level.L3_LIKELY}),
    case("the milder member decides, not its family", ALLOW,
         guardrails=(PII, guardrail("pii/email", Sensitivity.L1))),
    case("the stricter member decides, not its family", BLOCK, {"level": Level.L4_LESS_LIKELY},
         guardrails=(guardrail("pii/email", Sensitivity.L4), PII)),
    case("the policy's own dial flags nothing by itself", ALLOW, {"level": Level.L3_LIKELY},
         sensitivity=Sensitivity.L4),
    # 3. Exceptions.
    excepted("for the family lets a member through", EXCEPTED),
    excepted("for the member lets it through", EXCEPTED, guardrail="pii/email"),
    excepted("for a narrower detector does not reach up", BLOCK, guardrail="pii/email/work"),
    excepted("for another detector does nothing", BLOCK, guardrail="secrets"),
    excepted("for the app lets it through", EXCEPTED, apps=("shop", "chat")),
    excepted("for another app does nothing", BLOCK, apps=("shop",)),
    excepted("for the cohort lets it through", EXCEPTED, cohorts=("staff",)),
    excepted("for another cohort does nothing", BLOCK, cohorts=("beta",)),
    excepted("for a cohort does not reach an unknown one", BLOCK, {"cohort": ""}, cohorts=("x",)),
    excepted("for the key lets it through", EXCEPTED, keys=("user@example.com",)),
    excepted("for another key does nothing", BLOCK, keys=("mallory@example.com",)),
    excepted("for a key does not reach a missing one", BLOCK, {"key": ""}, keys=("x",)),
    excepted("for the direction lets it through", EXCEPTED, direction=INPUT),
    excepted("for the other direction does nothing", BLOCK, direction=OUTPUT),
    excepted("needs every line of its criterion", BLOCK, apps=("chat",), cohorts=("beta",)),
    excepted("on its last day holds", EXCEPTED, expires=TODAY),
    excepted("after its last day has ended", BLOCK, expires=YESTERDAY),
    excepted("with a malformed day has ended", BLOCK, expires=None),
    excepted("counts nothing that is not flagged", ALLOW, {"level": Level.L3_LIKELY}),
    case("an exception holds in 'logging' too", EXCEPTED, stage=LOGGING, exceptions=(exception(),)),
    case("an exception outside the limited scope is still named", EXCEPTED, stage=LIMITED,
         exceptions=(exception(),)),
    # 4. Logging.
    case("'logging' only logs", LOG, stage=LOGGING),
    # 5. Limited.
    case("a missing scope holds nothing", LOG, stage=LIMITED),
    limited("without lines holds everything", BLOCK),
    limited("to the family holds its members", BLOCK, guardrails=("pii",)),
    limited("to the member holds it", BLOCK, guardrails=("secrets", "pii/email")),
    limited("to a sibling does not", LOG, guardrails=("pii/name",)),
    limited("to a narrower detector does not reach up", LOG, guardrails=("pii/email/work",)),
    limited("to the app holds it", BLOCK, apps=("chat",)),
    limited("to another app does not", LOG, apps=("shop",)),
    limited("to the cohort holds it", BLOCK, cohorts=("staff",)),
    limited("to another cohort does not", LOG, cohorts=("beta",)),
    limited("to a cohort does not hold an unknown one", LOG, {"cohort": ""}, cohorts=("beta",)),
    limited("to a share holds a key below it", BLOCK, share=Fraction(61, 100)),
    limited("to a share does not hold a key above it", LOG, share=Fraction(60, 100)),
    limited("to a share does not hold a missing key", LOG, {"key": ""}, share=Fraction(1)),
    limited("to nobody holds nobody", LOG, share=Fraction(0)),
    limited("needs every line", LOG, apps=("chat",), cohorts=("beta",), share=Fraction(1)),
    # 6. Enforce.
    case("'enforce' blocks", BLOCK),
    case("'enforce' ignores the limited scope", BLOCK, limited=Limited(apps=("shop",))),
    case("'enforce' redacts where the guardrail does", REDACT,
         guardrails=(replace(PII, action=Action.REDACT),)),
    case("the most specific guardrail's action counts", REDACT,
         guardrails=(PII, guardrail("pii/email", action=Action.REDACT))),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "detection", "verdict"), CASES)
def test_the_six_steps_decide(policy, detection, verdict):
    assert decide(replace(POLICY, **policy), replace(DETECTION, **detection)).verdict is verdict


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-11-01T00:00:00+00:00", True),
        ("2026-11-01T23:59:59.999999+00:00", True),
        ("2026-11-02T00:00:00+00:00", False),
        ("2026-11-02T09:59:59+10:00", True),
        ("2026-11-01T14:00:00-10:00", False),
        ("2026-11-01T13:59:59-10:00", True),
        ("2026-11-02T13:59:59+14:00", True),
    ],
)
def test_an_exception_holds_to_the_end_of_its_last_day_in_utc(moment, holds):
    detection = replace(DETECTION, time=datetime.fromisoformat(moment))

    assert applies(exception(expires=TODAY), detection) is holds


def test_a_decision_names_the_guardrail_and_the_exception_that_led_to_it():
    member = guardrail("pii/email")
    waiver = exception()
    policy = replace(POLICY, guardrails=(PII, member))
    blocked = decide(policy, DETECTION)
    let_through = decide(replace(policy, exceptions=(exception("secrets"), waiver)), DETECTION)
    unknown = decide(policy, replace(DETECTION, detector="secrets"))

    assert (blocked.guardrail, blocked.exception) == (member, None)
    assert (let_through.guardrail, let_through.exception) == (member, waiver)
    assert (unknown.guardrail, unknown.exception) == (None, None)


def test_only_block_and_redact_are_noticed():
    assert {verdict for verdict in Verdict if verdict.acts} == {BLOCK, REDACT}


def test_adding_a_more_specific_guardrail_may_let_through_what_its_family_blocked():
    added = replace(POLICY, guardrails=(PII, guardrail("pii/email", Sensitivity.L1)))

    assert (decide(POLICY, DETECTION).verdict, decide(added, DETECTION).verdict) == (BLOCK, ALLOW)


# Laws, over random policies and detections

NAMES = ("pii", "pii/email", "pii/email/work", "pii_extra", "secrets")
APPS, COHORTS, KEYS = ("chat", "shop"), ("staff", "beta"), ("a", "b", "user@example.com")
SHARES = st.none() | st.integers(1, 99).map(lambda percent: Fraction(percent, 100))


def some_of(values):
    """Nothing, which does not narrow, or nearly all of them."""
    return st.sampled_from(((), (), values[:-1], values[1:]))


guardrails = st.lists(
    st.builds(
        Guardrail,
        detector=st.sampled_from(NAMES),
        direction=st.sampled_from(Direction),
        action=st.sampled_from(Action),
        sensitivity=st.sampled_from(Sensitivity),
        enabled=st.sampled_from((True, True, True, False)),
    ),
    unique_by=lambda item: (item.detector, item.direction),
    min_size=5,
    max_size=10,
).map(tuple)
scopes = st.builds(
    Limited,
    guardrails=some_of(NAMES),
    apps=some_of(APPS),
    cohorts=some_of(COHORTS),
    share=SHARES,
    salt=st.just(SALT),
)
exceptions = st.builds(
    PolicyException,
    id=st.just("EX"),
    guardrail=st.sampled_from(NAMES),
    reason=st.just("r"),
    owner=st.just("crm"),
    expires=st.sampled_from((None, *(TODAY + timedelta(days=more) for more in range(-2, 4)))),
    apps=some_of(APPS),
    cohorts=some_of(COHORTS),
    keys=some_of(KEYS),
    direction=st.sampled_from((None, None, *Direction)),
)
policies = st.builds(
    lambda **given: replace(POLICY, **given),
    stage=st.sampled_from(Stage),
    guardrails=guardrails,
    limited=st.one_of(scopes, scopes, st.none()),
    exceptions=st.just(()) | st.lists(exceptions, min_size=1, max_size=3).map(tuple),
)
detections = st.builds(
    Detection,
    detector=st.sampled_from(NAMES),
    direction=st.sampled_from(Direction),
    level=st.sampled_from((*Level, *tuple(Level)[:3], None)),
    app=st.sampled_from(APPS),
    time=st.datetimes(
        datetime(2026, 10, 30),
        datetime(2026, 11, 4),
        timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    ),
    key=st.sampled_from(("", *KEYS)),
    cohort=st.sampled_from(("", *COHORTS)),
)


def strength(policy, detection):
    """What the user notices: 0 nothing, 1 a redaction, 2 a block."""
    return {REDACT: 1, BLOCK: 2}.get(decide(policy, detection).verdict, 0)


def reference(policy, detection):
    """The six steps once more, as the product's page words them, in a different manner."""
    parts = detection.detector.split("/")
    by_name = {(item.detector, item.direction): item for item in policy.guardrails}
    names = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    found = [by_name[name, detection.direction] for name in names
             if (name, detection.direction) in by_name]  # fmt: skip
    if not found or not found[0].enabled or not detection.level:
        return "allow"
    if detection.level.value > found[0].sensitivity.value:
        return "allow"
    for item in policy.exceptions:
        lines = [
            item.guardrail in names,
            not item.apps or detection.app in item.apps,
            not item.cohorts or detection.cohort in item.cohorts,
            not item.keys or detection.key in item.keys,
            not item.direction or detection.direction == item.direction,
        ]
        if item.expires and all(lines):
            ends = datetime.combine(item.expires, time(), UTC) + timedelta(days=1)
            if detection.time < ends:
                return "excepted"
    if policy.stage is ENFORCE:
        return found[0].action.value
    scope = policy.limited
    if policy.stage is LOGGING or scope is None:
        return "log"
    lines = [
        not scope.guardrails or set(scope.guardrails) & set(names),
        not scope.apps or detection.app in scope.apps,
        not scope.cohorts or detection.cohort in scope.cohorts,
    ]
    if scope.share is not None:
        digest = hashlib.sha256(f"{scope.salt}:{detection.key}".encode()).hexdigest()
        lines.append(detection.key and int(digest[:8], 16) < scope.share * 2**32)
    return found[0].action.value if all(lines) else "log"


def draw_guardrail(draw, policy, change):
    at = draw(st.integers(0, len(policy.guardrails) - 1))
    items = list(policy.guardrails)
    items[at] = change(items[at])
    return replace(policy, guardrails=tuple(items))


def raise_a_sensitivity(draw, policy):
    to = draw(st.sampled_from(Sensitivity))
    return draw_guardrail(
        draw, policy, lambda item: replace(item, sensitivity=max(to, item.sensitivity))
    )


def enable_a_guardrail(draw, policy):
    return draw_guardrail(draw, policy, lambda item: replace(item, enabled=True))


def block_rather_than_redact(draw, policy):
    return draw_guardrail(draw, policy, lambda item: replace(item, action=Action.BLOCK))


def move_the_stage_forward(draw, policy):
    return replace(policy, stage=policy.stage.following or policy.stage)


def remove_an_exception(draw, policy):
    return replace(policy, exceptions=policy.exceptions[1:])


def end_an_exception_earlier(draw, policy):
    by = timedelta(days=draw(st.integers(0, 5)))
    earlier = [
        replace(item, expires=item.expires and item.expires - by) for item in policy.exceptions
    ]
    return replace(policy, exceptions=tuple(earlier))


def raise_the_share(draw, policy):
    if policy.limited is None or policy.limited.share is None:
        return policy
    more = draw(st.none() | st.fractions(policy.limited.share, 1, max_denominator=1000))
    return replace(policy, limited=replace(policy.limited, share=more))


def widen_the_limited_scope(draw, policy):
    if policy.limited is None:
        return replace(policy, limited=draw(scopes))
    line = draw(st.sampled_from(("guardrails", "apps", "cohorts")))
    return replace(policy, limited=replace(policy.limited, **{line: ()}))


TIGHTENINGS = (
    raise_a_sensitivity,
    enable_a_guardrail,
    block_rather_than_redact,
    move_the_stage_forward,
    remove_an_exception,
    end_an_exception_earlier,
    raise_the_share,
    widen_the_limited_scope,
)


@pytest.mark.parametrize("verdict", Verdict)
def test_the_random_policies_reach_every_verdict(verdict):
    once = settings(phases=[Phase.generate], max_examples=5000)

    assert find(
        st.tuples(policies, detections),
        lambda pair: decide(*pair).verdict is verdict,
        settings=once,
    )


@given(policies, detections)
@settings(max_examples=500)
def test_the_decision_is_what_the_six_steps_say(policy, detection):
    assert decide(policy, detection).verdict.value == reference(policy, detection)


@pytest.mark.parametrize("tighten", TIGHTENINGS)
@given(policy=policies, detection=detections, data=st.data())
def test_tightening_never_lets_through_what_was_acted_on(tighten, policy, detection, data):
    tighter = tighten(data.draw, policy)

    assert strength(tighter, detection) >= strength(policy, detection)


@given(policies, detections)
def test_logging_never_acts(policy, detection):
    assert not decide(replace(policy, stage=LOGGING), detection).verdict.acts


@given(policies, detections, exceptions, st.integers(1, 400))
def test_an_expired_exception_changes_nothing(policy, detection, waiver, days):
    last = detection.time.astimezone(UTC).date() - timedelta(days=days)
    expired = tuple(replace(waiver, expires=expires) for expires in (last, None))

    found = decide(replace(policy, exceptions=(*expired, *policy.exceptions)), detection)

    assert found == decide(policy, detection)


@given(policies, detections, exceptions)
def test_an_exception_never_makes_anything_stricter(policy, detection, waiver):
    added = replace(policy, exceptions=(*policy.exceptions, waiver))

    assert strength(added, detection) <= strength(policy, detection)


@given(policies, detections, st.randoms(use_true_random=False))
def test_the_order_of_guardrails_and_exceptions_changes_nothing(policy, detection, random):
    shuffled = replace(
        policy,
        guardrails=tuple(random.sample(policy.guardrails, len(policy.guardrails))),
        exceptions=tuple(random.sample(policy.exceptions, len(policy.exceptions))),
    )
    first, second = decide(policy, detection), decide(shuffled, detection)

    assert (first.verdict, first.guardrail) == (second.verdict, second.guardrail)


@given(scopes, st.text(min_size=1), st.fractions(0, 1), st.fractions(0, 1))
def test_raising_the_share_never_loses_a_key(scope, key, one, other):
    low, high = sorted((one, other))
    detection = replace(DETECTION, key=key)

    if in_scope(replace(scope, share=low), detection):
        assert in_scope(replace(scope, share=high), detection)


@given(guardrails, st.sampled_from(NAMES), st.sampled_from(Direction))
def test_the_guardrail_that_decides_is_the_longest_that_covers(items, detector, direction):
    found = covering(items, detector, direction)
    fitting = [
        item for item in items if item.direction is direction and covers(item.detector, detector)
    ]

    assert (found is None) == (not fitting)
    assert all(covers(item.detector, found.detector) for item in fitting)
