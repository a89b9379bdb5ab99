"""Grading: three-valued, with the article of every criterion and the fewest questions."""

from __future__ import annotations

import datetime as dt
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqing.grade import Reason, grade, holds, possible, question
from yuqing.plan import (
    TRUTH,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    During,
    Equals,
    Fact,
    Level,
    Not,
    Plan,
    Scale,
    Was,
)
from yuqing.span import Calendar, NoCalendar, Period, Year

FACTS = (
    Fact(id="media", type="boolean", ask="媒体是否介入"),
    Fact(id="injured", type="boolean", ask="是否有人受伤"),
    Fact(id="sites", type="integer", ask="出现在几个网站"),
    Fact(
        id="comments",
        type="integer",
        ask="评论数",
        bands={"scattered": 0, "tens": 20, "many": 100},
    ),
    Fact(id="trend", type="choice", of=("falling", "flat", "rising"), ask="走势"),
    Fact(id="role", type="choice", of=("county", "city"), ask="本单位层级", default="county"),
)


def a_plan(*levels: Level, ordered: bool = True) -> Plan:
    scale = Scale(id="level", levels=levels or (Level(id="low", name="一般"),), ordered=ordered)
    return Plan(
        id="p",
        title="预案",
        issuer="某市某局",
        version="1",
        facts={fact.id: fact for fact in FACTS},
        scales={"level": scale, "truth": TRUTH},
    )


def yes(name: str) -> Equals:
    return Equals(name, (True,))


# --- conditions --------------------------------------------------------------------------


def test_unknown_is_not_false() -> None:
    """A fact nobody has looked at is unknown, and so is what depends on it."""
    plan = a_plan()
    assert holds(yes("media"), plan, {}) is None
    assert holds(Not(yes("media")), plan, {}) is None
    assert holds(AllOf((yes("media"), yes("injured"))), plan, {"media": True}) is None


def test_one_true_branch_settles_any_and_one_false_branch_settles_all() -> None:
    """`any` with one true branch is true all the same; `all` with one false one is false."""
    plan = a_plan()
    either = AnyOf((yes("media"), yes("injured")))
    both = AllOf((yes("media"), yes("injured")))
    assert holds(either, plan, {"injured": True}) is True
    assert holds(both, plan, {"injured": False}) is False


def test_a_declared_false_is_met_by_an_observed_no() -> None:
    """`{media: false}` holds when somebody looked and said no."""
    no = Equals("media", (False,))
    assert [holds(no, a_plan(), v) for v in ({"media": False}, {"media": True}, {})] == [
        True,
        False,
        None,
    ]


def test_no_condition_always_holds_and_a_default_is_known_until_observed() -> None:
    """`default`: known until someone observes otherwise."""
    plan = a_plan()
    city = Equals("role", ("city",))
    assert holds(None, plan, {}) is True
    assert holds(city, plan, {}) is False
    assert holds(city, plan, {"role": "city"}) is True


def test_satisfied_and_truth_need_no_declaration() -> None:
    """Built in, not declared: scale `truth`, yes/no fact `satisfied`."""
    plan = a_plan()
    assert holds(yes("satisfied"), plan, {"satisfied": True}) is True
    assert holds(Equals("truth", ("untrue", "partly")), plan, {"truth": "partly"}) is True
    assert holds(Equals("truth", ("untrue",)), plan, {}) is None


@pytest.mark.parametrize(
    ("bounds", "holding"),
    [
        ({"at_least": 20}, {20, 99, 100}),
        ({"more_than": 20}, {99, 100}),
        ({"at_most": 20}, {0, 19, 20}),
        ({"less_than": 20}, {0, 19}),
        ({"at_least": 19, "less_than": 100}, {19, 20, 99}),
        ({"at_least": "tens"}, {20, 99, 100}),
        ({"more_than": "tens"}, {100}),
        ({"at_most": "tens"}, {0, 19, 20, 99}),
        ({"less_than": "tens"}, {0, 19}),
        ({"more_than": "many"}, set()),
    ],
)
def test_numbers_are_compared_with_numbers_and_bands(
    bounds: dict[str, int | str], holding: set[int]
) -> None:
    """`at_least: tens` is: in this band or above; two bounds together make a range."""
    compare = Compare(name="comments", **bounds)
    seen = (0, 19, 20, 99, 100)
    assert {n for n in seen if holds(compare, a_plan(), {"comments": n})} == holding


def test_a_number_lies_in_a_band() -> None:
    """`{comments: tens}`: the number lies in this band."""
    tens = Equals("comments", ("tens",))
    assert [holds(tens, a_plan(), {"comments": n}) for n in (19, 20, 99, 100)] == [
        False,
        True,
        True,
        False,
    ]


def test_an_observed_band_answers_what_it_can() -> None:
    """Somebody wrote `comments=tens`: at least 20 for sure, whether 50 nobody knows."""
    plan, seen = a_plan(), {"comments": "tens"}
    assert holds(Compare(name="comments", at_least=20), plan, seen) is True
    assert holds(Compare(name="comments", at_least=50), plan, seen) is None
    assert holds(Compare(name="comments", at_least=100), plan, seen) is False
    assert holds(Equals("comments", ("tens",)), plan, seen) is True
    assert holds(Equals("comments", (30,)), plan, seen) is None
    assert holds(Equals("comments", ("many",)), plan, seen) is False


def test_choices_and_levels_compare_in_their_order() -> None:
    """Choices compare in the order of `of`, levels lightest first."""
    plan = a_plan(
        Level(id="III", name="三级"), Level(id="II", name="二级"), Level(id="I", name="一级")
    )
    above_flat = Compare(name="trend", more_than="flat")
    assert holds(above_flat, plan, {"trend": "rising"}) is True
    assert holds(above_flat, plan, {"trend": "flat"}) is False
    assert holds(Compare(name="level", at_least="II"), plan, {"level": "I"}) is True
    assert holds(Compare(name="level", at_least="II"), plan, {"level": "III"}) is False


@pytest.mark.parametrize(
    "nonsense", [{"media": "是的"}, {"trend": "sideways"}, {"sites": "three"}, {"truth": "maybe"}]
)
def test_a_value_the_fact_cannot_have_is_unknown(nonsense: dict[str, str]) -> None:
    """A typing error neither starts nor stops a clock; `check` names it."""
    ((name, value),) = nonsense.items()
    assert holds(Equals(name, (value,)), a_plan(), nonsense) is None


def test_during_asks_the_calendar_and_says_when_it_has_none() -> None:
    """`during: special`: the start lies in a period named in the calendar."""
    special = {"special": (Period(dt.date(2026, 3, 1), dt.date(2026, 3, 12), "两会"),)}
    calendar = Calendar({2026: Year(year=2026, periods=special)})
    plan, during = a_plan(), During("special")
    assert holds(during, plan, {}, day=dt.date(2026, 3, 12), calendar=calendar) is True
    assert holds(during, plan, {}, day=dt.date(2026, 3, 13), calendar=calendar) is False
    assert holds(during, plan, {}) is None
    with pytest.raises(NoCalendar) as missing:
        holds(during, plan, {}, day=dt.date(2027, 1, 1), calendar=calendar)
    assert missing.value.year == 2027


# --- levels ------------------------------------------------------------------------------

THREE = a_plan(
    Level(id="III", name="三级", clause="五·三级"),
    Level(
        id="II",
        name="二级",
        clause="五·二级",
        when=AnyOf(
            (
                AllOf((Compare(name="sites", at_least=2), yes("injured")), clause="五·二级(a)"),
                AllOf((Was(("III",)), Equals("trend", ("rising",))), clause="五·二级(b)"),
            )
        ),
    ),
    Level(
        id="I",
        name="一级",
        clause="五·一级",
        when=AnyOf(
            (
                AllOf((yes("media"),), clause="五·一级(a)"),
                AllOf((yes("injured"), Compare(name="comments", at_least="many"))),
            )
        ),
    ),
)


def test_nothing_known_leaves_every_level_open() -> None:
    """Ungraded, nothing observed: the worst level is still possible."""
    answer = grade(THREE, {})
    assert answer.certain is None
    assert answer.floor is None
    assert answer.possible == ("III", "II", "I")
    assert answer.questions["I"] == (("media",), ("injured", "comments"))
    assert answer.questions["II"] == (("injured", "sites"),)
    assert "III" not in answer.questions


def test_the_highest_true_level_is_certain_when_no_higher_one_is_open() -> None:
    """Certain: the highest level whose condition is true, if no higher one is unknown."""
    answer = grade(THREE, {"media": True})
    assert (answer.certain, answer.possible) == ("I", ("I",))
    assert answer.reasons == (Reason("I", "五·一级(a)", ("media",)),)
    assert answer.questions == {}


def test_a_true_level_below_an_open_one_is_a_floor() -> None:
    """Possible: that one and every higher unknown one."""
    answer = grade(THREE, {"sites": 3, "injured": True})
    assert answer.certain is None
    assert (answer.floor, answer.possible) == ("II", ("II", "I"))
    assert answer.reasons == (Reason("II", "五·二级(a)", ("sites", "injured")),)
    assert answer.questions == {"I": (("media",), ("comments",))}


def test_the_lightest_level_follows_by_exclusion() -> None:
    """A level without `when` is chosen by exclusion of all the others."""
    answer = grade(THREE, {"media": False, "injured": False})
    assert answer.certain == "III"
    assert answer.by_exclusion
    assert answer.reasons == ()


def test_a_matter_may_lie_below_all_levels() -> None:
    """Where the lightest level has a condition too, all false is no level."""
    plan = a_plan(Level(id="blue", name="蓝色", when=yes("media")))
    answer = grade(plan, {"media": False})
    assert (answer.certain, answer.possible) == (None, ())


def test_every_criterion_is_named_and_a_level_without_paths_gives_its_own_article() -> None:
    """Every criterion matched, with its article; both paths if both hold."""
    answer = grade(THREE, {"media": True, "injured": True, "sites": 2, "comments": 200})
    assert [(r.level, r.clause) for r in answer.reasons] == [
        ("I", "五·一级(a)"),
        ("II", "五·二级(a)"),
    ]
    plan = a_plan(
        Level(id="low", name="轻"), Level(id="high", name="重", clause="三", when=yes("media"))
    )
    assert grade(plan, {"media": True}).reasons == (Reason("high", "三", ("media",)),)


def test_the_path_from_the_level_before() -> None:
    """`was: III`: a mishandled third-level matter rises; without a grade before, it can't."""
    seen = {"trend": "rising", "media": False, "injured": False}
    assert grade(THREE, seen, was="III").certain == "II"
    assert grade(THREE, seen, was={"level": "III"}).reasons == (
        Reason("II", "五·二级(b)", ("trend",)),
    )
    assert grade(THREE, seen, was={"other": "III"}).certain == "III"
    assert grade(THREE, seen).certain == "III"


def test_a_level_in_the_middle_that_only_a_person_can_choose_stays_open() -> None:
    """Levels without `when` are chosen by a person."""
    plan = a_plan(
        Level(id="c", name="丙"),
        Level(id="b", name="乙"),
        Level(id="a", name="甲", when=yes("media")),
    )
    answer = grade(plan, {"media": False})
    assert (answer.certain, answer.possible) == (None, ("c", "b"))
    assert answer.questions == {}


def test_a_scale_that_sorts_without_ranking() -> None:
    """Unordered: kinds whose condition holds; the rest is a person's choice."""
    plan = a_plan(
        Level(id="ask", name="询问"),
        Level(id="hype", name="炒作", when=yes("media")),
        Level(id="attack", name="攻击", when=yes("injured")),
        ordered=False,
    )
    assert grade(plan, {}).possible == ("ask", "hype", "attack")
    assert grade(plan, {"media": True, "injured": False}).certain == "hype"
    assert grade(plan, {"media": True}).certain is None
    both = grade(plan, {"media": True, "injured": True})
    assert (both.certain, both.possible) == (None, ("hype", "attack"))
    assert grade(plan, {"media": False, "injured": False}).certain == "ask"
    assert grade(plan, {}, scale="truth").possible == ("untrue", "partly", "confirmed")
    assert grade(plan, {}, scale="truth").certain is None


def test_a_grade_on_another_scale_is_a_fact_like_any_other() -> None:
    """Scales are independent; a level may still ask for the truth of the matter."""
    plan = a_plan(
        Level(id="low", name="轻"),
        Level(id="high", name="重", when=AllOf((Equals("truth", ("untrue",)), yes("media")))),
    )
    assert grade(plan, {"media": True}).questions == {"high": (("truth",),)}
    assert grade(plan, {"media": True, "truth": "untrue"}).certain == "high"


def test_a_question_tells_the_answers_it_can_have() -> None:
    """The officer is asked in the plan's own words."""
    assert question(THREE, "media").ask == "媒体是否介入"
    assert question(THREE, "media").answers == (True, False)
    assert question(THREE, "trend").answers == ("falling", "flat", "rising")
    assert question(THREE, "comments").answers == ("scattered", "tens", "many")
    assert question(THREE, "sites").answers == ()
    assert question(THREE, "truth").answers == ("untrue", "partly", "confirmed")
    assert question(THREE, "satisfied").answers == (True, False)


# --- against exhaustive search -----------------------------------------------------------

DOMAIN = {
    "media": (True, False),
    "injured": (True, False),
    "trend": ("falling", "flat", "rising"),
    "comments": (0, 10, 20, 50, 100),
}
leaves = st.one_of(
    st.builds(lambda n, v: Equals(n, (v,)), st.sampled_from(("media", "injured")), st.booleans()),
    st.builds(lambda v: Equals("trend", (v,)), st.sampled_from(DOMAIN["trend"])),
    st.builds(lambda v: Compare(name="trend", at_least=v), st.sampled_from(DOMAIN["trend"])),
    st.builds(lambda v: Compare(name="comments", at_least=v), st.sampled_from((20, "many"))),
    st.builds(lambda v: Compare(name="comments", less_than=v), st.sampled_from((20, "many"))),
    st.just(Equals("comments", ("tens",))),
    st.builds(lambda v: Was((v,)), st.sampled_from(("l0", "l1"))),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
known = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in DOMAIN.items()}
)


def by_trying(
    condition: Condition, plan: Plan, values: dict[str, object], was: str | None
) -> set[frozenset[str]]:
    """Every set of unknown facts, every answer: which smallest sets make it true."""
    unknown = [name for name in DOMAIN if name not in values]
    some = chain.from_iterable(combinations(unknown, n) for n in range(1, len(unknown) + 1))
    enough = {
        frozenset(names)
        for names in some
        if any(
            holds(condition, plan, {**values, **dict(zip(names, answers, strict=True))}, was=was)
            for answers in product(*(DOMAIN[name] for name in names))
        )
    }
    return {s for s in enough if not any(other < s for other in enough)}


@settings(max_examples=300, deadline=None)
@given(conditions, known, st.sampled_from((None, "l0", "l1")))
def test_the_questions_are_the_smallest_ones(
    condition: Condition, values: dict[str, object], was: str | None
) -> None:
    """The smallest set of unknown facts that would confirm a level, shortest first."""
    plan = a_plan(Level(id="l0", name="轻"), Level(id="l1", name="重", when=condition))
    answer = grade(plan, values, was=was)
    if holds(condition, plan, values, was=was) is not None:
        assert answer.questions == {}
        return
    asked = answer.questions["l1"]
    assert {frozenset(names) for names in asked} == by_trying(condition, plan, values, was)
    assert [len(names) for names in asked] == sorted(len(names) for names in asked)


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=3), known)
def test_more_facts_never_open_what_was_closed(
    whens: list[Condition], values: dict[str, object]
) -> None:
    """An answer only narrows what is possible, and never unsettles what is certain."""
    plan = a_plan(
        Level(id="l0", name="轻"),
        *(Level(id=f"l{n}", name="重", when=c) for n, c in enumerate(whens, 1)),
    )
    before = grade(plan, values)
    assert before.possible == possible(plan.scales["level"], plan, values)
    for name, answers in DOMAIN.items():
        for answer in answers if name not in values else ():
            after = grade(plan, {**values, name: answer})
            assert set(after.possible) <= set(before.possible)
            assert after.certain == (before.certain or after.certain)


def test_a_plan_with_countless_combinations_is_still_answered() -> None:
    """Twelve criteria of three features each: half a million ways; some of the shortest do."""
    facts = [Fact(id=f"f{n}", type="boolean", ask="?") for n in range(36)]
    when = AllOf(tuple(AnyOf(tuple(yes(f"f{row * 3 + n}") for n in range(3))) for row in range(12)))
    plan = Plan(
        id="p",
        title="预案",
        issuer="某市某局",
        version="1",
        facts={fact.id: fact for fact in facts},
        scales={
            "level": Scale(
                id="level",
                levels=(Level(id="low", name="轻"), Level(id="high", name="重", when=when)),
            )
        },
    )
    asked = grade(plan, {}).questions["high"]
    assert 0 < len(asked) <= 200
    for names in asked:
        assert len(names) == 12
        assert holds(when, plan, dict.fromkeys(names, True)) is True
