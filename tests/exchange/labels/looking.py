"""Labels looked at as a scanner does: drawn on paper, and read again by an independent way."""

import re

import pypdfium2
import typst
import zxingcpp

POINTS_PER_MM = 72 / 25.4


def pdf_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in mm."""
    document = pypdfium2.PdfDocument(pdf)
    return [tuple(round(side / POINTS_PER_MM, 2) for side in page.get_size()) for page in document]


def pdf_texts(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def pdf_symbols(pdf: bytes) -> dict[str, bytes]:
    """Symbology identifier and bytes of every symbol on the first page, drawn at 400 dpi."""
    bitmap = pypdfium2.PdfDocument(pdf)[0].render(scale=400 / 72, grayscale=True)
    rows = memoryview(bitmap.buffer).cast("B")
    pixels = b"".join(bytes(rows[n * bitmap.stride : n * bitmap.stride + bitmap.width]) for n in range(bitmap.height))
    return symbols_in(pixels, bitmap.width, bitmap.height)


def svg_symbols(svg: str) -> dict[str, bytes]:
    """The same of an SVG document, drawn by typst's renderer."""
    page = '#set page(width: auto, height: auto, margin: 0mm)\n#image(bytes(sys.inputs.svg), format: "svg")'
    return pdf_symbols(typst.compile(page.encode(), sys_inputs={"svg": svg}))


def zpl_symbols(zpl: str) -> dict[str, bytes]:
    """The same of the graphics in a ZPL format, as a printer puts them on the label."""
    width, height = int(re.search(r"\^PW(\d+)", zpl)[1]), int(re.search(r"\^LL(\d+)", zpl)[1])
    pixels = bytearray(b"\xff" * (width * height))
    for left, top, per_row, data in re.findall(r"\^FO(\d+),(\d+)\^GFA,\d+,\d+,(\d+),([0-9A-F:]+)", zpl):
        digits = 2 * int(per_row)
        row, place, down = "", 0, 0
        while place < len(data):
            if data[place] == ":":
                place += 1
            else:
                row, place = data[place : place + digits], place + digits
            for across, bit in enumerate(f"{int(row, 16):0{4 * digits}b}"):
                if bit == "1":
                    pixels[(int(top) + down) * width + int(left) + across] = 0
            down += 1
    return symbols_in(bytes(pixels), width, height)


def symbols_in(pixels: bytes, width: int, height: int) -> dict[str, bytes]:
    image = memoryview(pixels).cast("B", shape=[height, width])
    return {found.symbology_identifier: found.bytes for found in zxingcpp.read_barcodes(image)}
