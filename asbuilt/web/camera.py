"""A picture of the camera, where the browser reads no codes by itself: it sends grey dots and is told what they say."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.exchange.labels.problems import LabelsMissing
from asbuilt.exchange.labels.symbols import texts_in
from asbuilt.web.asking import whole

SIDE_MAX = 1280
"""Dots of a side of a picture: what a code takes up of it is read at less."""


@require_POST
@requires(Action.READ)
def camera_frame(request: ActorRequest) -> HttpResponse:
    """The texts of the codes on a picture: {"texts": […]}, as a scanner would send them.

    `width` and `height` in the address; the body is a byte for each dot, row by row from the top, 0 for black. Answers
    400 for what is no such picture, and 501 where the package that reads codes is not installed.
    """
    width, height = whole(request.GET, "width"), whole(request.GET, "height")
    is_picture = 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX
    if not is_picture or len(request.body) != width * height:
        return JsonResponse({"problem": _("This is no picture of the camera.")}, status=HTTPStatus.BAD_REQUEST)
    dots = memoryview(request.body).cast("B", shape=[height, width])
    try:
        return JsonResponse({"texts": texts_in(dots)})
    except LabelsMissing as problem:
        return JsonResponse({"problem": str(problem)}, status=HTTPStatus.NOT_IMPLEMENTED)
