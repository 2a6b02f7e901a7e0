"""The version of the static files: a digest of what they hold, so that a browser never mixes old with new."""

import hashlib
from importlib.metadata import version
from pathlib import Path

import asbuilt

STATIC = Path(asbuilt.__file__).parent / "web" / "static"


def static_version(folder: Path = STATIC) -> str:
    """Ten characters that change with any of our static files or with the bundled htmx."""
    digest = hashlib.sha256(version("django-htmx").encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
