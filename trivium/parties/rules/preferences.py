"""What a person can set for themselves."""

import json
import re

from trivium.parties.errors import BadPreference

VIEWS = "views/"
"""Before the name of a list: the preference that holds its saved views."""
MOST_PREFERENCES, MOST_VIEWS = 100, 20
LONGEST_PREFERENCE = 8000
_NAME_OF_PREFERENCE = re.compile(r"[a-z_]+(/[a-z_]+)?")


def check_preference(name: str, value: object) -> None:
    """Whether something can be kept as a person's setting.

    Refuses: BadPreference.
    """
    if len(name) > 60 or not _NAME_OF_PREFERENCE.fullmatch(name) or len(json.dumps(value)) > LONGEST_PREFERENCE:
        raise BadPreference()
