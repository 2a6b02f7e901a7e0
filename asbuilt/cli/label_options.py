"""What the verbs of labels have in common: their options, and what goes wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from asbuilt.cli.exits import Exit, Problem

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def labels_explained() -> Iterator[None]:
    """Turn what cannot be labelled into a Problem."""
    from asbuilt.accounts.printers import PrinterProblem
    from asbuilt.capture.print_jobs import JobProblem, NoSuchJob, PrintRefused
    from asbuilt.capture.repeats import KeyUsed
    from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing

    try:
        yield
    except (LabelProblem, PrintRefused, JobProblem, KeyUsed) as problem:
        raise Problem(str(problem), Exit.REFUSED) from problem
    except NoSuchJob as problem:
        raise Problem(str(problem), Exit.NOT_FOUND) from problem
    except PrinterProblem as problem:
        raise Problem(str(problem), Exit.USAGE) from problem
    except LabelsMissing as problem:
        raise Problem(str(problem), Exit.USAGE) from problem


def marking_options(function: F) -> F:
    """The options that say what is marked and how, where a printer does not say how fine it prints."""
    dpi = click.option("--dpi", type=click.Choice(["203", "300", "600"]), default="203", show_default=True)
    return content_options(dpi(function))


def content_options(function: F) -> F:
    """The options that say what is marked."""
    options = (
        click.option("--template", default="unit", show_default=True, metavar="NAME", help="See `label templates`."),
        click.option(
            "--content",
            type=click.Choice(["auto", "gs1", "digital-link", "iso15434"]),
            default="auto",
            show_default=True,
            help="What the symbol of the unit holds; auto: GS1 where a GTIN is known, else ISO/IEC 15434.",
        ),
        click.option(
            "--stem",
            envvar="ASBUILT_DIGITAL_LINK_STEM",
            default="https://id.gs1.org",
            show_default=True,
            metavar="URL",
            help="Beginning of a GS1 Digital Link. [env: ASBUILT_DIGITAL_LINK_STEM]",
        ),
        click.option(
            "--enterprise",
            envvar="ASBUILT_ENTERPRISE",
            metavar="18V…|17V…",
            help="Who gives the numbers, as a data identifier with its value, for ISO/IEC 15434. "
            "[env: ASBUILT_ENTERPRISE]",
        ),
        click.option("--native", is_flag=True, help="Let a ZPL printer make the symbols itself."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def label_request(*, template: str, dpi: str, native: bool, **marking: str | None) -> Any:  # noqa: ANN401 - see below
    """The LabelRequest, which is imported when a label is made, that the options ask for. Raises click.UsageError."""
    from asbuilt.exchange.labels.making import LabelRequest
    from asbuilt.exchange.labels.zpl import Dpi

    return LabelRequest(template=template, marking=marking_of(**marking), dpi=Dpi(int(dpi)), native=native)


def marking_of(*, content: str | None, stem: str | None, enterprise: str | None) -> Any:  # noqa: ANN401 - as above
    """The Marking that the options ask for. Raises click.UsageError."""
    from asbuilt.exchange.labels.content import marking_as
    from asbuilt.exchange.labels.problems import LabelProblem

    try:
        return marking_as(content or "auto", stem=stem or "", enterprise=enterprise or "")
    except LabelProblem as problem:
        raise click.UsageError(f"--{problem}") from problem
