"""Triggers that say which contacts and companies were written, and whose link lost its record."""

from django.db import migrations, models

CHANGED = """
CREATE FUNCTION crm_sync_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM crm_sync_connection WHERE is_enabled AND direction <> 'pull') THEN
    INSERT INTO crm_sync_change (object, subject_id) SELECT TG_ARGV[0], id FROM written;
  END IF;
  RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER crm_sync_{event} AFTER {event} ON {table} REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION crm_sync_changed('{object}');
"""
TABLES = {"contacts_contact": "contact", "contacts_company": "company"}

# A link whose record is gone says what is to become of the CRM's.
ORPHANED = """
CREATE FUNCTION crm_sync_orphaned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.remote_id <> '' THEN
    INSERT INTO crm_sync_deletion (connection_id, object, remote_id, reason, state)
    SELECT id, NEW.object, NEW.remote_id, 'deleted', 'waiting' FROM crm_sync_connection
    WHERE id = NEW.connection_id AND when_deleted_here = 'delete' ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER crm_sync_orphaned AFTER UPDATE ON crm_sync_link FOR EACH ROW
WHEN (COALESCE(OLD.contact_id, OLD.company_id) IS NOT NULL
 AND COALESCE(NEW.contact_id, NEW.company_id) IS NULL)
EXECUTE FUNCTION crm_sync_orphaned();
"""
# What is sent of a company may hold what its latest referral says.
REFERRED = """
CREATE FUNCTION crm_sync_referred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM crm_sync_connection WHERE is_enabled AND direction <> 'pull') THEN
    INSERT INTO crm_sync_change (object, subject_id) VALUES ('company', NEW.company_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER crm_sync_referred AFTER INSERT OR UPDATE ON crm_sync_referral FOR EACH ROW
WHEN (NEW.company_id IS NOT NULL) EXECUTE FUNCTION crm_sync_referred();
"""
UNDO = """
DROP FUNCTION crm_sync_changed CASCADE;
DROP FUNCTION crm_sync_orphaned CASCADE;
DROP FUNCTION crm_sync_referred CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crm_sync", "0003_signing_in"),
        ("contacts", "0017_happenings"),
    ]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="marks",
            field=models.JSONField(
                blank=True, default=dict, help_text="What is over and done with."
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="told_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When the CRM told of a change that no sync has read yet.",
                null=True,
            ),
        ),
        migrations.RunSQL(
            CHANGED
            + "".join(
                TRIGGER.format(event=event, table=table, object=name)
                for table, name in TABLES.items()
                for event in ("insert", "update")
            )
            + ORPHANED
            + REFERRED,
            UNDO,
        )
    ]
