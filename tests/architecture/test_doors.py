"""Acts: only commands write, and only the event log and schedules queue jobs."""

import ast

from tests.architecture import house

WRITES = {"save", "delete", "update", "create", "bulk_create", "bulk_update"}
WRITES |= {"update_or_create", "get_or_create"}


QUEUES = {"defer", "defer_async", "batch_defer", "batch_defer_jobs", "configure_task"}


def calls(tree: ast.Module) -> list[ast.Attribute]:
    """The method calls in a file."""
    return [call.func for call in _method_calls(tree)]


def _method_calls(tree: ast.Module) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]


def queues_a_job(call: ast.Call) -> bool:
    """A task's defer takes names only; a query's takes the names of columns, as texts."""
    return call.func.attr in QUEUES and not any(isinstance(each, ast.Constant) for each in call.args)


def test_doors_touch_no_tables():
    doors = [house.PACKAGE / name for name in ("web", "api") if (house.PACKAGE / name).exists()]
    found = []
    for path, tree in house.sources(*doors) if doors else ():
        found += [f"{path}:{n.lineno} .{n.attr}()" for n in calls(tree) if n.attr in WRITES]
        attributes = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
        found += [f"{path}:{n.lineno} .{n.attr}" for n in attributes if n.attr in {"objects", "_meta"}]
    assert found == []


def test_only_the_event_log_queues_jobs():
    found = [
        f"{path}:{node.lineno}"
        for path, tree in house.sources()
        if path != "trivium/core/events.py"
        for node in _method_calls(tree)
        if queues_a_job(node)
    ]
    assert found == []


def test_only_jobs_declare_tasks_and_schedules():
    found = [
        f"{path}:{node.lineno}"
        for path, tree in house.sources()
        if path != "trivium/core/events.py" and "jobs" not in path
        for node in calls(tree)
        if node.attr in {"task", "periodic"} and isinstance(node.value, ast.Name) and node.value.id == "app"
    ]
    assert [each for each in found if not each.startswith("trivium/project/cli.py")] == []
