"""Partner grades: which rights they are made of."""

from collections.abc import Sequence

from trivium.core.i18n import gettext_noop as _
from trivium.parties.errors import BadGrade

# What grades are made of: areas, and in each the rights of the partner role that a grade can give or withhold. What is
# not here every partner has: its contracts, statements, payouts, people and keys are no favour.
GRADED = {
    "display": (_("Product display"), ("product.view",)),
    "orders": (_("Orders"), ("order.confirm_margin",)),
    "marketing": (_("Marketing"), ("promotion.launch", "coupon.create")),
    "prices": (_("Prices"), ("price.view", "price.edit")),
}
GRADED_RIGHTS = tuple(right for _words, rights in GRADED.values() for right in rights)
MAX_RANK = 99


def check_rights(wanted: Sequence[str]) -> list[str]:
    """The rights of a grade, in the order of the list. None at all is a grade too: its partners only look on.

    Refuses: BadGrade, if one of them is not up to grades.
    """
    for right in wanted:
        if right not in GRADED_RIGHTS:
            raise BadGrade(right=right[:40], field="rights")
    return [right for right in GRADED_RIGHTS if right in wanted]


def graded(rights: frozenset[str], grade: Sequence[str] | None) -> frozenset[str]:
    """A partner's rights under its grade; without one (None) all of them."""
    if grade is None:
        return rights
    return rights - (frozenset(GRADED_RIGHTS) - frozenset(grade))
