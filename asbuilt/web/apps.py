"""The Django app of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Label `web`; has templates, static files and translations, and no tables."""

    name = "asbuilt.web"
    label = "web"
