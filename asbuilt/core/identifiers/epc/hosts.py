"""Domain names on RFID tags, in which frequent parts take 7 or 14 bits (EPC Tag Data Standard 2.3, section 14.5.16)."""

from asbuilt.core.identifiers.epc.plus_texts import code_40_packed, code_40_unpacked, joined
from asbuilt.core.identifiers.epc.segments import CHARACTER_BITS, Bits, Packed

HOST_MAX = 63
_LENGTH_BITS = 6
_CHARACTERS = "!\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

_FREQUENT = {
    "qr.": 0b0011110, "www.": 0b0011111, "id.": 0b0100000, ".com": 0b1011011, ".org": 0b1011100, ".net": 0b1011101,
    ".int": 0b1011110, ".edu": 0b1100000, ".gov": 0b1111011, ".mil": 0b1111100, ".biz": 0b1111101, ".eco": 0b1111110,
    ".med": 0b1111111,
}  # fmt: skip
"""Table 14-11: in 7 bits."""

_LISTS = (
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br bs bt bw by bz ca cc
    cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga
    gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke
    kg kh ki km kn kp kr kw ky kz la lb lc li
    """,
    """
    lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np
    nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn sr ss
    st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug us uy uz va vc ve vg vi vn vu wf ws ye yt
    za zm zw
    """,
    """
    com.au net.au org.au co.at com.bd co.bd com.br net.br co.nz com.ng com.pk co.in com.in co.il co.jp co.za co.kr
    com.es com.lk co.th co.tt com.tt com.tr biz.tr com.ua co.uk co.zm com.zm com.cn org.cn net.cn gov.cn
    """,
    "tech",
)
"""Tables 14-12 to 14-15: in 14 bits, of which the first 7 are the number of the list."""

_UNITS: dict[str, tuple[int, ...]] = {
    **{character: (ord(character),) for character in _CHARACTERS},
    **{part: (unit,) for part, unit in _FREQUENT.items()},
    **{f".{name}": (table, row) for table, names in enumerate(_LISTS) for row, name in enumerate(names.split())},
}
_PARTS = {units: part for part, units in _UNITS.items()}
_PART_MAX = max(map(len, _UNITS))


def host_packed(host: str) -> Packed | None:
    """Encoding indicator, length and characters, in the way that takes fewer bits; None where neither can hold it."""
    if not 0 < len(host) <= HOST_MAX:
        return None
    by_40 = code_40_packed(host)
    written = [] if by_40 is None else [joined(Packed(0, 1), Packed(len(host), _LENGTH_BITS), by_40)]
    units = _units_of(host)
    if units is not None and len(units) < 1 << _LENGTH_BITS:
        value = joined(*(Packed(unit, CHARACTER_BITS) for unit in units))
        written.append(joined(Packed(1, 1), Packed(len(units), _LENGTH_BITS), value))
    return min(written, key=lambda packed: packed.size, default=None)


def host_unpacked(bits: Bits) -> str | None:
    """The domain name in the next bits."""
    is_ascii = bits.take(1)
    count = bits.take(_LENGTH_BITS)
    if not is_ascii:
        return code_40_unpacked(bits, count) or None
    units = iter([bits.take(CHARACTER_BITS) for _ in range(count)])
    parts: list[str] = []
    for unit in units:
        part = _PARTS.get((unit, next(units, -1)) if unit < len(_LISTS) else (unit,))
        if part is None:
            return None
        parts.append(part)
    return "".join(parts) or None


def _units_of(host: str) -> list[int] | None:
    """From the left the longest part that there is a unit for."""
    units: list[int] = []
    start = 0
    while start < len(host):
        part = next((one for end in range(_PART_MAX, 0, -1) if (one := host[start : start + end]) in _UNITS), None)
        if part is None:
            return None
        units += _UNITS[part]
        start += len(part)
    return units
