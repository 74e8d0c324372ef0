"""Operations that migrations of several contexts need in plain SQL."""

import json
from collections.abc import Mapping, Sequence

from django.db.migrations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """Make the database refuse UPDATE and DELETE on a table of Sealed rows."""
    return RunSQL(
        f"{_FUNCTION}CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


_HISTORY = """
CREATE OR REPLACE FUNCTION core_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spec jsonb := TG_ARGV[0]::jsonb;
    was jsonb := CASE TG_OP WHEN 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    its jsonb := CASE TG_OP WHEN 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
    one jsonb := CASE TG_OP WHEN 'DELETE' THEN was ELSE its END;
    changed text[];
    refs text[] := ARRAY['', ''];
    named text;
    found text;
    place int;
BEGIN
    IF current_setting('trivium.rotation', true) = 'on' THEN
        RETURN NULL;  -- the same values under another key
    END IF;
    SELECT array_agg(f.field ORDER BY f.place) INTO changed
    FROM jsonb_array_elements_text(spec -> 'fields') WITH ORDINALITY AS f (field, place)
    WHERE was -> f.field IS DISTINCT FROM its -> f.field
      AND NOT (TG_OP = 'INSERT' AND its -> f.field IN ('null', '""'));
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN 1..jsonb_array_length(spec -> 'about') LOOP
        named := spec -> 'about' -> (place - 1) ->> 0;
        found := COALESCE(one ->> split_part(named, '|', 1), one ->> split_part(named, '|', 2));
        IF found IS NOT NULL AND spec -> 'about' -> (place - 1) ->> 1 <> '' THEN
            EXECUTE format('SELECT ref FROM %I WHERE id = $1', spec -> 'about' -> (place - 1) ->> 1) INTO found
            USING found::bigint;
        END IF;
        refs[place] := COALESCE(found, '');
    END LOOP;
    INSERT INTO core_fieldchange (at, actor, kind, subject, beside, row, field, old, new, is_masked)
    SELECT COALESCE(NULLIF(current_setting('trivium.at', true), '')::timestamptz, clock_timestamp()),
           COALESCE(current_setting('trivium.actor', true), ''), spec ->> 'kind', refs[1], refs[2],
           (one ->> 'id')::bigint, f.field,
           CASE WHEN spec -> 'masked' ? f.field THEN NULL WHEN spec -> 'refs' ? f.field
                THEN core_as_reference(spec, f.field, was -> f.field) ELSE was -> f.field END,
           CASE WHEN spec -> 'masked' ? f.field THEN NULL WHEN spec -> 'refs' ? f.field
                THEN core_as_reference(spec, f.field, its -> f.field) ELSE its -> f.field END,
           spec -> 'masked' ? f.field
    FROM unnest(changed) WITH ORDINALITY AS f (field, place) ORDER BY f.place;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION core_as_reference(spec jsonb, field text, value jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    IF spec -> 'refs' ->> field IS NULL OR jsonb_typeof(value) IS DISTINCT FROM 'number' THEN
        RETURN value;
    END IF;
    EXECUTE format('SELECT ref FROM %I WHERE id = $1', spec -> 'refs' ->> field) INTO found USING value::bigint;
    RETURN to_jsonb(found);
END $$;
"""


def keep_history(
    table: str,
    *,
    kind: str,
    fields: Sequence[str],
    about: Sequence[tuple[str, str]] = (("ref", ""),),
    masked: Sequence[str] = (),
    refs: Mapping[str, str] | None = None,
    from_the_start: bool = False,
    only_named: bool = False,
    only: str = "",
) -> RunSQL:
    """Let the database write down every change of these columns (`core.history`), in the act's own transaction.

    `about` says under which references it is found, one or two: (column, "") is the row's own, (column, table) that of
    the row in another table; of "one|other" the first column that holds something counts. `refs` names the table a
    foreign key leads to. Of `masked` columns no value is kept: what identifies a person or a bank account has no place
    in what is never erased. `from_the_start` tells of new and of deleted rows too; with `only`, a condition on NEW, of
    new rows that meet it, none of which is ever deleted. With `only_named` a statement wakes the trigger only where it
    sets one of the fields, so a counter beside them costs nothing (not for generated columns, which no statement sets).
    The model says `keeps_history = True`.
    """
    spec = json.dumps({"kind": kind, "about": [list(each) for each in about], "fields": list(fields),
                       "masked": list(masked), "refs": dict(refs or {})})  # fmt: skip
    named = f"UPDATE OF {', '.join(fields)}" if only_named else "UPDATE"
    when = named
    if from_the_start:
        when = f"INSERT OR {named}" if only else f"INSERT OR {named} OR DELETE"
    return RunSQL(
        f"{_HISTORY}CREATE TRIGGER {table}_keeps_history AFTER {when} ON {table} "
        f"FOR EACH ROW {f'WHEN ({only}) ' if only else ''}EXECUTE FUNCTION core_keep_history('{spec}');",
        f"DROP TRIGGER {table}_keeps_history ON {table};",
    )
