"""The list of schema files, in the order in which they are applied."""

from importlib.resources import files

MIGRATIONS: tuple[str, ...] = (
    "0001_ledger",
    "0002_projections",
    "0003_serials",
    "0004_identity_repair",
    "0005_labels",
    "0006_messages",
    "0007_routings",
    "0008_bills",
    "0009_defects",
    "0010_refusals",
    "0011_orders",
    "0012_panels",
    "0013_setups",
    "0015_definitions_version",
    "0016_lot_runs",
    "0020_recalls",
)


def migration_sql(dialect: str, name: str) -> str:
    """The text of a migration for a dialect (`sqlite`, `postgresql`)."""
    return files("asbuilt.ledger").joinpath("schema", dialect, f"{name}.sql").read_text(encoding="utf-8")
