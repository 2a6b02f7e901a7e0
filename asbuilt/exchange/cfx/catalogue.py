"""Which messages become events, and how: the whole list. All others are kept as they are."""

from collections.abc import Callable

from asbuilt.exchange.cfx import materials, units, work
from asbuilt.exchange.cfx.drafting import Drafts
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.work import Transaction

Understanding = Callable[[Message, Transaction, Drafts], None]

MAPPED: dict[str, Understanding] = {
    "CFX.Production.UnitsInitialized": units.initialized,
    "CFX.Production.UnitsArrived": units.arrived,
    "CFX.Production.UnitsDisqualified": units.disqualified,
    "CFX.Production.Assembly.UnitsPersonalized": units.personalized,
    work.STARTED: work.started,
    work.COMPLETED: work.completed,
    work.PROCESSED: work.processed,
    work.TESTED: work.tested,
    work.INSPECTED: work.inspected,
    "CFX.Production.Assembly.MaterialsInstalled": materials.installed,
    "CFX.Production.Assembly.MaterialsUninstalled": materials.uninstalled,
    "CFX.Production.Application.MaterialsApplied": materials.installed,
    "CFX.Production.Application.MaterialsUnapplied": materials.uninstalled,
    "CFX.Materials.Management.MaterialsInitialized": materials.initialized,
    "CFX.Materials.Storage.MaterialsLoaded": materials.loaded,
    "CFX.Materials.Storage.MaterialsUnloaded": materials.unloaded,
    "CFX.Materials.Storage.MaterialsEmpty": materials.unloaded,
    "CFX.Materials.Storage.SplicePointDetected": materials.spliced,
}

RANK: dict[str, int] = {
    "CFX.Production.UnitsInitialized": 0,
    "CFX.Materials.Management.MaterialsInitialized": 0,
    "CFX.Materials.Storage.MaterialsUnloaded": 1,
    "CFX.Materials.Storage.MaterialsEmpty": 1,
    "CFX.Materials.Storage.MaterialsLoaded": 2,
    "CFX.Production.UnitsArrived": 2,
    work.STARTED: 3,
    work.COMPLETED: 5,
}
"""In which order messages of the same moment happened; all others are in the middle."""
MIDDLE = 4
