"""The tasks there are, and the submission ids that make submitting one twice harmless.

Both belong to the identity that led when they were made, and stay with it whatever is linked to it later.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from typing import TYPE_CHECKING

from trivet.sandbox.world.room import FullError

if TYPE_CHECKING:
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.remains import Held
    from trivet.sandbox.world.tasks import Task

MAX_TASKS = 5_000
MAX_ROWS = 1_000_000
"""Beyond these, tasks or ``Task.rows``, the task that ended is forgotten that was submitted first; one that goes on
never is."""

MAX_UNUSED_IDS = 10_000
"""Submission ids that are fetched and never used are forgotten, oldest first."""


class TaskBook:
    """The tasks, by id. Whoever uses it holds the world's lock."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._submitted: dict[tuple[str, str], Task] = {}
        self._unused: OrderedDict[tuple[str, str], None] = OrderedDict()

    def new_submission_id(self, person: Person) -> str:
        value = str(uuid.uuid4())
        self._unused[person.sub, value] = None
        if len(self._unused) > MAX_UNUSED_IDS:
            self._unused.popitem(last=False)
        return value

    def knows_submission_id(self, person: Person, submission_id: str) -> bool:
        """Say whether that submission id was given to *person*, and not used."""
        return (person.sub, submission_id) in self._unused

    def submitted(self, person: Person, submission_id: str) -> Task | None:
        """Return the task that *person* has submitted with that id already."""
        return self._submitted.get((person.sub, submission_id))

    def add(self, task: Task) -> None:
        """Add one more.

        Raises:
            FullError: there is no room beside those that go on.
        """
        self._make_room(task)
        key = task.owner.id, task.submission_id
        self._unused.pop(key, None)
        self._submitted[key] = self._tasks[task.id] = task

    def _make_room(self, task: Task) -> None:
        tasks, rows = len(self._tasks) + 1, task.rows + sum(each.rows for each in self._tasks.values())
        over = (each for each in self._tasks.values() if each.is_over)
        gone: list[Task] = []
        while tasks > MAX_TASKS or rows > MAX_ROWS:
            oldest = next(over, None)
            if oldest is None:
                raise FullError("So many tasks go on that there is no room for another one: cancel some, or wait.")
            gone.append(oldest)
            tasks, rows = tasks - 1, rows - oldest.rows
        for each in gone:
            del self._tasks[each.id]
            del self._submitted[each.owner.id, each.submission_id]

    def find(self, person: Person, task_id: str) -> Task | None:
        """Return *person*'s task with that id; those of others are none of their business."""
        task = self._tasks.get(task_id.lower())
        if task is None or task.owner != person.primary:
            return None
        task.expire_if_due()
        return task

    def of(self, person: Person) -> list[Task]:
        """Return *person*'s tasks, in the order they were submitted."""
        own = [task for task in self._tasks.values() if task.owner == person.primary]
        for task in own:
            task.expire_if_due()
        return own

    def in_use(self, person: Person) -> set[str]:
        """Return the ids of the collections that *person*'s tasks are busy with."""
        return {each.id for task in self.of(person) if not task.is_over for each in task.collections}

    def all(self) -> list[Task]:
        return list(self._tasks.values())

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it."""
        held: list[Held] = [self._tasks, self._submitted, self._unused]
        self._tasks, self._submitted, self._unused = {}, {}, OrderedDict()
        return held
