from __future__ import annotations

import pytest

from fitness.suites import Suite, check_suites
from genomes.errors import DataError

LABELS = {"d": ("yes", "no")}


@pytest.fixture
def suites(make_example):
    """Two sound suites of one domain."""

    def suite(role, *numbers):
        made = [make_example(n, target="no" if n % 2 else "yes") for n in numbers]
        return Suite(f"d/{role}", role, "d", tuple(made))

    return suite("search", 1, 2, 3), suite("gate", 4, 5)


def plus(suite, *examples):
    return Suite(suite.name, suite.role, suite.domain, (*suite.examples, *examples))


def test_sound_suites_pass(suites):
    check_suites(suites, LABELS)
    check_suites(suites)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"name": 4, "text": "new", "cluster": "new"}, r"1 id\(s\) used twice: 4"),
        ({"name": 6, "text": "text 4"}, r"1 example\(s\) with the same inputs: 6"),
        ({"name": 6, "target": "maybe"}, r"1 target\(s\) not in .*: 6"),
        ({"name": 6, "domain": "other"}, r"1 example\(s\) of a foreign domain: 6"),
        ({"name": 1, "text": "new", "cluster": "new"}, r"id\(s\) in two roles: 1 .*gate, search"),
        ({"name": 6, "text": "text 1"}, r"2 example\(s\) whose inputs are in two roles: 1, 6"),
        ({"name": 6, "cluster": 1}, r"2 example\(s\) whose cluster is in two roles: 1, 6"),
    ],
)
def test_what_is_wrong_is_named_with_the_ids(suites, make_example, extra, says):
    search, gate = suites
    with pytest.raises(DataError, match=says) as caught:
        check_suites((search, plus(gate, make_example(extra.pop("name"), **extra))), LABELS)
    assert "\n" not in str(caught.value)


def test_inputs_leak_across_domains_but_cluster_names_do_not(suites, make_example):
    search, _ = suites
    two = [make_example(f"o{n}", cluster=n, domain="other", target="x") for n in (1, 2)]
    check_suites((search, Suite("other/gate", "gate", "other", tuple(two))), LABELS)
    seen = make_example("o3", text="text 1", domain="other")
    with pytest.raises(DataError, match="whose inputs are in two roles: 1, o3"):
        check_suites((search, Suite("other/gate", "gate", "other", (*two, seen))), LABELS)


def test_a_role_may_have_many_suites_of_one_cluster(suites, make_example):
    search, gate = suites
    more = Suite(
        "d/search2", "search", "d", (make_example(7, cluster=1), make_example(8, target="no"))
    )
    check_suites((search, gate, more), LABELS)


def test_a_single_class_is_refused_only_where_labels_are_closed(suites, make_example):
    search, _ = suites
    single = Suite("d/gate", "gate", "d", (make_example(4), make_example(6)))
    check_suites((search, single))
    with pytest.raises(DataError, match="'d/gate' has a single class, 'yes'"):
        check_suites((search, single), LABELS)


def test_an_empty_suite_is_refused(suites):
    with pytest.raises(DataError, match="'d/audit' is empty"):
        check_suites((*suites, Suite("d/audit", "audit", "d", ())), LABELS)


def test_two_suites_of_one_name_are_refused(suites):
    with pytest.raises(DataError, match=r"used twice: d/search"):
        check_suites((suites[0], suites[0]), LABELS)


def test_at_most_five_ids_are_shown_with_their_number(suites, make_example):
    wrong = [make_example(n, target="maybe") for n in range(10, 18)]
    with pytest.raises(DataError, match=r"8 target.*: 10, 11, 12, 13, 14, \.\.\."):
        check_suites((plus(suites[0], *wrong), suites[1]), LABELS)
