"""How a command ends: its exit code, and the one line that says what went wrong and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    OK = 0
    NOT_FOUND = 1
    """What was asked for is not there, is ambiguous, or differs from what it should be."""
    USAGE = 2
    """The command, an option or a setting of the environment cannot be understood."""
    REFUSED = 3
    """A rule refused something, or a line of input is no event."""
    UNREACHABLE = 4
    """The database, or the address to serve at, cannot be used."""


class Problem(click.ClickException):
    """Ends a command with a message on stderr."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it from the instance


@contextmanager
def explained() -> Iterator[None]:
    """Turn what is expected to go wrong into a Problem; anything else is a bug and keeps its traceback."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as raised:
        problem = problem_of(raised)
        if problem is None:
            raise
        raise problem from raised


def problem_of(raised: Exception) -> Problem | None:
    """The Problem that an exception of the floors below means, or None when nobody expects it."""
    # Imported here, because `asbuilt --help` needs none of them.
    from asbuilt.accounts.configuration import ConfigurationProblem
    from asbuilt.core.identifiers.text import NameProblem
    from asbuilt.ledger.database import Unavailable, UnsafeDatabase
    from asbuilt.queries.naming import Ambiguous, NotFound
    from asbuilt.queries.windows import Misasked

    if isinstance(raised, Ambiguous):
        choices = "\n".join(f"  {choice.kind:<5} {choice.name}" for choice in raised.choices)
        return Problem(f"{raised}:\n{choices}", Exit.NOT_FOUND)
    if isinstance(raised, NotFound):
        return Problem(str(raised), Exit.NOT_FOUND)
    if isinstance(raised, ConfigurationProblem | NameProblem | Misasked):
        return Problem(str(raised), Exit.USAGE)
    if isinstance(raised, Unavailable | UnsafeDatabase):
        return Problem(_in_one_line(raised), Exit.UNREACHABLE)
    return _problem_of_the_machine(raised)


def _problem_of_the_machine(raised: Exception) -> Problem | None:
    """What files and databases refuse before any of our own code has a word for it."""
    import psycopg

    if isinstance(raised, UnicodeEncodeError):
        # Bytes of the command line that are no UTF-8 arrive as lone surrogates, which no database takes.
        return Problem("an argument is not text in UTF-8; check what it was copied or scanned from", Exit.USAGE)
    if isinstance(raised, OSError) and raised.filename is not None:
        return Problem(f"{raised.filename}: {raised.strerror}", Exit.USAGE)
    if isinstance(raised, psycopg.errors.InsufficientPrivilege):
        what = "the login of the database URL may not do this"
        return Problem(f"{what} ({_in_one_line(raised)}); name the owner's in ASBUILT_DATABASE_URL", Exit.UNREACHABLE)
    if isinstance(raised, psycopg.OperationalError):
        return Problem(f"the ledger cannot be used: {_in_one_line(raised)}", Exit.UNREACHABLE)
    return None


def _in_one_line(raised: Exception) -> str:
    """What was said, which a database server may do in several lines."""
    return " ".join(str(raised).split())
