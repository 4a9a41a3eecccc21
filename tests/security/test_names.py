"""Names that look the same are the same person; names of the product are nobody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.security.names import checked_full_name, checked_sign_in_name, compared, is_named


@given(st.text(max_size=40))
def test_comparing_twice_changes_nothing_more(name: str) -> None:
    assert compared(compared(name)) == compared(name)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Åsa Öberg", "A\u030asa  O\u0308berg"),
        ("MARIA EK", "maria ek"),
        ("Maria\u00a0Ek", "Maria Ek"),
        ("Ｍaria Ek", "Maria Ek"),
        ("Weiß", "WEISS"),
    ],
)
def test_case_width_blanks_and_composition_make_no_other_person(written: str, same: str) -> None:
    assert compared(written) == compared(same)


@pytest.mark.parametrize(
    "text", ["Maria Ek", "MARIA EK, data science", "maria", "Maria Ek (line 3)", "Maria Ek <me@x>"]
)
def test_an_author_is_recognised_by_either_name_with_or_without_a_department(text: str) -> None:
    assert is_named(text, "maria", "Maria Ek")


def test_another_author_is_not() -> None:
    assert not is_named("Maria Ekberg, data science", "maria", "Maria Ek")


@pytest.mark.parametrize("name", ["", "x", "1st", "åsa", "a b", "monitor", "RECOVERY", "x" * 33, "a/b"])
def test_a_name_that_cannot_be_signed_in_with_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        checked_sign_in_name(name)


def test_a_sign_in_name_is_kept_in_lower_case() -> None:
    assert checked_sign_in_name(" Maria.Ek ") == "maria.ek"


@pytest.mark.parametrize("name", ["", "M", "Mar\x07ia", "monitor", "x" * 81])
def test_a_full_name_that_cannot_be_printed_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        checked_full_name(name)
