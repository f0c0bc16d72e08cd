"""A rule is one line: what is printed reads back as the same rule, whatever its parts."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomes.errors import GenomeError
from genomes.rules import (
    FORMS,
    SHAPES,
    Called,
    Compare,
    Const,
    Insertion,
    Ref,
    Rule,
    Selector,
    Tool,
    Toolset,
    check_tools,
    parse_rule,
)
from genomes.rules.condition import OPS, UNARY
from genomes.rules.selector import RESERVED, words_of

TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "..", 'a "b"', "x.y", "when", "é\u2028", "\n", "\\", "\ud800", "1", "priority 3"]
)
NAMES = st.sampled_from(["mv", "startEngine", "Api.post_x", "a b", "verb:x", *sorted(RESERVED)])
ROLES = st.sampled_from(["folder", "file_name", "a.b", "odd name", "*"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
CONSTS = VALUES.map(Const.of)
SELECTORS = st.just(Selector("any")) | st.builds(
    Selector, st.sampled_from(["tool", "class", "verb", "word"]), NAMES
)
REFS = (
    st.builds(Ref, st.sampled_from(["x", "y"]), ROLES)
    | st.builds(Ref, st.sampled_from(["state", "observation"]), st.sampled_from(["a", "a.b", "ü"]))
    | st.builds(Ref, st.sampled_from(["error", "observation", "request", "steps"]))
)
COMPARISONS = st.builds(Compare, REFS, st.sampled_from(OPS), REFS | CONSTS) | st.builds(
    Compare, REFS, st.sampled_from(UNARY)
)
CONDITIONS = COMPARISONS | st.builds(Called, SELECTORS, st.booleans())


@st.composite
def rules(draw) -> Rule:
    kind = draw(st.sampled_from(list(FORMS)))
    form = FORMS[kind]

    def part(need, strategy):
        if need == "none" or (need == "may" and draw(st.booleans())):
            return None
        return draw(strategy)

    x, y = part(form.x, SELECTORS), part(form.y, SELECTORS)
    inserts = st.builds(
        Insertion,
        NAMES,
        st.dictionaries(NAMES, CONSTS | st.just(Ref("x", "folder")), max_size=2).map(
            lambda args: tuple(args.items())
        ),
    )
    known = {"x": x, "y": y}
    when = {
        str(one): one
        for one in draw(st.lists(CONDITIONS, min_size=form.when == "must", max_size=3))
        if isinstance(one, Called) or all(known.get(r.source, x or y or 1) for r in one.refs)
        if isinstance(one, Called) or not any(r.is_role and not known[r.source] for r in one.refs)
    }
    if form.when == "must" and not when:
        when = {"": Compare(Ref("error"), "exists")}
    return Rule(
        kind,
        x,
        y,
        count=part(form.count, st.integers(1, 999)),
        insert=part(form.insert, inserts),
        text=part(form.text, TEXTS),
        when=tuple(when.values()),
        domains=tuple(draw(st.lists(NAMES, max_size=2))),
        priority=draw(st.integers(0, 999)),
    )


@settings(max_examples=300)
@given(rules().filter(lambda rule: rule is not None))
def test_a_printed_rule_reads_back_and_prints_the_same(rule):
    line = str(rule)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    line.encode()  # half a surrogate pair would have no bytes and so no hash
    assert parse_rule(line) == rule
    assert str(parse_rule(f"  {line}\t")) == line


@given(st.text(max_size=40) | st.sampled_from(SHAPES).map(lambda line: line[:-2]))
def test_anything_else_is_an_error_of_ours(line):
    with suppress(GenomeError):  # any other exception would be a flaw
        assert isinstance(parse_rule(line), Rule)


@pytest.mark.parametrize("line", SHAPES[:11])
def test_every_documented_shape_is_canonical(line):
    assert str(parse_rule(line)) == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("mv befor cd", "expected before, requires, first or last, got 'befor cd'"),
        ("mv before", "got the end of the line"),
        ("mv before cd when", "expected a place"),
        ("mv before cd when x.a = ", "expected a value"),
        ("mv before cd when x = 1", "x needs a name"),
        ("mv first when y.a = 1", "the rule has no y"),
        ("stop", "stop needs a condition"),
        ("stop when state = 1", "state needs a name"),
        ("at most mv", "a whole number"),
        ("at most 1000 mv", "a whole number"),
        ("retry mv 0 times", "at least 1"),
        ("before before mv", "expected a tool"),
        ("mv before cd priority 1 when error", "expected the end of the line"),
        ("mv before cd when error and error", "twice"),
        ("in a mv first", "a colon"),
        ('ask "{{ name }}"', "placeholder"),
        ("mv requires cd or insert cd(a=y.b)", "only arguments of x"),
        ("mv requires cd or insert cd(a=1, a=2)", "given twice"),
        ("mv before cd when steps > NaN", "mv before cd"),
        ("mv first when error.code = 1", "error has no parts"),
    ],
)
def test_the_message_says_what_was_expected_and_where(line, told):
    with pytest.raises(GenomeError) as caught:
        parse_rule(line)
    assert told in str(caught.value)
    assert line in caught.value.what


def test_equal_looking_constants_of_other_types_stay_apart():
    one, true, real = (parse_rule(f"mv first when x.a = {v}") for v in ("1", "true", "1.0"))
    assert len({one, true, real}) == 3


def test_words_of_names():
    assert words_of("fillFuelTank") == words_of("fill_fuel_tank") == ("fill", "fuel", "tank")
    assert words_of("TwitterAPI.post_tweet") == ("post", "tweet")
    assert words_of("getHTTPStatus2") == ("get", "http", "status", "2")


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ("any", ["get_x", "Api.get_y", "post_file"]),
        ("verb:get", ["get_x", "Api.get_y"]),
        ("word:file", ["post_file"]),
        ("class:Api", ["Api.get_y"]),
        ("class:Files", ["post_file"]),
        ("post_file", ["post_file"]),
    ],
)
def test_selectors_mean_tools(selector, meant):
    rule = parse_rule(f"{selector} first")
    assert list(TOOLS.select(rule.x)) == meant


TOOLS = Toolset(
    [
        Tool(name="get_x", args=("a",)),
        Tool(name="Api.get_y", args=("b",)),
        Tool(name="post_file", tool_class="Files", args=("folder", "name")),
    ]
)


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("get_z before get_x", "did you mean 'get_x'"),
        ("verb:got first", "did you mean 'get'"),
        ("class:File last", "did you mean 'Files'"),
        ("stop when called pst_file", "did you mean 'post_file'"),
        ("get_x requires post_file or insert post_fil()", "did you mean 'post_file'"),
        ("post_file before get_x when x.folde = y.a", "did you mean 'folder'"),
        ("zzz first", "known: get_x, Api.get_y, post_file"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(line, near):
    with pytest.raises(GenomeError) as caught:
        check_tools([parse_rule(line)], TOOLS)
    assert near in str(caught.value)
    assert line in str(caught.value)


def test_arguments_of_a_tool_whose_arguments_nobody_listed_may_be_any():
    bare = Toolset([Tool(name="mv"), Tool(name="cd", args=("folder",))])
    check_tools([parse_rule("mv before cd when x.anything = y.folder")], bare)
