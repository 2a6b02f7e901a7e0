"""Is the server there? For a supervisor or load balancer; tells nothing else."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and `ok`, without touching a database."""
    return HttpResponse("ok\n", content_type="text/plain")
