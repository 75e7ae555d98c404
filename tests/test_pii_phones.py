"""Phones against the oracle `phonenumbers`: the embedded plans, and what is found in a text."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

import rollgrade as rg

DATA = Path(__file__).parent.parent / "rust" / "data"
PLANS, STATES = (DATA / f"phone_{name}.bin" for name in ("plans", "states"))
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
# The package moves on, the table stays until it is made again: so much may differ.
TOLERANCE = 0.002


def metadata(code: int) -> list[PhoneMetadata]:
    names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if names == ("001",):
        return [PhoneMetadata.metadata_for_nongeo_region(code)]
    return [PhoneMetadata.metadata_for_region(name) for name in names]


def phone(code: int, national: str) -> PhoneNumber:
    zeros = min(len(national) - len(national.lstrip("0")), len(national) - 1)
    return PhoneNumber(
        country_code=code,
        national_number=int(national),
        italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def is_possible(number: PhoneNumber) -> bool:
    """Not what can be dialled without an area only: behind a country code that is no number."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def examples() -> list[PhoneNumber]:
    names = [PhoneNumberType.to_string(kind).lower() for kind in PhoneNumberType.values()]
    numbers = []
    for code in CODES:
        for region in metadata(code):
            found = (getattr(region, name, None) for name in names)
            numbers += [phone(code, d.example_number) for d in found if d and d.example_number]
    return numbers


def test_plans_agree_with_the_oracle_on_random_digits() -> None:
    plans, states = PLANS.read_bytes(), STATES.read_bytes()
    rng = random.Random(3)
    wrong = possible = total = 0
    for code in CODES:
        lengths, start, _ = struct.unpack_from("<IHH", plans, code * 8)
        for _ in range(60):
            length = rng.choice(
                [rng.randint(4, 14), rng.choice(metadata(code)[0].general_desc.possible_length)]
            )
            national = "".join(rng.choice("0123456789") for _ in range(length))
            number, step = phone(code, national), start
            for digit in national:
                step = struct.unpack_from("<H", states, (step & 0x7FFF) * 20 + int(digit) * 2)[0]
            total += 1
            wrong += bool(step & 0x8000) != phonenumbers.is_valid_number(number)
            possible += bool(lengths >> length & 1) != is_possible(number)
    assert wrong <= TOLERANCE * total
    assert possible <= TOLERANCE * total


@pytest.mark.parametrize(
    ("form", "frames"),
    [
        (PhoneNumberFormat.INTERNATIONAL, ["{} is new.", "Ring {}, please."]),
        (PhoneNumberFormat.E164, ["{} is new.", "(now {})"]),
        (PhoneNumberFormat.NATIONAL, ["phone: {}", "Please call {} today.", "Her telephone number is {}."]),
    ],
)
def test_example_numbers_are_found(form: int, frames: list[str]) -> None:
    written = [phonenumbers.format_number(number, form) for number in examples()]
    for frame in frames:
        texts = [frame.format(value) for value in written]
        matches = rg.find_pii_batch(texts)
        start = frame.index("{")
        found = [any(m.kind == "PHONE" and m.start <= start + 3 for m in match) for match in matches]
        assert sum(found) >= 0.98 * len(texts), [v for v, hit in zip(written, found, strict=True) if not hit]


def test_random_digits_behind_a_plus_are_phones_where_a_plan_allows_them() -> None:
    rng = random.Random(4)
    wrong = total = 0
    for code in CODES:
        for _ in range(10):
            national = "".join(rng.choice("123456789") for _ in range(rng.randint(5, 14)))
            text = f"It was +{code}{national}, he said."
            if len(f"{code}{national}") > 15:
                continue
            total += 1
            number = phone(code, national)
            expected = is_possible(number) or phonenumbers.is_valid_number(number)
            wrong += bool(rg.find_pii(text, kinds=["PHONE"])) != expected
    # What differs: a trunk prefix behind the country code, which people write and the oracle refuses.
    assert wrong <= 0.03 * total
