from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_no_external_id_index")]

    operations = [
        migrations.AlterModelOptions(
            name="import",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("undo_import", "Can undo import"),
                    ("overwrite_edits_import", "Can let an import overwrite people's edits"),
                ],
            },
        ),
    ]
