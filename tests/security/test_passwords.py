"""Passwords are kept as Argon2id with the parameters of RFC 9106, and told apart in constant effort."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.security import passwords
from aiqu_desktop.security.passwords import Cost, fits, hashed, outdated

words = st.text(min_size=passwords.SHORTEST, max_size=40)


def test_a_real_sites_hash_has_the_second_recommended_parameters_of_rfc_9106() -> None:
    assert hashed("twelve letters", Cost.SITE).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@settings(max_examples=30, deadline=None)
@given(words, words)
def test_a_hash_fits_its_own_password_and_no_other(one: str, other: str) -> None:
    kept = hashed(one, Cost.DEMO)
    assert fits(kept, one, Cost.DEMO) and one not in kept
    assert fits(kept, other, Cost.DEMO) == (passwords._normal(other) == passwords._normal(one))
    assert kept != hashed(one, Cost.DEMO), "each hash has its own salt"


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert fits(hashed("Skärtorsdag 12", Cost.DEMO), "Ska\u0308rtorsdag 12", Cost.DEMO)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 257])
def test_a_password_that_is_too_short_or_too_long_is_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(UserError, match="12 to 256 characters"):
        hashed(password, Cost.DEMO)


def test_nobody_has_no_password_and_a_damaged_hash_fits_none() -> None:
    assert not fits(None, "nobody has this password", Cost.DEMO)
    assert not fits("$argon2id$broken", "twelve letters", Cost.DEMO)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    kept = hashed("twelve letters", Cost.DEMO)
    assert outdated(kept, Cost.SITE) and not outdated(kept, Cost.DEMO)
    assert fits(kept, "twelve letters", Cost.SITE), "it is still known"
