"""Names of things outside: public references for programs, short numbers for people."""

import secrets
from functools import lru_cache

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOWER = "0123456789abcdefghjkmnpqrstvwxyz"
REF_LENGTH = 20

# A number's digits are the row's id, multiplied by an odd constant modulo a power of 32: a bijection, so that numbers
# are unique without a column, a lock or a retry, and yet do not tell how many orders there are.
_BASE_BITS = 30
_MULTIPLIER = 387_420_489
_OFFSET = 715_827_883


def new_ref(prefix: str) -> str:
    """A new public reference: "ord_" and 20 characters of 100 random bits."""
    bits = secrets.randbits(5 * REF_LENGTH)
    return prefix + "_" + "".join(_LOWER[(bits >> shift) & 31] for shift in range(0, 5 * REF_LENGTH, 5))


@lru_cache(maxsize=20_000)
def business_number(letter: str, row_id: int) -> str:
    """The short number people read aloud, made from the row's id: "O-7K2M9Q"."""
    bits = _BASE_BITS
    while row_id >> bits:
        bits += 5
    scrambled = (row_id * _MULTIPLIER + _OFFSET) % (1 << bits)
    digits = "".join(_CROCKFORD[(scrambled >> shift) & 31] for shift in range(bits - 5, -1, -5))
    return f"{letter}-{digits}"


def number_of(text: str, letter: str) -> int:
    """The row's id behind a short number of this letter, as somebody typed it; -1, which no row has, if it is none."""
    found = number_to_id(text) if text.strip()[:2].upper() == f"{letter}-" else None
    return found if found is not None and found < 2**62 else -1


def number_to_id(number: str) -> int | None:
    """The row's id behind a short number, or None if it is no such number. Reads O as 0, I and L as 1."""
    letter, dash, digits = number.strip().upper().partition("-")
    digits = digits.replace("O", "0").replace("I", "1").replace("L", "1")
    if not dash or len(letter) != 1 or not 6 <= len(digits) <= 12 or any(c not in _CROCKFORD for c in digits):
        return None
    scrambled = 0
    for character in digits:
        scrambled = scrambled * 32 + _CROCKFORD.index(character)
    modulus = 1 << (5 * len(digits))
    row_id = (scrambled - _OFFSET) * pow(_MULTIPLIER, -1, modulus) % modulus
    return row_id if business_number(letter, row_id) == f"{letter}-{digits}" else None
