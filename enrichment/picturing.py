"""Picturing: a recipe as a flow from left to right, laid out in pixels and told in words.

What is at hand, the waves of lookups that can start side by side, the fields. Pure: who comes
after whom is the planner's word (`imagining.waves`), this only finds each its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from enrichment.conditions import CONDITIONS
from enrichment.planner import Plan
from integrations.provider import FREE, Lookup, Price

WIDTH, HEIGHT = 184, 46
ACROSS, DOWN, MARGIN, TOP = 264, 78, 12, 44


@dataclass(frozen=True, slots=True)
class Box:
    """`kind` is "hand", "lookup" or "field"; `only` the conditions on the way into it."""

    kind: str
    name: str
    column: int
    row: int
    only: str = ""
    price: Price = FREE

    @property
    def x(self) -> int:
        return MARGIN + self.column * ACROSS

    @property
    def y(self) -> int:
        return TOP + self.row * DOWN

    @property
    def text_x(self) -> int:
        return self.x + 10

    @property
    def baselines(self) -> tuple[int, int]:
        """Where the first line of the text stands, and the second."""
        return self.y + 20, self.y + 37

    @property
    def only_y(self) -> int:
        return self.y - 6


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one box to another; `is_next` when it is gone if the first was not enough."""

    start: Box
    end: Box
    is_next: bool = False

    @property
    def path(self) -> str:
        """Return the curve as SVG writes it."""
        x1, y1 = self.start.x + WIDTH, self.start.y + HEIGHT // 2
        x2, y2 = self.end.x, self.end.y + HEIGHT // 2
        bend = max(30, (x2 - x1) // 2)
        return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


@dataclass(frozen=True, slots=True)
class Picture:
    """`columns` are their headings with their x; `never` are lookups that are never asked."""

    boxes: Sequence[Box]
    edges: Sequence[Edge]
    columns: Sequence[tuple[int, str]]
    width: int
    height: int
    waves: Sequence[Sequence[Box]]
    at_hand: Sequence[str]
    never: Sequence[str]


def picture(
    plan: Plan,
    at_hand: Sequence[str],
    waves: Sequence[Sequence[Lookup]],
    prices: Mapping[str, Price],
) -> Picture:
    """Return the flow of a plan whose lookups start in these waves."""
    hands = {name: Box("hand", name, 0, row) for row, name in enumerate(at_hand)}
    asked = {
        step.slug: Box("lookup", step.slug, at, row, _only(plan, step.slug), prices[step.slug])
        for at, wave in enumerate(waves, 1)
        for row, step in enumerate(wave)
    }
    last = len(waves) + 1
    fields = [Box("field", one.field, last, row) for row, one in enumerate(plan.wanted)]
    boxes = [*hands.values(), *asked.values(), *fields]
    names = ["At hand", *("First" if at == 0 else f"Then ({at + 1})" for at in range(len(waves)))]
    return Picture(
        boxes,
        [*_needs(plan, hands, asked), *_nexts(plan, asked), *_answers(plan, asked, fields)],
        [(MARGIN + at * ACROSS, name) for at, name in enumerate([*names, "Fields"])],
        MARGIN * 2 + last * ACROSS + WIDTH,
        TOP + (max((box.row for box in boxes), default=0) + 1) * DOWN,
        [[asked[step.slug] for step in wave] for wave in waves],
        at_hand,
        [step.slug for step in plan.lookups if step.slug not in asked],
    )


def _only(plan: Plan, slug: str) -> str:
    """Return a lookup's conditions in words; of one that some field asks always, none."""
    named = [one.conditions.get(slug, "") for one in plan.wanted if _asks(one.steps, slug)]
    if not all(named):
        return ""
    return " or ".join(CONDITIONS[name].words for name in dict.fromkeys(named))


def _asks(steps: Sequence[Lookup], slug: str) -> bool:
    return any(step.slug == slug for step in steps)


def _needs(plan: Plan, hands: Mapping[str, Box], asked: Mapping[str, Box]) -> list[Edge]:
    edges = []
    for step in plan.lookups:
        here = asked.get(step.slug)
        for name in sorted(step.needs) if here else ():
            start = hands.get(name) or _supplier(plan, name, here, asked)
            if start and here:
                edges.append(Edge(start, here))
    return list(dict.fromkeys(edges))


def _supplier(plan: Plan, name: str, end: Box | None, asked: Mapping[str, Box]) -> Box | None:
    found = (asked[s.slug] for s in plan.lookups if name in s.supplies and s.slug in asked)
    before = [box for box in found if end and box.column < end.column]
    return min(before, key=lambda box: (box.column, box.row), default=None)


def _nexts(plan: Plan, asked: Mapping[str, Box]) -> list[Edge]:
    edges = []
    for one in plan.wanted:
        boxes = [asked[step.slug] for step in one.steps if step.slug in asked]
        for start, end in pairwise(boxes):
            if start.column < end.column:
                edges.append(Edge(start, end, is_next=True))
    return list(dict.fromkeys(edges))


def _answers(plan: Plan, asked: Mapping[str, Box], fields: Sequence[Box]) -> list[Edge]:
    return [
        Edge(asked[step.slug], box)
        for one, box in zip(plan.wanted, fields, strict=True)
        for step in one.steps
        if step.slug in asked
    ]
