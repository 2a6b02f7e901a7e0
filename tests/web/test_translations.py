"""German: every text is translated, and the compiled file is that of its source."""

import gettext
import re
from pathlib import Path

import asbuilt

FOLDER = Path(asbuilt.__file__).parent / "web" / "locale" / "de" / "LC_MESSAGES"


def source() -> dict[str, list[str]]:
    """The texts of django.po with their translations; two for one with a plural."""
    texts = {}
    for entry in (FOLDER / "django.po").read_text(encoding="utf-8").strip().split("\n\n"):
        fields = {
            name: "".join(re.findall(r'"(.*)"', quoted)).replace('\\"', '"').replace("\\n", "\n")
            for name, quoted in re.findall(r'^(msg\w+(?:\[\d\])?) ((?:".*"\n?)+)', entry, re.MULTILINE)
        }
        texts[fields["msgid"]] = [text for name, text in fields.items() if name.startswith("msgstr")]
    return texts


def test_every_text_is_translated():
    assert [text for text, translations in source().items() if not all(translations)] == []


def test_the_compiled_texts_are_those_of_the_source():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        text
        for text, translations in source().items()
        if text
        and translations
        != (
            [compiled.gettext(text)]
            if len(translations) == 1
            else [compiled.ngettext(text, "", 1), compiled.ngettext(text, "", 2)]
        )
    ]
    assert stale == [], "run: cd asbuilt && python -m django compilemessages --settings asbuilt.site.settings"


def test_placeholders_survive_translation():
    for text, translations in source().items():
        for translation in translations:
            assert placeholders(text) == placeholders(translation), text


def placeholders(text: str) -> list[str]:
    """What is filled in: %(name)s in templates, {name} in code."""
    return sorted(re.findall(r"%\(\w+\)s|\{\w+\}", text))


def test_every_text_of_code_and_templates_is_in_the_source():
    """What `makemessages` would add; templates and code are read the simple way, one text at a time."""
    known = source()
    web = FOLDER.parents[2]
    found = {
        text for path in web.rglob("*.html") for text in re.findall(r'{% translate "([^"]+)"', path.read_text("utf-8"))
    }
    calls = r'(?:\b_|gettext|gettext_lazy)\(\s*"((?:[^"\\]|\\.)+)"'
    found |= {text for path in web.rglob("*.py") for text in re.findall(calls, path.read_text("utf-8"))}
    assert len(found) > 150
    assert sorted(found - known.keys()) == [], "run makemessages as docs/concepts/web.md says"
