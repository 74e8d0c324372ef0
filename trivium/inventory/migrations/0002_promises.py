"""What the database itself holds to: movements are append-only, a resolved hold stays resolved, room for updates."""

from django.db import migrations

from trivium.core.migrations_sql import append_only

RESOLVED_STAYS = """
CREATE FUNCTION inventory_resolved_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'held' OR NEW.stock_id <> OLD.stock_id OR NEW.subject <> OLD.subject THEN
        RAISE EXCEPTION 'a reservation is resolved once and never deleted: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_reservation_resolved_stays BEFORE UPDATE OR DELETE ON inventory_reservation
    FOR EACH ROW EXECUTE FUNCTION inventory_resolved_stays();
"""

# Every order updates its stock levels: half-empty pages let the new version stay on the page, without touching an
# index, and frequent vacuums keep the chains short.
ROOM = """
ALTER TABLE inventory_stocklevel SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02,
                                      autovacuum_analyze_scale_factor = 0.2);
ALTER TABLE inventory_reservation SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("core", "0001_initial")]

    operations = [
        append_only("inventory_movement"),
        migrations.RunSQL(
            RESOLVED_STAYS,
            "DROP TRIGGER inventory_reservation_resolved_stays ON inventory_reservation;"
            "DROP FUNCTION inventory_resolved_stays();",
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
