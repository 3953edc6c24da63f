"""Settings of the test suite: those of the product in a home of their own, so that no test touches a developer's.

Only what would make tests slow or leak is changed. The database is a file (not memory), opened as in production, so
that threads and processes meet the same locks as users do.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="assaymark-tests-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
(_home / "static").mkdir()
# In the environment too: commands that a test starts as processes live in the same home.
os.environ["ASSAYMARK_HOME"] = str(_home)
os.environ["ASSAYMARK_SECRET_KEY"] = "known-to-everybody-and-used-by-tests-only"

from assaymark.config.settings import *  # noqa: E402, F403
from assaymark.config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "tests.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
