"""Pictures of a camera that the server reads."""

import sys

import numpy as np
import pytest
import zxingcpp

from tests.accounts.django_plant import form_mark

WIDTH, HEIGHT = 320, 240


def picture(*texts: str) -> bytes:
    """Symbols side by side on white."""
    dots = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for place, text in enumerate(texts):
        symbol = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=5))
        left = 10 + place * 160
        dots[20 : 20 + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    return dots.tobytes()


def sent(reader, body: bytes, width: object = WIDTH, height: object = HEIGHT):
    reader.get("/")
    return reader.post(
        f"/camera-frame?width={width}&height={height}",
        body,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": form_mark(reader)},
    )


def test_what_a_code_says_is_told_with_its_symbology(reader):
    assert sent(reader, picture("IPC26-000317")).json() == {"texts": ["]d1IPC26-000317"]}
    assert sent(reader, picture("<script>")).json() == {"texts": ["]d1<script>"]}
    assert sorted(sent(reader, picture("A-1", "B-2")).json()["texts"]) == ["]d1A-1", "]d1B-2"]
    assert sent(reader, picture()).json() == {"texts": []}


@pytest.mark.parametrize(
    ("width", "height"),
    [(WIDTH, HEIGHT + 1), (0, 0), ("", HEIGHT), ("x", 1), (-1, -1), (100_000, 1), ("9" * 5000, 1), ("٣٢٠", HEIGHT)],
)
def test_what_is_no_picture_is_refused(reader, width, height):
    assert sent(reader, picture(), width, height).status_code == 400


def test_without_the_package_it_is_said_what_to_install(reader, monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)  # an import finds nothing, as where it is not installed
    answer = sent(reader, bytes(WIDTH * HEIGHT))
    assert (answer.status_code, "pip install 'asbuilt[labels]'" in answer.json()["problem"]) == (501, True)
