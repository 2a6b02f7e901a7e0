"""What cannot be marked or printed."""


class LabelProblem(ValueError):
    """A label that cannot be made; its text says which field, why, and what to do."""


class LabelsMissing(Exception):
    """The packages that make labels are not installed; the text names the command that installs them."""

    def __init__(self, package: str) -> None:
        super().__init__(f"labels need the package {package}; install it with: pip install 'asbuilt[labels]'")
