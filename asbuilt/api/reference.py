"""Writes docs/reference/openapi.json: `python -m asbuilt.api.reference`; with --check only says if it is current."""

import os
import sys
from importlib import import_module
from pathlib import Path

import django
import msgspec

import asbuilt

DOCUMENT = Path(asbuilt.__file__).parents[1] / "docs" / "reference" / "openapi.json"


def text() -> str:
    """The OpenAPI description as it is kept: two blanks a level, a line break at the end. Starts Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asbuilt.site.settings")
    django.setup()
    # Only now: the views know the accounts, and those exist when Django was started.
    description = import_module("asbuilt.api.openapi").openapi()
    return msgspec.json.format(msgspec.json.encode(description), indent=2).decode() + "\n"


def is_current() -> bool:
    """Whether the kept document is what the code says."""
    return DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text()


def write() -> None:
    """Bring the kept document up to date."""
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        write()
    elif not is_current():
        sys.exit(f"{DOCUMENT} is out of date; run: python -m asbuilt.api.reference")
