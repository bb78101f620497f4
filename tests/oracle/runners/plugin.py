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
    rows = []
    for node, state in found.items():
        path, *names = node.split("::")
        rows.append({"path": path, "name": " > ".join(names).split("[")[0], "state": state})
    with open(os.environ["REPORT"], "w") as report:
        json.dump(rows, report)
