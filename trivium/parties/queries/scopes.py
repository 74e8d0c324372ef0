"""Which scopes of goods there are."""

from collections.abc import Sequence

from trivium.core import sql
from trivium.parties.errors import UnknownScope

MARKET_IS_NEW = "all"
"""What an applicant names while the catalog has no categories."""
_UNKNOWN = """
SELECT w.path FROM unnest(%(paths)s::text[]) WITH ORDINALITY AS w(path, place)
WHERE NOT EXISTS (SELECT FROM parties_scope s WHERE s.path = w.path)
  AND NOT (w.path = %(new)s AND NOT EXISTS (SELECT FROM parties_scope)) ORDER BY w.place LIMIT 1
"""


def check_scopes_exist(paths: Sequence[str], *, field: str) -> None:
    """Whether goods are named by categories that exist. One statement, none if nothing is named.

    Refuses: UnknownScope, naming the first that does not.
    """
    unknown = sql.rows(_UNKNOWN, {"paths": list(paths), "new": MARKET_IS_NEW}) if paths else []
    if unknown:
        raise UnknownScope(path=unknown[0][0][:80], field=field)
