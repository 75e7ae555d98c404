"""Make rust/data/phone_plans.bin and phone_states.bin: which digits are telephone numbers, in every numbering plan.

Facts of libphonenumber's metadata (Apache-2.0), as the package `phonenumbers` carries it: of each country code the
possible lengths of a national number and the patterns of the numbers in use. The patterns of all plans are one
automaton over digits, minimal since they are finite: a number is in use where it ends in an accepting step.

phone_plans.bin: for each of the codes 0 to 999, bits of possible national lengths (u32), the automaton's start (u16),
the trunk prefix's digit + 1 or 0 (u16).
phone_states.bin: for each state ten steps (u16), one a digit: bit 15 says that the number may end there, the others
are the next state; state 0 leads nowhere. Little-endian.
"""

from __future__ import annotations

import re._constants as ops
import re._parser as parser
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata

CODES = 1000
ACCEPTS = 0x8000
TYPES = (
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail".split()
)


class Automaton:
    """Patterns as steps between states, and from there to the smallest automaton that needs no guess."""

    def __init__(self) -> None:
        self.steps: list[list[tuple[int, int]]] = []  # digits (bits), next state
        self.free: list[list[int]] = []
        self.ends: dict[int, frozenset[int]] = {}  # accepting state: lengths of what it accepts
        self.rows: dict[tuple[int, ...], int] = {(0,) * 10: 0}
        self.known: dict[tuple[frozenset[int], int], int] = {}

    def state(self) -> int:
        self.steps.append([])
        self.free.append([])
        return len(self.steps) - 1

    def add(self, pattern: str, lengths: Iterable[int]) -> int:
        """A start from which numbers of the pattern are accepted, if they have one of the lengths."""
        start = self.state()
        self.ends[self.grow(parser.parse(pattern), start)] = frozenset(lengths)
        return start

    def grow(self, pattern: Any, at: int) -> int:
        for op, argument in pattern:
            if op in (ops.LITERAL, ops.IN):
                following = self.state()
                self.steps[at].append((digits(op, argument), following))
                at = following
            elif op is ops.SUBPATTERN:
                at = self.grow(argument[3], at)
            elif op is ops.BRANCH:
                end = self.state()
                for branch in argument[1]:
                    start = self.state()
                    self.free[at].append(start)
                    self.free[self.grow(branch, start)].append(end)
                at = end
            elif op is ops.MAX_REPEAT and argument[1] < 20:
                least, most, body = argument
                end = self.state()
                for count in range(most):
                    if count >= least:
                        self.free[at].append(end)
                    at = self.grow(body, at)
                self.free[at].append(end)
                at = end
            else:
                raise ValueError(f"{op} in a pattern of the metadata")
        return at

    def closed(self, states: Iterable[int]) -> frozenset[int]:
        seen, pending = set(states), list(states)
        while pending:
            for state in self.free[pending.pop()]:
                if state not in seen:
                    seen.add(state)
                    pending.append(state)
        return frozenset(seen)

    def step(self, states: frozenset[int], length: int) -> int:
        """The step into `states` after `length` digits: the row of what follows, and whether a number ends there."""
        key = (states, length)
        if key not in self.known:
            row = []
            for digit in range(10):
                reached = [to for state in states for bits, to in self.steps[state] if bits >> digit & 1]
                row.append(self.step(self.closed(reached), length + 1) if reached else 0)
            accepts = any(length in self.ends.get(state, ()) for state in states)
            number = self.rows.setdefault(tuple(row), len(self.rows))
            self.known[key] = number | (ACCEPTS if accepts else 0)
        return self.known[key]

    def start(self, starts: Iterable[int]) -> int:
        return self.step(self.closed(starts), 0) & ~ACCEPTS


def digits(op: Any, argument: Any) -> int:
    if op is ops.LITERAL:
        return 1 << int(chr(argument))
    bits = 0
    for inner, value in argument:
        if inner is ops.LITERAL:
            bits |= 1 << int(chr(value))
        elif inner is ops.RANGE:
            bits |= sum(1 << int(chr(code)) for code in range(value[0], value[1] + 1))
        elif (inner, value) == (ops.CATEGORY, ops.CATEGORY_DIGIT):
            bits |= 0x3FF
        else:
            raise ValueError(f"{inner} in a class of the metadata")
    return bits


def regions(code: int) -> list[Any]:
    """The metadata of the regions that share a country code, the main one first."""
    names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if names == ("001",):
        return [PhoneMetadata.metadata_for_nongeo_region(code)]
    return [PhoneMetadata.metadata_for_region(name) for name in names]


def main(folder: Path) -> None:
    automaton = Automaton()
    plans = [(0, 0, 0)] * CODES
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        starts = []
        for region in regions(code):
            for name in TYPES:
                numbers = getattr(region, name)
                if numbers is None or not numbers.national_number_pattern or not numbers.possible_length:
                    continue
                starts.append(automaton.add(numbers.national_number_pattern, numbers.possible_length))
        trunk = regions(code)[0].national_prefix or ""
        plans[code] = (
            sum(1 << length for length in regions(code)[0].general_desc.possible_length),
            automaton.start(starts),
            int(trunk) + 1 if len(trunk) == 1 else 0,
        )
    states = b"".join(struct.pack("<10H", *row) for row in automaton.rows)
    (folder / "phone_plans.bin").write_bytes(b"".join(struct.pack("<IHH", *plan) for plan in plans))
    (folder / "phone_states.bin").write_bytes(states)
    print(f"{len(automaton.rows)} states, phonenumbers {phonenumbers.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
