"""Each linter of the dictionary, with values it accepts and values it refuses, in this order."""

import pytest

from asbuilt.core.identifiers.gs1.linters import LINTERS

COUPON = "0123456" + "123456" + "11" + "110123"  # company prefix, offer code, save value, first purchase
SECOND = "1" + "1" + "110123" + "9"
THIRD = "2" + "110123" + "0123456"
EXPIRY, START = "3261231", "4261201"
SERIAL, RETAILER, MISCELLANEOUS = "50123456", "611234567", "90000"
COUPONS = " ".join(
    [
        COUPON,
        "6123456789012" + "123456" + "512345" + "512345" + "9123",
        COUPON + SECOND,
        COUPON + THIRD,
        COUPON + EXPIRY + START,
        COUPON + EXPIRY + "4261231",
        COUPON + START + RETAILER + MISCELLANEOUS,
        COUPON + SECOND + THIRD + EXPIRY + START + SERIAL + RETAILER + "95211",
    ]
)
NO_COUPONS = " ".join(
    [
        COUPON[:-1],
        COUPON + "8",
        "7" + COUPON[1:],
        "0123456" + "123456" + "01" + "110123",  # save value of no length
        "0123456" + "123456" + "11" + "610123",  # requirement of six digits
        "0123456" + "123456" + "11" + "115123",  # requirement code 5
        COUPON + "1" + "4" + SECOND[2:],  # additional rule 4
        COUPON + SECOND[:-1] + "7",
        COUPON + EXPIRY[:-1],
        COUPON + "3261301",
        COUPON + "4260230",
        COUPON + "3261130" + START,  # over before it starts
        COUPON + START + EXPIRY,  # fields out of order
        COUPON + SERIAL[:-1],
        COUPON + "601234567",
        COUPON + "681234567",
        COUPON + "93000",
        COUPON + "90300",
        COUPON + "90002",
        COUPON + "9000",
    ]
)

CASES = {
    "csum": (
        "09521234543213 24012345678905 106141412345678908 0000000000000",
        "09521234543214 24012345678909 9520123456789",
    ),
    "csumalpha": ("1987654Ad4X4bL5ttr2310c2K 62577B8fRG7HJK", "1987654Ad4X4bL5ttr2310cXK 62577B8fRG7HKJ 1"),
    "gcppos1": ("9521 95211ABC 0000X", "952 952A A9521 9-521 \uff19521"),
    "gcppos2": ("19521 A9521X", "1952 1952A 9 "),
    "yymmdd": ("261231 240229 000229 250228 990430 000101", "261232 250229 260431 260001 261301 261200 260230 269999"),
    "yymmd0": ("261231 261200 240229 240200", "261232 250229 260431 260000 261300 260231"),
    "yyyymmdd": (
        "20261231 20240229 20000229 24000229 19000228",
        "20261232 20250229 19000229 21000229 20261200 20261301 20260001",
    ),
    "hh": ("00 09 23", "24 25 99"),
    "mi": ("00 59", "60 99"),
    "ss": ("00 59", "60 99"),
    "hhmi": ("0000 2359 1200", "2400 0060 2360 9999"),
    "iso3166": ("276 840 004 894 688", "000 001 999 895 278 280"),
    "iso3166999": ("276 999", "000 998"),
    "iso3166alpha2": ("DE US GB ZW AX", "XX UK AA de D1"),
    "iso4217": ("978 840 826 008 999", "000 276 001 972x"),
    "iso5218": ("0 1 2 9", "3 4 5 6 7 8"),
    "iban": (
        "GB82WEST12345698765432 DE89370400440532013000 FR7630006000011234567890189 MU43BOMM0101123456789101000MUR NO9386011117947 XK051212012345678906",
        "GB82WEST12345698765431 gb82west12345698765432 XX361234567890 DE8937040044053201300 BE71 GBA2WEST12345698765432 GB82WEST1234-698765432",
    ),
    "latitude": ("0000000000 1800000000 1389123456", "1800000001 9999999999"),
    "longitude": ("0000000000 3600000000", "3600000001 9999999999"),
    "importeridx": ("A z 0 9 - _", "! / + . %"),
    "mediatype": ("01 10 80 99", "00 11 29 79"),
    "packagetype": ("PX 201 9 BX APE 1A ZZ", "0 00 PX1 px 9_ 207"),
    "nonzero": ("1 0001 1000", "0 0000"),
    "zero": ("0 00", "1 9"),
    "nozeroprefix": ("1 10 999999999999", "0 01 000"),
    "hasnondigit": ("1A A 12345- 1/", "1 12345"),
    "hyphen": ("-", "A 0 + _"),
    "winding": ("0 1 9", "2 5 8"),
    "yesno": ("0 1", "2 9"),
    "pcenc": ("ABC A%20B %2f%2F %41", "% %2 A%2G 100% %%41 %4"),
    "pieceoftotal": ("0101 0102 9899 9999", "0001 0100 0000 0201 9998"),
    "posinseqslash": ("1/1 1/2 9/9", "2/1 0/1 1/0 1-2 1/ /11 111 a/b 01/2 1//2"),
    "couponcode": (COUPONS, NO_COUPONS),
    "couponposoffer": (
        "001234561234560123456 101234561234560123456 061234567890121234569123456789012345 0012345612345611234567",
        "201234561234560123456 00123456 0012345612345 00123456123456 001234561234561123456 0012345612345601234567 071234567890123123456012 00123456123456012345A",
    ),
}


def test_each_linter_has_its_cases():
    assert set(CASES) == set(LINTERS)


@pytest.mark.parametrize("name", CASES)
def test_accepted(name):
    assert [value for value in CASES[name][0].split() if not LINTERS[name].is_good(value)] == []


@pytest.mark.parametrize("name", CASES)
def test_refused(name):
    assert [value for value in CASES[name][1].split() if LINTERS[name].is_good(value)] == []
