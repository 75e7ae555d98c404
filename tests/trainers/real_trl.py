"""Real GRPO and RLOO runs of TRL with rollgrade's reward: a tiny random policy, on the CPU, without a network."""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import subprocess
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
import tiny
from accelerate import PartialState
from datasets import Dataset
from snippets import snippets
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer
from trl.experimental.async_grpo.async_rollout_worker import RolloutGroup, TrainingSequence, _AsyncRolloutLoop
from trl.trainer.utils import get_callable_name

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import trl
from rollgrade.trainers._reward import Grading

TRAINERS: dict[str, Any] = {"grpo": (GRPOConfig, GRPOTrainer), "rloo": (RLOOConfig, RLOOTrainer)}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.policy(tmp_path_factory.mktemp("policy"))


def train(
    policy: Path,
    out: Path,
    rewards: list[Any],
    rows: list[dict[str, Any]],
    algorithm: str = "grpo",
    **settings: Any,
) -> Any:
    config, trainer = TRAINERS[algorithm]
    given = {
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 24,
        "max_steps": 2,
    }
    arguments = config(
        output_dir=str(out), logging_steps=1, use_cpu=True, bf16=False, report_to="none", save_strategy="no",
        log_completions=True, num_completions_to_print=1, seed=0, **(given | settings),
    )  # fmt: skip
    made = trainer(
        model=str(policy),
        reward_funcs=rewards,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tiny.tokenizer(),
    )
    made.train()
    return made


def logged(trainer: Any) -> list[dict[str, float]]:
    """The log of each step."""
    return [entry for entry in trainer.state.log_history if "reward" in entry]


@pytest.mark.parametrize(
    ("algorithm", "form", "asynchronous"),
    [
        ("grpo", "text", False),
        ("grpo", "messages", True),
        ("rloo", "messages", False),
        ("rloo", "text", True),
    ],
)
def test_a_run_logs_every_rule_and_its_completions_rescore_to_the_same_rewards(
    policy: Path, tmp_path: Path, algorithm: str, form: str, asynchronous: bool
) -> None:
    rubric = rg.Rubric(max_tokens=20, coverage={"threshold": 0.2})
    rubric.to_file(tmp_path / "rubric.toml")
    # Conversations have their document in the prompt.
    source = "source" if form == "text" else None
    columns: dict[str, Any] = {
        "facts": "facts",
        "source": source,
        "eos": tiny.tokenizer(),
        "asynchronous": asynchronous,
    }
    reward = trl.reward(tmp_path / "rubric.toml", **columns)
    brief = trl.reward(rubric.replace(max_tokens=10), name="brief", **columns)
    trainer = train(
        policy, tmp_path / "run", [reward, brief], tiny.rows(form), algorithm, reward_weights=[1.0, 0.5]
    )

    steps = logged(trainer)
    assert len(steps) == 2
    for step in steps:
        for name in ("rollgrade", "brief"):
            assert {f"{name}/{rule}" for rule in RULES} | {f"{name}/{rule}_passed" for rule in RULES} <= set(
                step
            )
            assert {
                f"{name}/valid",
                f"{name}/tokens",
                f"{name}/groups",
                f"{name}/zero_variance_groups",
            } <= set(step)
        assert step["rollgrade/groups"] == 2
        assert step["rewards/brief/mean"] < step["rewards/rollgrade/mean"]
        assert step["rewards/rollgrade/std"] > 0

    files = sorted((tmp_path / "run" / "completions").glob("*.parquet"))
    # RLOO shows its completions and writes no file of them.
    assert len(files) == (2 if algorithm == "grpo" else 0)
    if not files:
        return
    for file, step in zip(files, steps, strict=True):
        table = pq.read_table(file).to_pylist()
        assert len(table) == 8
        again = tiny.score(file, tmp_path / "rubric.toml", tmp_path / f"{file.stem}.parquet")
        for row, grade in zip(table, again, strict=True):
            # TRL keeps rewards in single precision.
            assert math.isclose(row["rollgrade"], grade["score"], abs_tol=1e-6)
        assert math.isclose(step["rollgrade/length"], sum(g["length"] for g in again) / 8, abs_tol=1e-6)
        assert {row["finish_reason"] for row in table} <= {"length", "stop"}
        cut = sum(row["finish_reason"] == "length" for row in table) / 8
        assert math.isclose(step["completions/clipped_ratio"], cut)
        assert all(
            g["length"] < 1 for g, row in zip(again, table, strict=True) if row["finish_reason"] == "length"
        )


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_five_rules_as_functions_share_one_grading_pass(
    policy: Path, tmp_path: Path, asynchronous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    grade = Grading.grade
    monkeypatch.setattr(
        Grading, "grade", lambda self, rows: passes.append(len(rows.texts)) or grade(self, rows)
    )
    rewards = trl.rules(rg.Rubric(max_tokens=20), facts="facts", source="source", asynchronous=asynchronous)
    trainer = train(policy, tmp_path, rewards, tiny.rows("text"), reward_weights=[16.0, 8.0, 4.0, 2.0, 1.0])
    assert passes == [8, 8]
    for step in logged(trainer):
        assert {f"rewards/{rule}/mean" for rule in RULES} <= set(step)
        assert 0 <= step["rewards/length/mean"] <= step["rollgrade/length"]
    table = pq.read_table(tmp_path / "completions" / "completions_00001.parquet").to_pylist()
    for row in table:
        grade_of_it = rg.Rubric(max_tokens=20).grade(
            row["completion"], facts=row["facts"], source=row["source"]
        )
        for rule in RULES:
            expected = getattr(grade_of_it, rule).score if grade_of_it.valid else 0.0
            assert math.isclose(row[rule], expected, abs_tol=1e-6)


def test_rows_without_facts_under_each_missing_setting(policy: Path, tmp_path: Path) -> None:
    # The dataset's second task has no facts.
    rows = tiny.rows("text", facts=[tiny.FACTS if i % 2 == 0 else None for i in range(8)])

    def always(completions: list[Any], **_: Any) -> list[float]:
        return [0.5] * len(completions)

    def run(missing: str) -> list[dict[str, Any]]:
        reward = trl.reward(rg.Rubric(missing=missing), facts="facts", source="source")
        train(policy, tmp_path / missing, [reward, always], rows)
        found: list[dict[str, Any]] = pq.read_table(tmp_path / missing / "completions").to_pylist()
        return found

    skipped = run("skip")
    assert any(row["facts"] is None for row in skipped)
    assert all((row["rollgrade"] is None) == (row["facts"] is None) for row in skipped)
    assert all(0 <= row["rollgrade"] <= 1 for row in run("fallback"))
    with pytest.raises(ValueError, match=r"row \d+: facts: got nothing, expected a value"):
        run("error")


def test_a_limit_below_the_budget_is_warned_of_once(policy: Path, tmp_path: Path) -> None:
    reward = trl.reward(rg.Rubric(max_tokens=200), facts="facts", eos=tiny.tokenizer())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train(policy, tmp_path, [reward], tiny.rows("text"), max_completion_length=12)
    said = [str(w.message) for w in caught if "the trainer's limit on a completion" in str(w.message)]
    assert len(said) == 1


ANSWERS = ["The council approved the budget on Monday .", "The library opens on Friday .", "The"]


def scored_by_the_async_trainer(rewards: list[Any]) -> list[dict[str, float]]:
    """The metrics of a group, as the rollout loop of TRL's asynchronous trainer scores it in its child process."""
    loop = SimpleNamespace(
        reward_funcs=rewards,
        reward_func_names=[get_callable_name(reward) for reward in rewards],
        _env_reward_types=[],
        _provides_rollout_reward=False,
    )
    n = len(ANSWERS)
    group = RolloutGroup(
        prompts=[[{"role": "user", "content": tiny.DOCUMENTS[0]}]] * n,
        reward_kwargs={"facts": [tiny.FACTS] * n},
        completions=[[{"role": "assistant", "content": answer}] for answer in ANSWERS],
        completions_ids=[[1, 2]] * n,
        completions_sequences=[[TrainingSequence([1, 2], [0, 1], [0.0, 0.0], "rollout")]] * n,
        tool_call_counts=[0] * n,
        tool_failure_counts=[0] * n,
        model_version=0,
        group_id=0,
        env_rewards=[None] * n,
        rollout_rewards=[None] * n,
    )
    PartialState()  # as the child starts with
    samples = asyncio.run(_AsyncRolloutLoop._score_group(loop, group))
    return [sample.metrics for sample in samples]


def test_the_asynchronous_trainer_scores_a_group_in_a_spawned_child() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for asynchronous in (False, True):
            reward = trl.reward("summarization", facts="facts", asynchronous=asynchronous)
            rules = trl.rules("summarization", facts="facts", asynchronous=asynchronous)
            found = pool.submit(scored_by_the_async_trainer, [reward, *rules]).result()
            for answer, metrics in zip(ANSWERS, found, strict=True):
                grade = rg.Rubric().grade(answer, facts=tiny.FACTS, source=tiny.DOCUMENTS[0])
                assert metrics["rewards/rollgrade"] == grade.score
                for rule in RULES:
                    assert metrics[f"rewards/{rule}"] == (getattr(grade, rule).score if grade.valid else 0.0)


def test_the_snippet_of_the_page_and_its_rescore(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rg.Rubric(max_tokens=50).to_file("rubric.toml")
    settings = {
        "max_steps": 1,
        "per_device_train_batch_size": 4,
        "num_generations": 4,
        "use_cpu": True,
        "bf16": False,
    }
    given = {
        "model": str(policy),
        "tokenizer": tiny.tokenizer(),
        "dataset": Dataset.from_list(tiny.rows("messages")),
        "settings": settings | {"report_to": "none", "max_completion_length": 64, "save_strategy": "no"},
    }
    ((_, code),) = snippets("python trl")
    exec(code, given)
    assert given["trainer"].state.log_history[-1]["train_loss"] is not None
    (command,) = [code.split() for _, code in snippets("sh")]
    assert command[0] == "rollgrade"
    done = subprocess.run([sys.executable, "-m", *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (graded,) = Path("rescored").glob("*.parquet")
    for row in pq.read_table(graded).to_pylist():
        assert math.isclose(row["rollgrade_reward"], row["rollgrade"]["score"], abs_tol=1e-6)
