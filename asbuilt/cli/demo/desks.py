"""Who reports in the demo plant."""

from asbuilt.cli.demo.floor import Desk
from asbuilt.core.identifiers.names import ActorName

_SMT, _ASSEMBLY, _TEST = ActorName("token:smt-line-1"), ActorName("token:assembly"), ActorName("token:test-bench")
_WAREHOUSE, _ERP, _QUALITY = ActorName("token:warehouse"), ActorName("token:erp"), ActorName("c.leroy")

ERP = Desk("ERP", _ERP)
GOODS_IN = Desk("WH-IN", _WAREHOUSE, ("m.haddad", "p.girard"))
STOCK = Desk("WH-FG", _WAREHOUSE, ("m.haddad", "p.girard"))
DISPATCH = Desk("DOCK-2", _WAREHOUSE, ("s.nowak", "s.nowak"))
QUALITY = Desk("QA-OFFICE", _QUALITY, ("c.leroy", "c.leroy"))
RETURNS = Desk("RMA-1", _ASSEMBLY, ("j.perret", "j.perret"))
SUPPLIER_DOCUMENTS = Desk("EDI", _ERP)

PRINTING = Desk("SMT1-PRINT", _SMT, ("l.bonnet", "y.dufour"))
CHIPS = Desk("SMT1-CHIP", _SMT, ("l.bonnet", "y.dufour"))
FINE = Desk("SMT1-FINE", _SMT, ("l.bonnet", "y.dufour"))
REFLOW = Desk("SMT1-OVEN", _SMT, ("l.bonnet", "y.dufour"))
OPTICAL = Desk("SMT1-AOI", _SMT, ("t.marchal", "n.roche"))
SEPARATING = Desk("SMT1-SEP", _SMT, ("t.marchal", "n.roche"))
IN_CIRCUIT = Desk("ICT-1", _TEST, ("t.marchal", "n.roche"))
FLASHING = Desk("PROG-1", _TEST, ("t.marchal", "n.roche"))
BOARD_REWORK = Desk("REWORK-1", _ASSEMBLY, ("e.colin", "e.colin"))

KITTING = Desk("ASM-KIT", _ASSEMBLY, ("a.moreau", "b.faure"))
ASSEMBLY_1 = Desk("ASM-1", _ASSEMBLY, ("d.lambert", "h.benali"))
ASSEMBLY_2 = Desk("ASM-2", _ASSEMBLY, ("g.riviere", "k.mercier"))
BONDING = Desk("ASM-3", _ASSEMBLY, ("o.picard", "r.gauthier"))
REWORK = Desk("REWORK-2", _ASSEMBLY, ("e.colin", "e.colin"))
SAFETY = Desk("SAFE-1", _TEST, ("f.lopez", "i.schmitt"))
CALIBRATION = (
    Desk("FLOW-1", _TEST, ("f.lopez", "i.schmitt")),
    Desk("FLOW-2", _TEST, ("f.lopez", "i.schmitt")),
)
FINAL = (
    Desk("FT-1", _TEST, ("q.andre", "v.renard")),
    Desk("FT-2", _TEST, ("q.andre", "v.renard")),
    Desk("FT-3", _TEST, ("q.andre", "v.renard")),
)
PACKING = Desk("PACK-1", _WAREHOUSE, ("w.klein", "x.morel"))
