"""SerialPart and Batch documents: which unit or lot they are about, and what they say of it."""

from dataclasses import dataclass, replace

from asbuilt.core.identifiers.text import normal_form
from asbuilt.exchange.catenax.aspects import Aspect, local_identifiers
from asbuilt.exchange.catenax.documents import ID_KEYS, Document
from asbuilt.exchange.catenax.findings import Findings
from asbuilt.exchange.catenax.values import CatenaXId, catenax_id
from asbuilt.exchange.intake.findings import Concern, Place, quoted
from asbuilt.exchange.intake.values import Moment, moment, name_in, text_in, why_no_name

Payload = dict[str, object]

_DATE_KEYS = ("date", "productionDate", "manufacturingDate")
_NO_FURTHER_NAMES = frozenset(
    {"manufacturerId", "manufacturerPartId", "customerPartId", "batchId", "jisCallDate", "parentOrderNumber"}
)
"""Local identifiers of something else than the unit or lot: its maker, its part, its lot, its call-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a document says about the unit or lot of a Catena-X id.

    issuer: who gave part and number, '' when not said; names_maker: the document itself says so, not its container.
    number: serial or lot number. aliases: further names, as (scheme, value). made: None when not said.
    """

    place: Place
    aspect: Aspect
    version: str
    catenax_id: CatenaXId
    issuer: str
    names_maker: bool
    part_number: str
    number: str
    made: Moment | None
    descriptions: frozenset[str]
    aliases: frozenset[tuple[str, str]]

    @property
    def is_unit(self) -> bool:
        return self.aspect is Aspect.SERIAL_PART

    @property
    def identity(self) -> tuple[str, str]:
        """Part and number in their normal form: what two documents about one thing agree in."""
        return normal_form(self.part_number), normal_form(self.number)

    def described(self) -> str:
        """For messages: the part and number it claims."""
        return f"{self.part_number}/{self.number}"


def claim_in(document: Document, payload: Payload, findings: Findings) -> Claim | None:
    """The claim of a SerialPart or Batch document; None when it lacks what is essential, which is then refused."""
    item_id = id_of(document, payload, findings)
    part_number = _part_number(document, payload, findings)
    if item_id is None or part_number is None:
        return None
    names = _names(document, payload, findings)
    issuer = _issuer(document, names, findings)
    if issuer is None:
        return None
    description = _description(document.place, payload, findings)
    number, aliases = _number_and_aliases(document.aspect, item_id, names)
    return Claim(
        place=document.place,
        aspect=document.aspect,
        version=document.version,
        catenax_id=item_id,
        issuer=issuer,
        names_maker="manufacturerId" in names,
        part_number=part_number,
        number=number,
        made=_made(document.place, payload, findings),
        descriptions=frozenset({description} if description else ()),
        aliases=aliases,
    )


def id_of(document: Document, payload: Payload, findings: Findings) -> CatenaXId | None:
    """The id of the item a document is about: its own, else that of its container. Refused when there is none."""
    key = next((key for key in ID_KEYS if payload.get(key) is not None), None)
    value = document.context.catenax_id if key is None else payload[key]
    found = catenax_id(value)
    if found is None:
        place = document.place if key is None else document.place / key
        if value is None:
            reason = "no catenaXId or globalAssetId; nothing says which unit or lot this is about"
        else:
            reason = f"{quoted(value)} is no UUID; nothing says which unit or lot this is about"
        findings.refuse(place, Concern.IDENTITY, reason)
        return None
    container = catenax_id(document.context.catenax_id)
    if key is None:
        findings.warn(document.place, Concern.IDENTITY, f"says no id of its own; taken from its container: {found}")
    elif container not in (None, found):
        findings.warn(document.place / key, Concern.IDENTITY, f"its container says {container}; its own id was taken")
    return found


def _part_number(document: Document, payload: Payload, findings: Findings) -> str | None:
    """manufacturerPartId; or customerPartId, because a SerialPart 4.0.0 may do without the former."""
    information = payload.get("partTypeInformation")
    place = document.place / "partTypeInformation"
    value = information.get("manufacturerPartId") if isinstance(information, dict) else None
    if value is None and isinstance(information, dict) and "globalAssetId" in payload:
        number = name_in(information.get("customerPartId"))
        if number is not None:
            findings.warn(place, Concern.PART, f"no manufacturerPartId; customerPartId {quoted(number)} was taken")
            return number
    number = name_in(value)
    if number is None:
        findings.refuse(place / "manufacturerPartId", Concern.PART, f"manufacturerPartId {why_no_name(value)}")
    return number


def _names(document: Document, payload: Payload, findings: Findings) -> dict[str, list[str]]:
    """The local identifiers by key, each list sorted: the order in a document means nothing."""
    names: dict[str, list[str]] = {}
    for key, value in local_identifiers(payload):
        name, scheme = name_in(value), name_in(key)
        if name is None or scheme is None:
            place = document.place / "localIdentifiers"
            wrong = value if name is None else key
            findings.warn(place, Concern.TEXT, f"{quoted(key)} was left out: it {why_no_name(wrong)}")
            if key == "manufacturerId":
                names.setdefault(key, [])  # one that cannot be read must not become another manufacturer
        elif name not in names.setdefault(scheme, []):
            names[scheme].append(name)
    for values in names.values():
        values.sort()
    return names


def _issuer(document: Document, names: dict[str, list[str]], findings: Findings) -> str | None:
    """Who gave part and serial number: manufacturerId, else the container's bpnl, else ''. None when unreadable."""
    makers = names.get("manufacturerId")
    if makers is not None:
        if not makers:
            reason = "manufacturerId cannot be taken; nothing says whose number this is"
            findings.refuse(document.place / "localIdentifiers", Concern.IDENTITY, reason)
            return None
        if len(makers) > 1:
            reason = f"several manufacturerIds: {', '.join(makers)}; the first was taken"
            findings.warn(document.place / "localIdentifiers", Concern.IDENTITY, reason)
        return makers[0]
    return name_in(document.context.bpnl) or ""


def _number_and_aliases(
    aspect: Aspect, item_id: CatenaXId, names: dict[str, list[str]]
) -> tuple[str, frozenset[tuple[str, str]]]:
    """The serial or lot number, and all further names.

    jisNumber and custom keys are no serial numbers: nothing says that they are given once.
    """
    identifying = ("batchId",) if aspect is Aspect.BATCH else ("partInstanceId", "van", "intrinsicId")
    key = next((key for key in identifying if names.get(key)), None)
    number = names[key][0] if key else item_id.removeprefix("urn:uuid:")
    aliases = {
        (scheme, name)
        for scheme, values in names.items()
        for name in values
        if scheme not in _NO_FURTHER_NAMES - set(identifying)
    }
    # What became the number itself is no further name; a VAN stays one, so that an export can call it a VAN.
    return number, frozenset(aliases - {("partInstanceId", number), ("batchId", number)})


def _made(place: Place, payload: Payload, findings: Findings) -> Moment | None:
    information = payload.get("manufacturingInformation")
    place /= "manufacturingInformation"
    given = information if isinstance(information, dict) else {}
    key = next((key for key in _DATE_KEYS if given.get(key) is not None), None)
    if key is None:
        findings.warn(place, Concern.TIME, "no production date; recorded as of 1970-01-01")
        return None
    made = moment(given[key])
    if made is None:
        findings.warn(place / key, Concern.TIME, f"{quoted(given[key])} is no date; recorded as of 1970-01-01")
    elif made.assumed:
        findings.warn(place / key, Concern.TIME, made.assumed)
        return replace(made, assumed="")
    return made


def _description(place: Place, payload: Payload, findings: Findings) -> str:
    information = payload.get("partTypeInformation")
    value = information.get("nameAtManufacturer") if isinstance(information, dict) else None
    text = text_in(value)
    if isinstance(value, str) and text != value.strip():
        reason = "control characters were replaced by blanks, or the text was cut"
        findings.warn(place / "partTypeInformation" / "nameAtManufacturer", Concern.TEXT, reason)
    return text
