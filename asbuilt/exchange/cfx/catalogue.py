"""Which messages become events, and how: the whole list. All others are kept as they are."""

from collections.abc import Callable

from asbuilt.exchange.cfx import holds, materials, orders, repairs, units, work
from asbuilt.exchange.cfx.beside import READINGS, TOOLS
from asbuilt.exchange.cfx.drafting import Drafts
from asbuilt.exchange.cfx.envelopes import UNBLOCK_REQUEST, UNBLOCK_RESPONSE, Message
from asbuilt.exchange.cfx.work import Transaction

Understanding = Callable[[Message, Transaction, Drafts], None]

MAPPED: dict[str, Understanding] = {
    "CFX.Production.UnitsInitialized": units.initialized,
    "CFX.Production.UnitsArrived": units.arrived,
    "CFX.Production.UnitsDisqualified": units.disqualified,
    "CFX.Production.LoadingAndUnloading.UnitsLoaded": units.arrived,
    "CFX.Production.Assembly.UnitsPersonalized": units.personalized,
    work.STARTED: work.started,
    work.COMPLETED: work.completed,
    work.PROCESSED: work.processed,
    work.TESTED: work.tested,
    work.INSPECTED: work.inspected,
    READINGS: work.told_beside,
    TOOLS: work.told_beside,
    "CFX.Production.ReworkAndRepair.UnitsRepaired": repairs.repaired,
    "CFX.Production.Assembly.MaterialsInstalled": materials.installed,
    "CFX.Production.Assembly.MaterialsUninstalled": materials.uninstalled,
    "CFX.Production.Application.MaterialsApplied": materials.installed,
    "CFX.Production.Application.MaterialsUnapplied": materials.uninstalled,
    "CFX.Materials.Management.MaterialsInitialized": materials.initialized,
    "CFX.Materials.Management.MaterialsSplit": materials.split,
    "CFX.Materials.Management.BlockMaterialsRequest": holds.blocked,
    UNBLOCK_REQUEST: holds.unblocked,
    UNBLOCK_RESPONSE: holds.unblocked,
    "CFX.Materials.Management.MSDManagement.MaterialsExpired": holds.expired,
    "CFX.Materials.Management.MSDManagement.MaterialsRestored": holds.restored,
    "CFX.InformationSystem.WorkOrderManagement.WorkOrdersCreated": orders.created,
    "CFX.InformationSystem.WorkOrderManagement.WorkOrderStatusUpdated": orders.status_updated,
    "CFX.InformationSystem.WorkOrderManagement.WorkOrdersDeleted": orders.deleted,
    "CFX.Materials.Storage.MaterialsLoaded": materials.loaded,
    "CFX.Materials.Storage.MaterialsUnloaded": materials.unloaded,
    "CFX.Materials.Storage.MaterialsEmpty": materials.unloaded,
    "CFX.Materials.Storage.SplicePointDetected": materials.spliced,
}

RANK: dict[str, int] = {
    "CFX.Production.UnitsInitialized": 0,
    "CFX.Materials.Management.MaterialsInitialized": 0,
    "CFX.InformationSystem.WorkOrderManagement.WorkOrdersCreated": 0,
    "CFX.Materials.Storage.MaterialsUnloaded": 1,
    "CFX.Materials.Storage.MaterialsEmpty": 1,
    "CFX.Materials.Storage.MaterialsLoaded": 2,
    "CFX.Production.UnitsArrived": 2,
    work.STARTED: 3,
    work.COMPLETED: 5,
    # What was done with a package at that moment was done before it was blocked.
    "CFX.Materials.Management.BlockMaterialsRequest": 6,
    "CFX.Materials.Management.MSDManagement.MaterialsExpired": 6,
    "CFX.Materials.Management.MSDManagement.MaterialsRestored": 7,
    UNBLOCK_REQUEST: 7,
    UNBLOCK_RESPONSE: 8,
}
"""In which order messages of the same moment happened; all others are in the middle."""
MIDDLE = 4
