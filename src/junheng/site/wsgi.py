"""What the web server calls."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
application = get_wsgi_application()

# What was loaded so far lives as long as the process: the collector need not look at it again
# and again. And a page makes some ten thousand objects that it drops as a whole: collecting
# after every 700, as Python does, is a fifth of the time of a large page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
