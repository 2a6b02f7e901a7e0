from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

import asbuilt

CEST = timezone(timedelta(hours=2))
WHEN = datetime(2026, 6, 4, 8, 12, 31, tzinfo=CEST)


def drawn(template: str, **context) -> str:
    return engines["django"].from_string("{% load asbuilt %}" + template).render(context)


@pytest.mark.parametrize("tone", ["neutral", "pass", "fail", "hold", "rework"])
def test_a_status_is_said_by_shape_word_and_colour(tone):
    pill = drawn("{% pill word tone %}", word="On hold <b>", tone=tone)
    assert pill == (
        f'<span class="pill is-{tone}"><span class="shape" aria-hidden="true"></span>On hold &lt;b&gt;</span>'
    )


def test_a_status_of_no_known_tone_is_a_bug():
    with pytest.raises(ValueError, match="'green' is not a valid Tone"):
        drawn('{% pill "Good" "green" %}')


@pytest.mark.parametrize("number", ["ipc26-000317", "a" * 200, "ÄÖ 7/µ", "<script>", "0009 ", "ﬁ-1"])
def test_a_serial_number_is_shown_letter_by_letter(number):
    shown = drawn("{{ number|serial }}", number=number)
    kind = "serial is-long" if len(number) > 32 else "serial"
    before, after = f'<span class="{kind}" translate="no">', "</span>"
    assert shown.startswith(before)
    assert unescape(shown[len(before) : -len(after)]) == number


def test_a_moment_keeps_the_zone_in_which_it_happened():
    assert drawn("{% moment when %}", when=WHEN) == (
        '<local-time><time datetime="2026-06-04T08:12:31+02:00">2026-06-04 08:12 +02:00</time></local-time>'
    )
    assert ">2026-06-04</time>" in drawn('{% moment when "date" %}', when=WHEN)
    assert ">08:12</time>" in drawn('{% moment when "time" %}', when=WHEN)
    assert ">2026-06-04 06:12 UTC</time>" in drawn("{% moment when %}", when=WHEN.astimezone(UTC))
    assert "+05:45</time>" in drawn("{% moment when %}", when=WHEN.astimezone(timezone(timedelta(hours=5, minutes=45))))


def test_no_moment_is_nothing():
    assert drawn("{% moment when %}", when=None) == ""


def test_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(AssertionError, match="without a zone"):
        drawn("{% moment when %}", when=WHEN.replace(tzinfo=None))


def test_an_icon_goes_with_a_word_and_is_not_read_out():
    icon = drawn('{% icon "scan-barcode" 20 %}')
    assert icon.startswith("<svg")
    for attribute in ('width="20"', 'aria-hidden="true"', 'class="icon"'):
        assert attribute in icon


def test_all_templates_compile():
    folder = Path(asbuilt.__file__).parent / "web" / "templates"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
    assert len(names) > 8
    for name in names:
        get_template(name)
