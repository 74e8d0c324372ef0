"""Settings: every variable the product reads is explained."""

import re

from django.core.management import call_command

from tests.architecture import house

BUILDING = {"TRIVIUM_TEST_DATABASE"}


def test_every_variable_is_explained():
    page = (house.ROOT / "docs" / "reference" / "settings.md").read_text()
    read = set()
    for path, _ in house.sources(house.PACKAGE):
        read |= set(re.findall(r"\"(TRIVIUM_[A-Z_]+|DATABASE_URL)\"", (house.ROOT / path).read_text()))
    assert {name for name in read if f"`{name}`" not in page} - BUILDING == set()


def test_django_has_nothing_to_say_against_settings_models_and_addresses():
    call_command("check", fail_level="WARNING")
