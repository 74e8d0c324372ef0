"""The unified social credit code (GB 32100-2015) of a Chinese company, with its two check digits."""

DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
COMPANY = "91"  # registered with the market regulator, as an enterprise


def body_check(number: str) -> str:
    """The check digit of an eight-digit organization number (GB 11714)."""
    rest = sum(_BODY.index(digit) * weight for digit, weight in zip(number, _BODY_WEIGHTS, strict=True)) % 11
    return "0" if rest == 0 else "X" if rest == 1 else str(11 - rest)


def code_check(first_seventeen: str) -> str:
    """The last digit of a credit code: it makes the sum over powers of three divisible by 31."""
    total = sum(DIGITS.index(digit) * pow(3, place, 31) for place, digit in enumerate(first_seventeen))
    return DIGITS[-total % 31]


def credit_code(region: str, number: int) -> str:
    """The code of the enterprise with this organization number, registered in this region (six digits, GB/T 2260)."""
    body = f"{number:08d}"
    code = f"{COMPANY}{region}{body}{body_check(body)}"
    return code + code_check(code)


def is_valid(code: str) -> bool:
    """Whether both check digits are right."""
    well_formed = len(code) == 18 and set(code) <= set(DIGITS)
    return well_formed and code[16] == body_check(code[8:16]) and code[17] == code_check(code[:17])
