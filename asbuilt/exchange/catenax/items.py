"""Units, lots and parts: from what documents claim to events, after a look at what the record holds."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from asbuilt.capture.answers import Acknowledgement
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.identity import AliasAssigned, DuplicateReported
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.definitions import PartState
from asbuilt.exchange.catenax.findings import Findings
from asbuilt.exchange.catenax.gathering import Gathered, best_moment
from asbuilt.exchange.catenax.known import SCHEME, SOURCE, KnownItem, Lookup
from asbuilt.exchange.catenax.parts import Claim
from asbuilt.exchange.catenax.values import CatenaXId
from asbuilt.exchange.intake.findings import Concern, Place, quoted
from asbuilt.exchange.intake.recording import NO_ID, Pending, Recorder
from asbuilt.exchange.intake.values import UNKNOWN_TIME, Moment

ITEMS_AT_ONCE = 500

T = TypeVar("T")


@dataclass(slots=True)
class Item:
    """A unit or lot as the documents of one import describe it."""

    subject: Unit | Lot
    place: Place
    made: Moment | None
    ids: list[CatenaXId]
    aliases: set[tuple[str, str]]

    @property
    def event_time_given(self) -> Moment:
        return self.made or Moment(UNKNOWN_TIME)


@dataclass(slots=True)
class _PartSaid:
    """A part as the documents of one import describe it."""

    place: Place
    descriptions: Counter[str] = field(default_factory=Counter)
    trackings: set[Tracking] = field(default_factory=set)
    first: Moment | None = None

    @property
    def tracking(self) -> Tracking:
        return next(iter(self.trackings)) if len(self.trackings) == 1 else Tracking.SERIALIZED_AND_LOT

    @property
    def description(self) -> str:
        """The most frequent description; of equally frequent ones the first in alphabetical order."""
        return min(self.descriptions, key=lambda text: (-self.descriptions[text], text), default="")


class Items:
    """The units, lots and parts of one import."""

    def __init__(self, recorder: Recorder, findings: Findings) -> None:
        self._recorder = recorder
        self._findings = findings
        self._items: dict[Unit | Lot, Item] = {}
        self._parts: dict[Part, _PartSaid] = {}

    def record(self, gathered: Gathered, progress: Callable[[int, int], None]) -> None:
        """Settle who is who, then record parts, units and lots, each before what needs it."""
        for some in _chunks(list(gathered.claims.values())):
            self._settle(some, gathered)
        for parts in _chunks(list(self._parts)):
            self._record_parts(parts)
        # Units first: of a unit and a lot with one id, links then go to the unit (see Lookup.holders).
        items = sorted(self._items.values(), key=lambda item: isinstance(item.subject, Lot))
        for number, some_items in enumerate(_chunks(items)):
            self._record_items(some_items)
            progress(min((number + 1) * ITEMS_AT_ONCE, len(items)), len(items))

    def _settle(self, claims: Sequence[Claim], gathered: Gathered) -> None:
        """Find the unit or lot each claim is about: what bears the id in the record, else what the claim says."""
        with self._recorder.database.reading(self._recorder.site) as reader:
            holders = Lookup(reader, self._recorder.database).holders(claim.catenax_id for claim in claims)
        for claim in claims:
            issuer = gathered.issuer_of(claim, own=self._recorder.site.issuer)
            subject = _subject_of(claim, holders.get(claim.catenax_id, []), issuer, self._findings)
            if subject is None:
                continue
            if not claim.is_unit and (claim.catenax_id, True) in gathered.claims:
                reason = f"{claim.catenax_id} is a unit by another document and lot {subject} here; both were taken"
                self._findings.warn(claim.place, Concern.IDENTITY, f"{reason}, and BOMs that name it mean the first")
            self._add_item(claim, subject)
            self._add_part(claim, subject.part)

    def _add_item(self, claim: Claim, subject: Unit | Lot) -> None:
        item = self._items.get(subject)
        if item is None:
            self._items[subject] = Item(subject, claim.place, claim.made, [claim.catenax_id], set(claim.aliases))
            return
        reason = f"{subject} has the id {item.ids[0]} by another document; {claim.catenax_id} becomes its further id"
        self._findings.warn(claim.place, Concern.IDENTITY, reason)
        item.ids.append(claim.catenax_id)
        item.aliases |= claim.aliases
        item.made = best_moment(item.made, claim.made)

    def _add_part(self, claim: Claim, part: Part) -> None:
        said = self._parts.setdefault(part, _PartSaid(claim.place))
        said.descriptions.update(claim.descriptions)
        said.trackings.add(Tracking.SERIALIZED if claim.is_unit else Tracking.LOT)
        said.first = min(filter(None, (said.first, claim.made)), key=lambda moment: moment.at, default=None)

    def _record_parts(self, parts: Sequence[Part]) -> None:
        prepared = {part: self._definition(part, self._parts[part]) for part in parts}
        pending = {part: one for part, one in prepared.items() if one is not None}
        with self._recorder.database.reading(self._recorder.site) as reader:
            lookup = Lookup(reader, self._recorder.database)
            recorded = lookup.recorded([one.event_id for one in pending.values()])
            known = lookup.parts(pending)
        for part, one in list(pending.items()):
            if part in known and one.event_id not in recorded:
                widened = self._widened(known[part], self._parts[part])
                if widened is None:
                    del pending[part]
                    self._findings.already_known += 1
                else:
                    pending[part] = widened
        self._recorder.record(list(pending.values()))

    def _definition(self, part: Part, said: _PartSaid) -> Pending | None:
        if len(said.descriptions) > 1:
            names = ", ".join(quoted(text) for text in sorted(said.descriptions))
            reason = f"{part} has several names: {names}; {quoted(said.description)} was taken"
            self._findings.warn(said.place, Concern.CONFLICT, reason)
        event = PartDefined(
            event_id=NO_ID,
            event_time=(said.first or Moment(UNKNOWN_TIME)).at,
            source=SOURCE,
            part=part,
            description=said.description,
            tracking=said.tracking,
        )
        return self._recorder.prepared(event, said.place)

    def _widened(self, known: PartState, said: _PartSaid) -> Pending | None:
        """The definition as it stands, made to allow lots beside units or the reverse, when that is needed."""
        if said.description and known.description and said.description != known.description:
            reason = (
                f"{known.part} is called {quoted(known.description)} here; not changed to {quoted(said.description)}"
            )
            self._findings.warn(said.place, Concern.DIFFERENCE, reason)
        lacking = said.trackings - {known.tracking}
        if not lacking or known.tracking not in (Tracking.SERIALIZED, Tracking.LOT):
            return None  # parts that are counted stay so: the rules then refuse the unit, and say why
        self._findings.warn(
            said.place, Concern.PART, f"{known.part} has units and lots; defined anew as tracked by both"
        )
        event = PartDefined(
            event_id=NO_ID,
            event_time=(said.first or Moment(UNKNOWN_TIME)).at,
            source=SOURCE,
            part=known.part,
            description=known.description,
            revision=known.revision,
            tracking=Tracking.SERIALIZED_AND_LOT,
            uom=known.uom,
            serial_format=known.serial_format,
            gtin=known.gtin,
        )
        return self._recorder.prepared(event, said.place)

    def _record_items(self, items: Sequence[Item]) -> None:
        births = {item.subject: self._birth(item) for item in items}
        names = {item.subject: self._names(item) for item in items}
        with self._recorder.database.reading(self._recorder.site) as reader:
            lookup = Lookup(reader, self._recorder.database)
            known = lookup.items(births)
            bears = {item.subject: _names_borne(known.get(item.subject)) for item in items}
            questions = {item.subject: self._questions(item, bears[item.subject]) for item in items}
            prepared = [*births.values(), *(one for some in names.values() for one in some.values())]
            prepared += [one for some in questions.values() for one in some.values()]
            recorded = lookup.recorded([one.event_id for one in prepared if one is not None])
        living = self._record_births(items, births, known, recorded)
        pending: list[Pending] = []
        for item in living:
            borne = bears[item.subject]
            pending.extend(self._asked(item, questions[item.subject], borne, recorded))
            for name, one in names[item.subject].items():
                if name in borne and one.event_id not in recorded:
                    self._findings.already_known += 1
                else:
                    pending.append(one)
        self._recorder.record(pending)

    def _birth(self, item: Item) -> Pending | None:
        made, subject = item.event_time_given, item.subject
        own = normal_form(subject.issuer) == normal_form(self._recorder.site.issuer)
        supplier = "" if own else subject.issuer
        event: UnitReceived | LotDefined
        if isinstance(subject, Unit):
            event = UnitReceived(event_id=NO_ID, event_time=made.at, source=SOURCE, unit=subject, supplier=supplier)
        else:
            event = LotDefined(
                event_id=NO_ID,
                event_time=made.at,
                source=SOURCE,
                lot=subject,
                supplier=supplier,
                manufactured_on=item.made.at.date() if item.made else None,
            )
        return self._recorder.prepared(event, item.place)

    def _names(self, item: Item) -> dict[tuple[str, str], Pending]:
        """An event for each further name, by (scheme, value); the Catena-X ids first."""
        is_unit = isinstance(item.subject, Unit)
        found: dict[tuple[str, str], Pending] = {}
        for scheme, value in [*((SCHEME, one) for one in sorted(item.ids)), *sorted(item.aliases)]:
            event = AliasAssigned(
                event_id=NO_ID,
                event_time=item.event_time_given.at,
                source=SOURCE,
                unit=item.subject if is_unit and isinstance(item.subject, Unit) else None,
                lot=item.subject if isinstance(item.subject, Lot) else None,
                scheme=scheme,
                value=value,
            )
            pending = self._recorder.prepared(event, item.place)
            if pending is not None:
                found[scheme, value] = pending
        return found

    def _record_births(
        self,
        items: Sequence[Item],
        births: dict[Unit | Lot, Pending | None],
        known: dict[Unit | Lot, KnownItem],
        recorded: set[UUID],
    ) -> list[Item]:
        """Record the items that are new, compare the others with the record; gives those that exist now."""
        living: list[Item] = []
        new: list[tuple[Item, Pending]] = []
        for item in items:
            birth = births[item.subject]
            if birth is None:
                continue
            if item.subject in known and birth.event_id not in recorded:
                self._compare(item, known[item.subject])
                self._findings.already_known += 1
                living.append(item)
            else:
                new.append((item, birth))
        answers = self._recorder.record([birth for _, birth in new])
        living.extend(
            item for (item, _), answer in zip(new, answers, strict=True) if isinstance(answer, Acknowledgement)
        )
        units = sum(isinstance(item.subject, Unit) for item in living)
        self._findings.units += units
        self._findings.lots += len(living) - units
        return living

    def _compare(self, item: Item, known: KnownItem) -> None:
        """Report what the documents say otherwise than an earlier document or the definition of the lot did."""
        first, made = known.first_event, item.made
        if made is None:
            return
        recorded = first.event_time if first.source == SOURCE else None
        if recorded is None and isinstance(first, LotDefined) and first.manufactured_on is not None:
            differs, said = first.manufactured_on != made.at.date(), first.manufactured_on.isoformat()
        elif recorded is not None:
            same_day = recorded.date() == made.at.date()
            differs, said = not (recorded == made.at or (made.is_day and same_day)), recorded.isoformat()
        else:
            return
        if differs:
            reason = f"{item.subject} was made {said} by the record, {made.at.isoformat()} by this; not changed"
            self._findings.warn(item.place, Concern.DIFFERENCE, reason)

    def _questions(self, item: Item, bears: set[tuple[str, str]]) -> dict[CatenaXId, Pending]:
        """A report for each id of a unit that has several: registered twice, or two units with one number."""
        before = {value for scheme, value in bears if scheme == SCHEME}
        if not isinstance(item.subject, Unit) or len(before.union(item.ids)) == 1:
            return {}
        prepared = {one: self._recorder.prepared(_duplicate(item, item.subject, one), item.place) for one in item.ids}
        return {one: pending for one, pending in prepared.items() if pending is not None}

    def _asked(
        self, item: Item, questions: dict[CatenaXId, Pending], bears: set[tuple[str, str]], recorded: set[UUID]
    ) -> Iterable[Pending]:
        """The reports of ids that are further ones, and of those that were when they came.

        The id is taken over all the same: the documents themselves say that it is of this part and serial number.
        """
        before = sorted(value for scheme, value in bears if scheme == SCHEME)
        first = (before or sorted(item.ids))[0]
        for one in sorted(item.ids):
            is_further = one != first and (SCHEME, one) not in bears
            if is_further and before:
                reason = f"{item.subject} has the id {first} already; {one} becomes its further id"
                self._findings.warn(item.place, Concern.IDENTITY, reason)
            if one in questions and (is_further or questions[one].event_id in recorded):
                yield questions[one]


def _duplicate(item: Item, unit: Unit, further: CatenaXId) -> DuplicateReported:
    return DuplicateReported(
        event_id=NO_ID,
        event_time=item.event_time_given.at,
        source=SOURCE,
        unit=unit,
        scheme=SCHEME,
        value=further,
        description="registered under several Catena-X ids",
    )


def _subject_of(claim: Claim, holders: Iterable[Unit | Lot], issuer: str, findings: Findings) -> Unit | Lot | None:
    """The unit or lot of a claim. What already bears the id and has the same part and number is it, whoever made it."""
    holders = list(holders)
    same_kind = [one for one in holders if isinstance(one, Unit) is claim.is_unit]
    for holder in same_kind:
        if (normal_form(holder.part_number), normal_form(holder.name)) == claim.identity:
            if claim.issuer and normal_form(claim.issuer) != normal_form(holder.issuer):
                reason = f"{claim.catenax_id} is {holder} here; {quoted(claim.issuer)} as its maker was not taken over"
                findings.warn(claim.place, Concern.DIFFERENCE, reason)
            return holder
    if same_kind:
        findings.refuse(
            claim.place,
            Concern.IDENTITY,
            f"{claim.catenax_id} is {same_kind[0]} here, {claim.described()} by this document; not changed: "
            "give this one an id of its own, or correct the record",
        )
        return None
    for holder in holders:
        what = "lot" if claim.is_unit else "unit"
        reason = f"{claim.catenax_id} is {what} {holder} here; both were taken, and BOMs that name it mean {holder}"
        findings.warn(claim.place, Concern.IDENTITY, reason)
    part = Part(issuer, claim.part_number)
    return Unit(part, claim.number) if claim.is_unit else Lot(part, claim.number)


def _names_borne(known: KnownItem | None) -> set[tuple[str, str]]:
    return set() if known is None else {(scheme, value) for scheme, _, value in known.aliases}


def _chunks(things: Sequence[T]) -> Iterable[Sequence[T]]:
    return (things[start : start + ITEMS_AT_ONCE] for start in range(0, len(things), ITEMS_AT_ONCE))
