"""What failing units have in common, ranked. Definitions: docs/concepts/commonality.md."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Index
from asbuilt.queries.commonality.adjusting import Correction, adjusted
from asbuilt.queries.commonality.choosing import CaseRule, Chosen, chosen
from asbuilt.queries.commonality.exact import greater, odds_ratios
from asbuilt.queries.commonality.exposures import exposures_of
from asbuilt.queries.commonality.factors import GRADES, Factor
from asbuilt.queries.commonality.gathering import Exposures
from asbuilt.queries.units import full_names
from asbuilt.queries.windows import Misasked, Window

NAMED_AT_ONCE = 1000
TOLD = 3
"""Values that the sentence of a finding names."""

DIGITS = 6
"""Significant digits of chances and ratios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonalityQuestion:
    """What is asked. by: the factors, empty for all. limit: findings given, None for all."""

    rule: CaseRule
    by: tuple[Factor, ...] = ()
    correction: Correction = Correction.BH
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorValue:
    """A value of a factor. evidence: the weakest grade by which one of the cases has it, '' for recorded work."""

    factor: Factor
    value: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonFinding:
    """Something that failing units have in common; several values when exactly the same units have them.

    odds_ratio with its interval of 95 %; chance: that blind drawing gave as many cases or more (Fisher, one-sided);
    adjusted: corrected for the number of tests. Figures have 6 significant digits. sentence: the same in words.
    """

    factor: Factor
    value: str
    evidence: str
    cases_with: int
    cases_without: int
    controls_with: int
    controls_without: int
    odds_ratio: Decimal
    lower: Decimal
    upper: Decimal
    chance: Decimal
    adjusted: Decimal
    sentence: str
    same_units: list[FactorValue] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commonality:
    """What failing units have in common. values: found, of all factors. tested: sets of units that were tested.

    is_cut: whether what happened to a unit after it was judged was left out.
    """

    cases: int
    controls: int
    is_cut: bool
    factors: tuple[Factor, ...]
    values: int
    tested: int
    correction: Correction
    findings: list[CommonFinding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A unit that has a value."""

    unit: str
    is_case: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class _Tested:
    """Values that exactly the same units have. keys: their places among the exposures."""

    keys: list[int]
    cases_with: int
    controls_with: int


def commonality(
    reader: Reader, wanted: CommonalityQuestion, window: Window, *, index: Index | None = None
) -> Commonality:
    """The findings, the surest first. Raises Misasked, or NotFound where nothing is to be compared.

    index: of the genealogy, opened for this reader; the findings are the same without, and come later.
    """
    factors = wanted.by or tuple(Factor)
    picked = chosen(reader, wanted.rule, window)
    found = exposures_of(reader, picked.every, frozenset(factors), window=window, until=picked.until, index=index)
    tests = _tests(found, picked)
    with_it = np.array([one.cases_with for one in tests], dtype=np.int64)
    controls_with = np.array([one.controls_with for one in tests], dtype=np.int64)
    sizes = {"cases": len(picked.cases), "controls": len(picked.controls)}
    chances = greater(with_it, controls_with, **sizes)
    levels = adjusted(chances, wanted.correction)
    odds = odds_ratios(with_it, controls_with, **sizes)
    ranked = sorted(
        range(len(tests)),
        key=lambda place: (
            levels[place],
            chances[place],
            -odds.ratio[place],
            [found.keys[one] for one in tests[place].keys],
        ),
    )
    return Commonality(
        **sizes,
        is_cut=bool(picked.until),
        factors=factors,
        values=len(found.keys),
        tested=len(tests),
        correction=wanted.correction,
        findings=[
            _finding(
                found,
                picked,
                tests[place],
                [_rounded(float(one[place])) for one in (odds.ratio, odds.lower, odds.upper, chances, levels)],
            )
            for place in ranked[: wanted.limit]
        ],
    )


def _tests(found: Exposures, picked: Chosen) -> list[_Tested]:
    """One for each set of units that some value singles out; a value that all units have singles out none."""
    counts = np.diff(found.start)
    if not len(counts):
        return []
    is_case = np.isin(found.units, np.fromiter(picked.cases, np.int64, len(picked.cases)))
    cases_with = np.add.reduceat(is_case.astype(np.int64)[found.place], found.start[:-1])
    marks = np.random.default_rng(0).integers(2**63, size=len(found.units), dtype=np.uint64)
    sums = np.add.reduceat(marks[found.place], found.start[:-1])
    alike: dict[tuple[int, int], list[list[int]]] = {}
    for key in np.flatnonzero(counts < len(found.units)).tolist():
        _join(found, alike.setdefault((int(counts[key]), int(sums[key])), []), key)
    factors = list(Factor)
    for groups in alike.values():
        for keys in groups:
            keys.sort(key=lambda key: (factors.index(found.keys[key][0]), found.keys[key][1]))
    return [
        _Tested(keys, int(cases_with[keys[0]]), int(counts[keys[0]] - cases_with[keys[0]]))
        for groups in alike.values()
        for keys in groups
    ]


def _join(found: Exposures, groups: list[list[int]], key: int) -> None:
    """Put a key to those that exactly the same units have. Equal sums only say that they may."""
    units, _ = found.of(key)
    for group in groups:
        if np.array_equal(found.of(group[0])[0], units):
            group.append(key)
            return
    groups.append([key])


def _finding(found: Exposures, picked: Chosen, one: _Tested, figures: list[Decimal]) -> CommonFinding:
    values = [_value(found, picked, key) for key in one.keys]
    ratio, lower, upper, chance, level = figures
    cases, controls = len(picked.cases), len(picked.controls)
    named = ", ".join(f"{value.factor} {value.value}" for value in values[:TOLD])
    more = f" (and {len(values) - TOLD} more)" if len(values) > TOLD else ""
    return CommonFinding(
        factor=values[0].factor,
        value=values[0].value,
        evidence=values[0].evidence,
        cases_with=one.cases_with,
        cases_without=cases - one.cases_with,
        controls_with=one.controls_with,
        controls_without=controls - one.controls_with,
        odds_ratio=ratio,
        lower=lower,
        upper=upper,
        chance=chance,
        adjusted=level,
        sentence=(
            f"{one.cases_with:,} of {cases:,} failing units and {one.controls_with:,} of {controls:,} others have "
            f"{named}{more}: odds ratio {ratio:.3g} ({lower:.3g} to {upper:.3g}), corrected chance {level:.2g}"
        ),
        same_units=values[1:],
    )


def _value(found: Exposures, picked: Chosen, key: int) -> FactorValue:
    places, grades = found.of(key)
    # The weakest among the cases; of all units where no case has it.
    of_cases = [
        grade for unit, grade in zip(found.units[places].tolist(), grades.tolist(), strict=True) if unit in picked.cases
    ]
    weakest = max(of_cases or grades.tolist())
    return FactorValue(factor=found.keys[key][0], value=found.names[key], evidence=_graded(weakest))


def _graded(grade: int) -> str:
    return GRADES[grade].value if grade >= 0 else ""


def _rounded(number: float) -> Decimal:
    return Decimal(f"{number:.{DIGITS - 1}e}")


def exposed_units(
    reader: Reader,
    wanted: CommonalityQuestion,
    window: Window,
    *,
    factor: Factor,
    value: str,
    index: Index | None = None,
) -> list[Exposed]:
    """The units that have a value, cases first, by name. Raises Misasked when none of them has it."""
    picked = chosen(reader, wanted.rule, window)
    found = exposures_of(reader, picked.every, frozenset((factor,)), window=window, until=picked.until, index=index)
    key = (factor, normal_form(value))
    if key not in found.keys:
        raise Misasked(f"none of these units has {factor} {value!r}; take a value as a finding spells it")
    places, grades = found.of(found.keys.index(key))
    having: dict[int, int] = dict(zip(found.units[places].tolist(), grades.tolist(), strict=True))
    names: dict[int, str] = {}
    ids = sorted(having)
    for start in range(0, len(ids), NAMED_AT_ONCE):
        names.update(full_names(reader, ids[start : start + NAMED_AT_ONCE]))
    rows = [Exposed(unit=names[one], is_case=one in picked.cases, evidence=_graded(having[one])) for one in ids]
    return sorted(rows, key=lambda row: (not row.is_case, row.unit))
