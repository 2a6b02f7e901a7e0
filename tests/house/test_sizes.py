"""A function fits on a screen, a file is one idea."""

from tests.house.sources import functions, parsed, place, python_files

FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 500
FILES = python_files("asbuilt", "tests", "bench")


def test_there_is_something_to_measure():
    assert len(FILES) > 100


def test_functions_are_short():
    long = {
        f"{place(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in FILES
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_files_are_short():
    lines = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: count for name, count in lines.items() if count > FILE_LINES_MAX} == {}


def test_an_init_file_holds_a_list_or_nothing():
    """Registration by import begins in one of these."""
    inits = [path for path in FILES if path.name == "__init__.py"]
    assert inits
    for path in inits:
        kinds = {type(node).__name__ for node in parsed(path).body}
        assert kinds <= {"Expr", "Assign", "AnnAssign"}, place(path)
