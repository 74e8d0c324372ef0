"""Phones, as people write them."""

import pytest

from trivium.core.errors import Refusal
from trivium.parties.rules import read_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("０１０－６５５５１２３４", "+861065551234"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_is_read(written, number):
    assert read_phone(written) == number


@pytest.mark.parametrize("text", ["", "abc", "123", "+", "\x00", "9" * 39, "+8600000000000", "😀"])
def test_what_cannot_be_called_is_refused_at_its_field(text):
    with pytest.raises(Refusal) as refused:
        read_phone(text, field="contact")
    assert refused.value.field == "contact"
