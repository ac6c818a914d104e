"""The one Django app: all models live here, the faces only show and act."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "kerong.web.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"
