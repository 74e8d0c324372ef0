"""What a test has committed is deleted, table by table, and only where there is something.

Django's way truncates every table, which gives each new files, and then writes all permissions and content types anew:
that took longer than most of the tests that need it. Content types, permissions and what migrations have written are as
migrating left them, so they stay. Triggers and foreign keys do not speak meanwhile, as with TRUNCATE, which asks for
the rights of a superuser; who has not got them has Django's way.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

from trivium.core import sql

STAY = ("django_migrations", "django_content_type", "auth_permission", "parties_retentionrule")
_EMPTY = """
DO $$
DECLARE name text; filled bool;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition
          AND c.relname NOT IN ({stay})
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
        IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF;
    END LOOP;
    DELETE FROM parties_retentionrule WHERE version > 1;  -- the first was written by a migration
END $$
""".replace("{stay}", ", ".join(f"'{name}'" for name in STAY))
_djangos_way = TransactionTestCase._fixture_teardown


def all_tables() -> None:
    """Every table is as migrating left it; identifiers go on counting."""
    with transaction.atomic():
        sql.execute(_EMPTY)


def after_test(case: TransactionTestCase) -> None:
    """What stands in the place of Django's way, where it may."""
    if case.available_apps is not None or not _may():
        _djangos_way(case)
    else:
        all_tables()


def _may() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
