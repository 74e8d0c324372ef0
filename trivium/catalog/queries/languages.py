"""Which of the traders' own words lack a language."""

import json
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.lists import COUNTED, Found, Wanted, counted, like


@dataclass(frozen=True, slots=True)
class Lacking:
    """A product whose name or description is missing in a language, with the words there are."""

    product_ref: str
    name: dict[str, str]
    supplier: str
    what: str
    language: str


_LACKING = """
FROM catalog_product p JOIN parties_organization s ON s.id = p.supplier_id
CROSS JOIN (VALUES ('name'), ('description')) AS w (what)
CROSS JOIN unnest(%(languages)s::text[]) AS g (language)
CROSS JOIN LATERAL (SELECT CASE w.what WHEN 'name' THEN p.name ELSE p.description END AS given) AS t
WHERE p.is_listed AND COALESCE(t.given ->> g.language, '') = ''
  AND (w.what = 'name' OR t.given <> '{}'::jsonb)
  AND (%(what)s = '' OR w.what = %(what)s)
  AND (%(text)s = '' OR p.name::text ILIKE %(like)s OR s.name ILIKE %(like)s)
"""


def lacking_words(actor: Actor, wanted: Wanted, languages: list[str]) -> Found:
    """Listed products whose words lack one of these languages, newest first. Filters: language, what. Two statements.

    A description nobody has written in any language lacks none.
    Refuses: Denied("party.admit"), for all but those who run the platform.
    """
    actor.require("party.admit")
    chosen = wanted.filters.get("language")
    params = {"languages": [chosen] if chosen else languages, "what": wanted.filters.get("what", ""),
              "text": wanted.text, "like": like(wanted.text), "limit": wanted.limit,
              "offset": wanted.offset}  # fmt: skip
    columns = "SELECT p.ref, p.name::text, s.name, w.what, g.language"
    page = f"{columns} {_LACKING} ORDER BY p.id DESC, w.what DESC, g.language LIMIT %(limit)s OFFSET %(offset)s"
    count = f"SELECT count(*) FROM (SELECT {_LACKING} LIMIT {COUNTED + 1}) AS counted"
    rows = [Lacking(ref, json.loads(name), *rest) for ref, name, *rest in sql.rows(page, params)]
    return Found(rows, *counted(sql.rows(count, params)[0][0]))
