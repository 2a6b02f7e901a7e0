"""The first pass: who is who. One claim a Catena-X id and kind is kept, whatever the order of the documents.

Memory follows the number of items, not of documents: what several documents say of one item is merged as it is read.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from asbuilt.core.identifiers.text import normal_form
from asbuilt.exchange.catenax.findings import Findings
from asbuilt.exchange.catenax.parts import Claim
from asbuilt.exchange.catenax.values import CatenaXId
from asbuilt.exchange.intake.findings import Concern, Place
from asbuilt.exchange.intake.values import Moment

Key = tuple[CatenaXId, bool]
"""A Catena-X id, and whether a unit (True) or a lot is meant: the published samples use one id for both."""


@dataclass(slots=True)
class Gathered:
    """What the documents say of the items, and of BOMs how many there are of each and whom they name as suppliers."""

    claims: dict[Key, Claim] = field(default_factory=dict)
    partners: dict[CatenaXId, str] = field(default_factory=dict)
    bom_counts: Counter[CatenaXId] = field(default_factory=Counter)

    def add(self, claim: Claim, findings: Findings) -> None:
        """Keep a claim, merged with what other documents say of the same item."""
        key = (claim.catenax_id, claim.is_unit)
        before = self.claims.get(key)
        if before is None:
            self.claims[key] = claim
        elif before.identity == claim.identity:
            self.claims[key] = _merged(before, claim, findings)
        else:
            self.claims[key] = _preferred(before, claim, findings)

    def add_partner(self, child: CatenaXId, partner: str) -> None:
        """Note under which business partner a BOM names a child; of several the first in alphabetical order counts."""
        self.partners[child] = min(partner, self.partners.get(child, partner))

    def issuer_of(self, claim: Claim, *, own: str) -> str:
        """Who gave the number of a claim: as the claim says, else the business partner of a BOM, else ourselves."""
        return claim.issuer or self.partners.get(claim.catenax_id) or own


def _preferred(one: Claim, other: Claim, findings: Findings) -> Claim:
    """One of two claims that give one id to two different things; the other is refused.

    The higher version of the aspect model counts, then the alphabet, so that the order of files does not matter.
    """
    best, refused = sorted((one, other), key=_preference)
    what = "unit" if best.is_unit else "lot"
    findings.refuse(
        refused.place,
        Concern.IDENTITY,
        f"{refused.catenax_id} is {what} {best.described()} by {_where(best.place)}, and {refused.described()} here; "
        "one id names one thing: give this one its own",
    )
    return best


def _preference(claim: Claim) -> tuple[list[int], tuple[str, str]]:
    return [-int(number) for number in claim.version.split(".") if number], claim.identity


def _merged(one: Claim, other: Claim, findings: Findings) -> Claim:
    made = best_moment(one.made, other.made)
    if _contradict(one.made, other.made):
        assert made is not None, "two times that contradict each other are two times"
        reason = f"{one.catenax_id} is made at another time by {_where(one.place)}; {made.at.isoformat()} was taken"
        findings.warn(other.place, Concern.CONFLICT, reason)
    if one.names_maker == other.names_maker and _differ(one.issuer, other.issuer):
        reason = (
            f"{one.catenax_id} is made by {one.issuer} by {_where(one.place)}, by {other.issuer} here; "
            f"{min(one.issuer, other.issuer)} was taken"
        )
        findings.warn(other.place, Concern.CONFLICT, reason)
    speaking = min((one, other), key=lambda claim: (not claim.names_maker, not claim.issuer, claim.issuer))
    return replace(
        one,
        version=max(one.version, other.version),
        issuer=speaking.issuer,
        names_maker=speaking.names_maker,
        part_number=min(one.part_number, other.part_number),
        number=min(one.number, other.number),
        made=made,
        descriptions=one.descriptions | other.descriptions,
        aliases=one.aliases | other.aliases,
    )


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and normal_form(one) != normal_form(other)


def best_moment(one: Moment | None, other: Moment | None) -> Moment | None:
    """The more precise of two times, then the earlier."""
    given = [moment for moment in (one, other) if moment is not None]
    return min(given, key=lambda moment: (moment.is_day, moment.at, moment.at.isoformat()), default=None)


def _contradict(one: Moment | None, other: Moment | None) -> bool:
    """Whether two times cannot both be right; a day agrees with every time on it."""
    if one is None or other is None:
        return False
    if one.is_day or other.is_day:
        return one.at.date() != other.at.date()
    return one.at != other.at


def _where(place: Place) -> str:
    return f"{place.file}#{place.pointer}"
