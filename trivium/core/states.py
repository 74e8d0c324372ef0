"""Small state machines as tables: one screen says every move there is."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Generic, TypeVar

from trivium.core.errors import WrongState

State = TypeVar("State", bound=StrEnum)


class Machine(Generic[State]):
    """A state table: start, final states, and moves {(state, act): state}. Everything else is refused, loudly."""

    def __init__(self, *, start: State, final: Set[State], moves: Mapping[tuple[State, str], State]) -> None:
        self.start, self.final, self.moves = start, final, moves
        for state, act in moves:
            if state in final:
                raise ValueError(f"{state} is final, yet has the move {act}")

    def next(self, state: str, act: str) -> State:
        """The state after the act.

        Refuses: WrongState, if the table has no such move.
        """
        for (before, name), after in self.moves.items():
            if before == state and name == act:
                return after
        raise WrongState(state=state, act=act)

    def allows(self, state: str, act: str) -> bool:
        """Whether the act is a move out of this state."""
        return any(before == state and name == act for before, name in self.moves)

    def reachable(self) -> set[State]:
        """Every state that moves lead to from the start."""
        found, todo = {self.start}, [self.start]
        while todo:
            here = todo.pop()
            for (before, _act), after in self.moves.items():
                if before == here and after not in found:
                    found.add(after)
                    todo.append(after)
        return found

    def exits(self, state: State) -> set[str]:
        """The acts that lead out of a state."""
        return {act for before, act in self.moves if before == state}

    def mermaid(self) -> str:
        """The table as a mermaid state diagram, for the reference pages."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {before} --> {after}: {act}" for (before, act), after in self.moves.items()]
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(lines)
