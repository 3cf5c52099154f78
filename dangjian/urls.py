"""Every address: the pages, and the interface for programs under ``/api/``."""

from django.urls import path

from dangjian.api.site import urls as interface
from dangjian.web.urls import handler403, handler404
from dangjian.web.urls import urlpatterns as pages

__all__ = ["handler403", "handler404", "urlpatterns"]

urlpatterns = [path("api/", interface), *pages]
