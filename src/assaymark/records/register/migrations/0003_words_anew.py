from django.db import migrations


def words_anew(apps, schema_editor):
    """Names of scripts without spaces are found by pieces from here on, long words by their ends too."""
    from assaymark.records.register.naming import rebuild

    rebuild()


class Migration(migrations.Migration):
    dependencies = [("register", "0002_delisted")]

    operations = [migrations.RunPython(words_anew, migrations.RunPython.noop)]
