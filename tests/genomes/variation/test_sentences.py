"""Cutting texts without loss."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from genomes.variation.sentences import joined, split, words

TEXT = st.text(alphabet=st.sampled_from("ab.!? \n\t{}é'"), max_size=40).map(str.strip)


@given(TEXT)
def test_parts_and_gaps_make_the_text(text):
    assert str(split(text)) == text
    assert all(split(text).parts)


@given(TEXT, st.data())
def test_dropping_and_reordering_keep_the_other_sentences(text, data):
    whole = split(text)
    if len(whole.parts) > 1:
        index = data.draw(st.integers(0, len(whole.parts) - 1))
        rest = whole.without(index)
        assert rest.parts == whole.parts[:index] + whole.parts[index + 1 :]
        assert len(rest.gaps) == len(rest.parts) - 1
        order = data.draw(st.permutations(range(len(whole.parts))))
        assert sorted(whole.reordered(order).parts) == sorted(whole.parts)


def test_sentences_and_lines_are_cut():
    text = "Read it. Is it {{ labels }}?\npos: good.\nv1.5 is one word"
    assert split(text).parts == (
        "Read it.",
        "Is it {{ labels }}?",
        "pos: good.",
        "v1.5 is one word",
    )


def test_a_dropped_sentence_takes_the_gap_before_it():
    text = split("A. B.\nC.")
    assert [str(text.without(index)) for index in range(3)] == ["B.\nC.", "A.\nC.", "A. B."]


def test_pieces_join_with_a_space_after_a_sentence_and_a_line_break_otherwise():
    assert joined("Read it.", "Go.") == "Read it. Go."
    assert joined("Labels: {{ labels }}", "Go.") == "Labels: {{ labels }}\nGo."
    assert joined("", "Go.") == "Go."


def test_words_in_placeholders_are_not_words():
    assert [match.group() for match in words("a {{ b }} cé")] == ["a", "cé"]
