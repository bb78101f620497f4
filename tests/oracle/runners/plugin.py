"""Writes what pytest collected, and what became of each test, as JSON to the file that $REPORT names."""
import json
import os

found = {}


def pytest_collection_finish(session):
    found.update({item.nodeid: "runs" for item in session.items})


def pytest_runtest_logreport(report):
    if report.skipped:
        found[report.nodeid] = "skipped"


def pytest_sessionfinish():
    states = {}
    for node, state in found.items():
        path, *names = node.split("::")
        states.setdefault((path, " > ".join(names).split("[")[0]), set()).add(state)
    # A table of which some rows run is a test that runs.
    rows = [
        {"path": path, "name": name, "state": "runs" if "runs" in all else "skipped"}
        for (path, name), all in states.items()
    ]
    with open(os.environ["REPORT"], "w") as report:
        json.dump(rows, report)
