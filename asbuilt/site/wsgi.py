"""What a WSGI server loads: `asbuilt.site.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

if not __debug__:
    raise SystemExit(
        "asbuilt does not start under python -O: the checks that keep a bug out of the record would be off. "
        "Start it without -O and unset PYTHONOPTIMIZE."
    )

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asbuilt.site.settings")

application = get_wsgi_application()

from asbuilt.site.printing import start_printing  # noqa: E402 - Django is set up by now

# A batch of events is thousands of small objects that are soon gone. The collector of cycles would look through all of
# them, and through Django, again and again: what was loaded is left out, and the rest looked at less often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)

start_printing()
