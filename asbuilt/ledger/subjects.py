"""The numbers that subjects have in the ledger."""

from collections.abc import Callable, Iterable

from asbuilt.core.events.catalogue import subjects_in
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import (
    BillOfMaterials,
    CodeList,
    Issuer,
    Lot,
    Operator,
    Part,
    Recall,
    Routing,
    SetupList,
    Specification,
    Station,
    Subject,
    SubjectKind,
    Tool,
    Unit,
    WorkCenter,
    WorkOrder,
)
from asbuilt.ledger.database import KeptRows, Names, Reader, Row, Table, Writer

SUBJECT = Table(
    "subject",
    (
        ("subject_id", "bigint"),
        ("site_id", "integer"),
        ("kind", "smallint"),
        ("scope_id", "bigint"),
        ("name", "text"),
        ("name_key", "text"),
    ),
)

SITE_SCOPE = 0
"""Scope of names that are unique in their site."""

_KEPT = frozenset(
    {
        SubjectKind.ISSUER,
        SubjectKind.PART,
        SubjectKind.STATION,
        SubjectKind.WORK_ORDER,
        SubjectKind.SPECIFICATION,
        SubjectKind.ROUTING,
        SubjectKind.TOOL,
        SubjectKind.OPERATOR,
        SubjectKind.BILL_OF_MATERIALS,
        SubjectKind.WORK_CENTER,
        SubjectKind.CODE_LIST,
        SubjectKind.SETUP_LIST,
    }
)
"""Few and often used: their ids are kept in the process. Ids never change, so they never grow stale."""

# Names ids (serves every answer that shows a subject).
SUBJECTS = "SELECT subject_id, kind, scope_id, name FROM subject WHERE subject_id = ANY($1)"

_SITE_WIDE: dict[int, Callable[[str], Subject]] = {
    SubjectKind.ISSUER: Issuer,
    SubjectKind.WORK_ORDER: WorkOrder,
    SubjectKind.SPECIFICATION: Specification,
    SubjectKind.STATION: Station,
    SubjectKind.ROUTING: Routing,
    SubjectKind.TOOL: Tool,
    SubjectKind.OPERATOR: Operator,
    SubjectKind.BILL_OF_MATERIALS: BillOfMaterials,
    SubjectKind.WORK_CENTER: WorkCenter,
    SubjectKind.CODE_LIST: CodeList,
    SubjectKind.SETUP_LIST: SetupList,
    SubjectKind.RECALL: Recall,
}


def subject_of_row(kind: int, scope: Subject | None, name: str) -> Subject:
    """The subject with a kind (SubjectKind), within its scope."""
    if kind in _SITE_WIDE:
        return _SITE_WIDE[kind](name)
    if kind == SubjectKind.PART:
        assert isinstance(scope, Issuer), "a part is named within an issuer"
        return Part(scope.name, name)
    assert isinstance(scope, Part), "units and lots are named within a part"
    return Unit(scope, name) if kind == SubjectKind.UNIT else Lot(scope, name)


class Directory:
    """Finds the ids of subjects for one transaction, through the names the process already knows."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self._reader = reader
        self._names = names
        self._by_id: dict[int, Subject] = {}
        self._absent: set[Subject] = set()
        self.ids: dict[Subject, int] = {}

    @property
    def definitions(self) -> KeptRows:
        """What the process has read of the site's definitions, as they are in this transaction."""
        return self._names.definitions.at(self._reader.site.site_id, self._reader.definitions_version)

    def find(self, subjects: Iterable[Subject]) -> None:
        """Learn the ids of these subjects and of what they are named in, as far as they have any.

        One that had none is not looked for again: whoever gives it one in the meantime collides with this transaction.
        """
        wanted = {subject for subject in subjects if not self._kept(subject) and subject not in self._absent}
        scopes = {scope for subject in wanted if (scope := subject.scope) is not None and not self._kept(scope)}
        if scopes:
            self.find(scopes)
        self._look_up(list(wanted))

    def subjects(self, subject_ids: Iterable[int]) -> dict[int, Subject]:
        """The subjects with these ids, named as they were first written."""
        found: dict[int, Subject] = {}
        missing = []
        for subject_id in set(subject_ids):
            subject = self._by_id.get(subject_id) or self._read_before(subject_id)
            if subject is None:
                missing.append(subject_id)
            else:
                found[subject_id] = subject
        if missing:
            rows = self._reader.rows(SUBJECTS, sorted(missing))
            scopes = self.subjects({scope_id for _, _, scope_id, _ in rows if scope_id != SITE_SCOPE})
            for subject_id, kind, scope_id, name in rows:
                subject = self._remember(subject_id, subject_of_row(kind, scopes.get(scope_id), name))
                found[subject_id] = subject
                if kind in _KEPT:
                    self._names.spelled[self._reader.site.site_id, subject_id] = (subject, scope_id)
        return found

    def _read_before(self, subject_id: int) -> Subject | None:
        """A subject that the process has read by its id before. Who finds it so knows what it is named in, too."""
        subject, scope_id = self._names.spelled.get((self._reader.site.site_id, subject_id), (None, SITE_SCOPE))
        if subject is not None:
            self.ids.setdefault(subject, subject_id)
            if subject.scope is not None:
                self.ids.setdefault(subject.scope, scope_id)
        return subject

    def _remember(self, subject_id: int, subject: Subject) -> Subject:
        """Keep a subject by its id, spelled as it was asked for or, read by id, as it was first written."""
        self._by_id[subject_id] = subject
        self.ids.setdefault(subject, subject_id)
        return subject

    def _kept(self, subject: Subject) -> bool:
        if subject in self.ids:
            return True
        if subject.kind not in _KEPT:
            return False
        scope = subject.scope
        if scope is not None and not self._kept(scope):
            return False
        found = self._names.get(self._name_of(subject))
        if found is None:
            return False
        self.ids[subject] = found
        return True

    def _name_of(self, subject: Subject) -> tuple[int, int, int, str]:
        scope = subject.scope
        scope_id = SITE_SCOPE if scope is None else self.ids[scope]
        return self._reader.site.site_id, int(subject.kind), scope_id, subject.name_key

    def _look_up(self, subjects: list[Subject]) -> None:
        nameable = [subject for subject in subjects if subject.scope is None or subject.scope in self.ids]
        names = [self._name_of(subject) for subject in nameable]
        found = self._reader.find_names([name[1:] for name in names])
        for subject, name, subject_id in zip(nameable, names, found, strict=True):
            if subject_id is None:
                self._absent.add(subject)
            else:
                self._remember(subject_id, subject)
                if subject.kind in _KEPT:
                    self._names[name] = subject_id

    def register_named_in(self, writer: Writer, events: Iterable[Event]) -> None:
        """Give ids to everything the events name that has none yet."""
        self.register(writer, {one for event in events for one in subjects_in(event) if one not in self.ids})

    def register(self, writer: Writer, subjects: Iterable[Subject]) -> None:
        """Give ids to these subjects, and to what they are named in, where they have none yet."""
        for generation in _by_generation(subjects):
            new = [subject for subject in generation if subject not in self.ids]
            if not new:
                continue
            rows: list[Row] = []
            for subject, subject_id in zip(new, writer.next_subject_ids(len(new)), strict=True):
                site_id, kind, scope_id, name_key = self._name_of(subject)
                rows.append((subject_id, site_id, kind, scope_id, subject.name, name_key))
                self.ids[subject] = subject_id
            writer.insert(SUBJECT, rows)


def _by_generation(subjects: Iterable[Subject]) -> list[list[Subject]]:
    """Issuers, then parts, then the rest; sorted, so that two transactions meet in one direction only."""
    everything: dict[Subject, None] = {}
    for subject in subjects:
        everything[subject] = None
        scope = subject.scope
        while scope is not None and scope not in everything:
            everything[scope] = None
            scope = scope.scope
    issuers = [subject for subject in everything if isinstance(subject, Issuer)]
    parts = [subject for subject in everything if isinstance(subject, Part)]
    others = [subject for subject in everything if not isinstance(subject, Issuer | Part)]
    return [sorted(issuers), sorted(parts), sorted(others)]
