"""Things to be labelled."""

from dataclasses import replace
from datetime import date

from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.exchange.labels.facts import Facts

GTIN = "09521234543213"
SSCC = "09521234000000001" + str(check_digit("09521234000000001"))
HEBREW = "בקר משאבת עירוי"
CHINESE = "输液泵控制器"

PUMP = Facts(
    name="ACME:PUMP-200/IPC26-000317",
    issuer="ACME Medical GmbH",
    part_number="PUMP-200",
    description="Infusion pump controller, 12 V",
    revision="C",
    serial_number="IPC26-000317",
    lot_number="L2619",
    work_order="WO-7741",
    quantity="500 pcs",
    container=SSCC,
    customer="Hôpital Edouard Herriot, Lyon",
    shipment="SHP-1",
    sscc=SSCC,
    count=4,
)
UDI_PUMP = replace(PUMP, gtin=GTIN, gs1_lot="L2619", expires_on=date(2031, 1, 31))
