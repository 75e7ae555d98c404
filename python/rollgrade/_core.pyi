"""The Rust core. Private but for the functions that :mod:`rollgrade` re-exports."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, final

import numpy as np
from numpy.typing import NDArray

_Kind = TypeVar("_Kind")

__version__: str
PII_THRESHOLD: float

def count_tokens(text: str) -> int:
    """The number of GPT-2 tokens of `text`, equal to tiktoken's; special tokens are plain text. Linear time.

    The first time a string that is not ASCII is counted, Python makes its UTF-8 and keeps it with the string: that takes
    about as long as counting, and as much memory again. ASCII strings are read in place.
    """

def count_tokens_batch(texts: Any, *, threads: int = 1) -> NDArray[np.uint32]:
    """GPT-2 tokens of each text (a list of str or an Arrow string array): an array of shape (n,).

    With `threads` above 1, the others count what this one has got at so far. Strings that are not ASCII keep their UTF-8,
    as with `count_tokens`; Arrow's are read in place.
    """

def encode(text: str) -> NDArray[np.uint32]:
    """The GPT-2 token ids of `text`: an array of shape (tokens,)."""

def decode(tokens: Sequence[int]) -> bytes:
    """The bytes of token ids. An id outside the vocabulary raises ValueError."""

def within(text: str, max_tokens: int) -> bool:
    """Whether `text` has at most `max_tokens` GPT-2 tokens; stops as soon as the answer is known."""

def truncate(text: str, max_tokens: int, *, at: str = "char") -> str:
    """The longest prefix of at most `max_tokens` GPT-2 tokens, ending at a character (or `at="word"`)."""

def token_spans(text: str) -> NDArray[np.uint32]:
    """The code points of each GPT-2 token, shape (tokens, 2). A character that takes several tokens is in the
    span of each of them."""

def rouge_scores(
    prediction: str,
    references: str | Sequence[str],
    types: Sequence[str],
    use_stemmer: bool,
    kind: type[_Kind],
) -> dict[str, _Kind]: ...
def rouge_batch(
    predictions: Any, references: Any, types: Sequence[str], use_stemmer: bool, threads: int
) -> NDArray[np.float64]: ...
def copying(prediction: str, source: str) -> dict[str, Any]: ...
def support(prediction: str, source: str) -> dict[str, Any]: ...
def form(text: str) -> dict[str, Any]: ...
def fluency(text: str) -> dict[str, Any]: ...
def pii_kinds() -> list[tuple[str, float]]: ...
def _panic(text: str) -> None: ...
def _instruction_sets() -> list[str]: ...

@final
class _TokenCounter:
    def __new__(cls, instruction_set: str) -> _TokenCounter: ...
    def count(self, texts: Any) -> NDArray[np.uint32]: ...
    def encode(self, text: str) -> list[int]: ...

@final
class RougeReference:
    def __new__(cls, reference: str, types: Sequence[str], use_stemmer: bool) -> RougeReference: ...
    def score(self, prediction: str, kind: type[_Kind]) -> dict[str, _Kind]: ...

@final
class Facts:
    def __new__(
        cls, facts_list: Sequence[str], weights: Sequence[float] | None, present: float, polarity: bool
    ) -> Facts: ...
    def __len__(self) -> int: ...
    def score(self, summary: str) -> dict[str, Any]: ...
    def mean(self, summary: str) -> float: ...

@final
class Salience:
    def __new__(cls, source: str) -> Salience: ...
    def score(self, summary: str) -> float: ...

@final
class Scanner:
    def __new__(
        cls,
        tier: str,
        checksum_name: str,
        kinds: Sequence[str],
        exclude: Sequence[str],
        allow: Sequence[str],
    ) -> Scanner: ...
    def scan(self, text: str, source: str | None = None) -> list[Any]: ...
    def scan_batch(self, texts: Any, sources: Any, threads: int) -> list[list[Any]]: ...
    def redact(self, text: str, style: str, key: bytes | None) -> str: ...

@final
class Task:
    @property
    def basis(self) -> str: ...
    @property
    def has_source(self) -> bool: ...
    @property
    def pii_in_facts(self) -> list[tuple[int, str]]: ...

@final
class Grader:
    def __new__(cls, settings: Mapping[str, Any]) -> Grader: ...
    def prepare(self, basis: str, given: Sequence[Any], threads: int) -> list[Task]: ...
    def answers(self, texts: Any) -> list[str]: ...
    def grade(
        self, task: Task, completion: str, truncated: bool | None, tokens: int | None
    ) -> dict[str, Any]: ...
    def grade_batch(
        self,
        completions: Any,
        tasks: Sequence[Task],
        index: Sequence[int],
        truncated: Sequence[bool | None] | None,
        tokens: Sequence[int] | None,
        threads: int,
    ) -> dict[str, Any]: ...
