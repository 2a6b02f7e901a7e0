"""Dates and times inside GS1 values (General Specifications, section 3). All arguments are known to be digits.

The century of a two-digit year (7.12) hangs on the day of reading, which core does not know. It matters only for
29 February of the year 00, which is taken to be 2000; that holds until 2050.
"""

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COMMON_YEAR = frozenset(f"{month:02d}{day:02d}" for month, days in enumerate(_DAYS, 1) for day in range(1, days + 1))
_MONTHS = frozenset(f"{month:02d}00" for month in range(1, len(_DAYS) + 1))
_LEAP_DAY = "0229"
_HOURS, _SIXTY = "24", "60"


def is_date(value: str) -> bool:
    """YYMMDD."""
    day = value[2:]
    return day in _COMMON_YEAR or (day == _LEAP_DAY and int(value[:2]) % 4 == 0)


def is_date_or_month(value: str) -> bool:
    """YYMMDD, or YYMM00 for a month without a day."""
    return value[2:] in _MONTHS or is_date(value)


def is_full_date(value: str) -> bool:
    """YYYYMMDD."""
    day, year = value[4:], int(value[:4])
    return day in _COMMON_YEAR or (day == _LEAP_DAY and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def is_hour(value: str) -> bool:
    """HH, 00 to 23."""
    return value < _HOURS


def is_sixtieth(value: str) -> bool:
    """MI or SS, 00 to 59."""
    return value < _SIXTY


def is_hour_and_minute(value: str) -> bool:
    """HHMI."""
    return is_hour(value[:2]) and is_sixtieth(value[2:])
