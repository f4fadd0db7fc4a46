"""An index of what cancelled runs left, for its list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0003_plans_and_caps")]

    operations = [
        migrations.AddIndex(
            model_name="runitem",
            index=models.Index(
                condition=models.Q(("state", "cancelled")),
                fields=["run", "id"],
                name="runitem_cancelled",
            ),
        ),
    ]
