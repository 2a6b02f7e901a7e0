import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers import iccbba
from asbuilt.core.identifiers.reading import Scheme

FDA = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123"
FDA_READ = (
    "processor_product_identification_code=A9999XYZ100T0944 serial=000025 "
    "donation_identification_number=A99971312345600 expiry=2014-02-01 production_date=2013-02-01 lot=000000000000XYZ123"
)

READ = [
    (FDA, FDA_READ),
    (f"]d1{FDA}\r\n", FDA_READ),
    (f"=+06000{FDA}", FDA_READ),
    ("=A99991712345600", "donation_identification_number=A99991712345600"),
    ("]C4=A99991712345600", "donation_identification_number=A99991712345600"),
    ("=G12341765432170", "donation_identification_number=G12341765432170"),
    ("=/A9997AB3456T0123", "processor_product_identification_code=A9997AB3456T0123"),
    ("=A99991712345600=,000012", "donation_identification_number=A99991712345600 serial=000012"),
    (
        "=+04035=/A9997XYZ100T0479=,000012=A99991712345600=>019031",
        (
            "processor_product_identification_code=A9997XYZ100T0479 serial=000012 "
            "donation_identification_number=A99991712345600 expiry=2019-01-31"
        ),
    ),
    (
        "=+05000=Z54991712345600=%T300=<T0416003&>0183652359&,4PL001499Z549917123456A00T041600320181231",
        (
            "donation_identification_number=Z54991712345600 blood_groups=T300 product_code=T0416003 "
            "expiry=2018-12-31T23:59 single_european_code=PL001499Z549917123456A00T041600320181231"
        ),
    ),
    ("=)1TE123456A&)RZ12345678", "container_manufacturer_and_catalog_number=1TE123456A lot=RZ12345678"),
    ("=<E0791VAa", "product_code=E0791VAa"),
    ("&,1XYZ123", "lot=XYZ123"),
    ("=>999365", "expiry=1999-12-31"),
    ("=>020366", "expiry=2020-12-31"),
    ("&}0203660000", "production_date=2020-12-31T00:00"),
]

REFUSED = [
    ("=G12341765432171", "check-character"),
    ("=A999917123456", "invalid-value"),
    ("=A9999171234560O", "invalid-value"),
    ("=O99991712345600", "unknown-data-identifier"),
    ("=zINVALID", "unknown-data-identifier"),
    ("=", "unknown-data-identifier"),
    ("&", "unknown-data-identifier"),
    ("=A99991712345600X", "unknown-data-identifier"),
    ("=/A9999XYZ100T094", "invalid-value"),
    ("=/O9999XYZ100T0944", "invalid-value"),
    ("=/a9999xyz100t0944", "invalid-value"),
    ("=,00002", "invalid-value"),
    ("=>021366", "invalid-date"),
    ("=>021000", "invalid-date"),
    ("&>0210012400", "invalid-date"),
    ("&>0210012360", "invalid-date"),
    ("=>\u0660\u0661\u0662\u0663\u0664\u0665", "invalid-value"),
    ("&,1", "invalid-value"),
    ("&,1abc", "invalid-value"),
    ("&,11234567890123456789", "unknown-data-identifier"),
    ("=+05000=/A9997XYZ100T0479=A99991712345600=,000012=>019031", "compound-count"),
    ("=+04000", "compound-count"),
    ("=+4000=,000012", "compound-message-malformed"),
    ("=,000012=+01000", "compound-message-malformed"),
    ("=>019031=>019032", "duplicate-element"),
    ("&xSOME", "unsupported-data-structure"),
    ("&#0105ABC12", "unsupported-data-structure"),
    ("=" * 8193, "too-long"),
    ("&" * 1_000_000, "too-long"),
]


@pytest.mark.parametrize(("text", "elements"), READ)
def test_structures_are_read(text, elements):
    reading = iccbba.read(text)
    assert reading.scheme is Scheme.ICCBBA
    assert reading.faults == ()
    assert " ".join(f"{element.id}={element.value}" for element in reading.elements) == elements


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_structures_are_refused(text, code):
    reading = iccbba.read(text)
    assert reading.elements == ()
    assert [fault.code for fault in reading.faults] == [code]


@pytest.mark.parametrize("text", ["", "A99991712345600", "]C1=A99991712345600", "]d2=,000012", "\ud800", "\0="])
def test_other_texts_are_left_to_others(text):
    assert iccbba.read(text) is None


@given(st.text() | st.text("=&/,>}<+)1A09", max_size=60).map(lambda text: f"={text}"))
def test_any_text_has_an_answer(text):
    reading = iccbba.read(text)
    assert reading is None or bool(reading.elements) != bool(reading.faults)


@given(st.integers(0, len(FDA) - 1), st.characters())
def test_a_damaged_identifier_raises_nothing(place, character):
    iccbba.read(FDA[:place] + character + FDA[place + 1 :])
