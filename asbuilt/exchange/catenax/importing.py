"""Reads Catena-X documents and records what they say."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.catenax.aspects import Aspect
from asbuilt.exchange.catenax.boms import Bom, bom_in, business_partners
from asbuilt.exchange.catenax.documents import Document, NotRead, documents_in
from asbuilt.exchange.catenax.findings import Findings, ImportReport
from asbuilt.exchange.catenax.gathering import Gathered
from asbuilt.exchange.catenax.items import Items
from asbuilt.exchange.catenax.links import Links
from asbuilt.exchange.catenax.parts import Payload, claim_in, id_of
from asbuilt.exchange.catenax.reading import pieces
from asbuilt.exchange.catenax.validating import schema_problems
from asbuilt.exchange.catenax.values import CatenaXId
from asbuilt.exchange.intake.findings import Concern, Place
from asbuilt.exchange.intake.recording import Recorder
from asbuilt.exchange.intake.sources import Source, sources
from asbuilt.ledger.database import Database, Site

LINES_AT_ONCE = 1_000
IDS_AT_ONCE = 1_000

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done and how much there is: files when reading, units and lots."""


def import_documents(
    database: Database,
    site: Site,
    paths: Iterable[str | Path],
    *,
    actor: ActorName,
    clock: Callable[[], datetime],
    strict: bool = False,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> ImportReport:
    """Record the SerialPart, Batch and SingleLevelBomAsBuilt documents in files and folders (`-`: standard input).

    What can be understood is recorded, and every departure from the schema reported; with `strict`, documents that
    depart from their schema are refused. Nothing recorded is ever changed. Safe to run again at any time, also after
    it was interrupted. Two passes are made over the files: first who is who, then what is in what, so that the order
    of documents does not matter. clock: gives the record time. Raises Unavailable; what was recorded by then stays.
    """
    findings = Findings()
    recorder = Recorder(database, site, actor, clock, findings)
    told = progress or (lambda _stage, _done, _total: None)
    with sources(paths, stdin=stdin or sys.stdin.buffer, findings=findings) as files:
        reader = _Reader(files=files, findings=findings, strict=strict, progress=told)
        gathered = reader.gather()
        Items(recorder, findings).record(gathered, lambda done, total: told("units and lots", done, total))
        _link_delivered(Links(recorder, findings), gathered)
        for boms in _together(reader.boms()):
            Links(recorder, findings).record_boms(boms, gathered.bom_counts)
    return findings.report()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Goes over the files twice. What is wrong with a document is reported once, in the pass that uses it."""

    files: list[Source]
    findings: Findings
    strict: bool
    progress: Progress

    def gather(self) -> Gathered:
        """The first pass: everything the SerialPart and Batch documents say, and the BOMs' business partners."""
        gathered = Gathered()
        for document in self._documents("reading", self.findings):
            if document.aspect is Aspect.BOM:
                _gather_bom(document, gathered)
                continue
            payload = self._checked(document)
            claim = None if payload is None else claim_in(document, payload, self.findings)
            if claim is not None:
                self.findings.documents[document.aspect.value] += 1
                gathered.add(claim, self.findings)
        return gathered

    def boms(self) -> Iterator[Bom]:
        """The second pass: the BOMs."""
        for document in self._documents("links", Findings()):
            if document.aspect is not Aspect.BOM:
                continue
            payload = self._checked(document)
            bom = None if payload is None else bom_in(document, payload, self.findings)
            if bom is not None:
                self.findings.documents[document.aspect.value] += 1
                yield bom

    def _documents(self, stage: str, findings: Findings) -> Iterator[Document]:
        """The documents in all files. findings: gets what is not one; the second pass throws that away."""
        self.progress(stage, 0, len(self.files))
        for number, source in enumerate(self.files, start=1):
            for piece in pieces(source, findings):
                for found in documents_in(piece):
                    if isinstance(found, Document):
                        yield found
                    elif isinstance(found, NotRead):
                        findings.not_read[found.name] += 1
                    else:
                        reason = "nothing here says that it is, or holds, a document of an aspect model"
                        findings.refuse(found.place, Concern.UNRECOGNISED, reason)
            self.progress(stage, number, len(self.files))

    def _checked(self, document: Document) -> Payload | None:
        """The fields of a document; None when it has none, or departs from its schema and we are strict."""
        if not isinstance(document.payload, dict):
            self.findings.refuse(document.place, Concern.UNRECOGNISED, f"this {document.aspect} is no object")
            return None
        is_refused = False
        for problem in schema_problems(document.aspect, document.payload, said=document.version):
            place = document.place
            for token in problem.path:
                place /= token
            if self.strict:
                is_refused = True
                self.findings.refuse(place, Concern.SCHEMA, problem.message)
            else:
                self.findings.warn(place, Concern.SCHEMA, problem.message)
        return None if is_refused else document.payload


def _gather_bom(document: Document, gathered: Gathered) -> None:
    """What the first pass wants to know of a BOM. What is wrong with it is said in the second."""
    if not isinstance(document.payload, dict):
        return
    parent = id_of(document, document.payload, Findings())
    if parent is not None:
        gathered.bom_counts[parent] += 1
    for child, partner in business_partners(document.payload):
        gathered.add_partner(child, partner)


def _link_delivered(links: Links, gathered: Gathered) -> None:
    """Link what earlier imports could only declare."""
    places = {claim.catenax_id: claim.place for claim in gathered.claims.values()}
    ids = list(places)
    for start in range(0, len(ids), IDS_AT_ONCE):
        some: dict[CatenaXId, Place] = {one: places[one] for one in ids[start : start + IDS_AT_ONCE]}
        links.record_delivered(some)


def _together(boms: Iterable[Bom]) -> Iterator[list[Bom]]:
    """The BOMs in groups of about as many lines as one transaction takes."""
    group: list[Bom] = []
    lines = 0
    for bom in boms:
        group.append(bom)
        lines += len(bom.children)
        if lines >= LINES_AT_ONCE or len(group) >= LINES_AT_ONCE:
            yield group
            group, lines = [], 0
    if group:
        yield group
