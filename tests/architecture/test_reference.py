"""The generated pages say what the code says."""

import pytest

from tools.make_reference import FOLDER, PAGES


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_reference_is_up_to_date(page: str) -> None:
    assert (FOLDER / page).read_text() == PAGES[page](), f"run `make docs`: docs/reference/{page} is old"
