"""All paths, put together."""

from django.urls import include, path

from asbuilt.site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("asbuilt.api.urls")),
    path("", include("asbuilt.accounts.urls")),
    path("", include("asbuilt.web.urls")),
]

handler400 = "asbuilt.site.errors.bad_request"
handler403 = "asbuilt.site.errors.not_allowed"
handler404 = "asbuilt.site.errors.not_found"
handler500 = "asbuilt.site.errors.server_error"
