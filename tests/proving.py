"""How many examples a property gets, where as many as all others would take minutes and show nothing new."""

from hypothesis import settings


def examples(share: float) -> int:
    """So large a share of what the profile gives (HYPOTHESIS=quick|prove), but no fewer than the sample's 50."""
    its = settings().max_examples
    return its if its <= 50 else max(50, round(its * share))
