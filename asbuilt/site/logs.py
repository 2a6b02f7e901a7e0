"""How a line of the log looks."""

import logging

_BREAKS = str.maketrans({"\n": "\\n", "\r": "\\r", "\x0b": "\\v", "\x0c": "\\f", "\x85": "\\x85", "\u2028": "\\u2028"})


class OneLine(logging.Formatter):
    """One record, one line: a name that holds a line break cannot forge a second record."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).translate(_BREAKS)
