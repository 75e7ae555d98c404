"""verl's own reward managers with rollgrade's reward: loaded as verl loads it, on the CPU, without a rollout engine."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import ray
import tiny
import torch
from omegaconf import OmegaConf
from snippets import snippets
from tensordict import TensorDict
from verl import DataProto
from verl.trainer.ppo.ray_trainer import RayPPOTrainer
from verl.trainer.ppo.reward import get_custom_reward_fn, load_reward_manager
from verl.workers.reward_manager import get_reward_manager_cls

import rollgrade as rg
from rollgrade import recipes
from rollgrade.grades import RULES
from rollgrade.trainers import verl as adapter

ANSWER = "The council approved the budget on Monday . Property taxes rise by 3 percent in May ."
SOURCE = tiny.DOCUMENTS[0]
KEYS = {"score", "valid", "tokens", *RULES, *(f"{rule}_passed" for rule in RULES)}
# As a Parquet dataset hands it over: arrays of objects.
FACTS = np.array(tiny.FACTS, dtype=object)


def config(manager: str, name: str = "compute_score", **reward_kwargs: Any) -> Any:
    return OmegaConf.create(
        {
            "reward": {
                "num_workers": 1,
                "custom_reward_function": {
                    "path": "pkg://rollgrade.trainers.verl",
                    "name": name,
                    "reward_kwargs": reward_kwargs,
                },
                "reward_manager": {
                    "source": "register",
                    "name": manager,
                    "module": {"path": None, "name": None},
                },
                "sandbox_fusion": None,
            },
            "trainer": {"experiment_name": "test"},
        }
    )


def batch(answers: list[str], truths: list[Any], extras: list[dict[str, Any]] | None = None) -> DataProto:
    tok = tiny.tokenizer()
    prompts = [tok("user :")["input_ids"]] * len(answers)
    replies = [tok(answer)["input_ids"] + [tok.eos_token_id] for answer in answers]
    longest = max(map(len, replies))
    mask = [[1] * (2 + len(r)) + [0] * (longest - len(r)) for r in replies]
    padded = [r + [tok.pad_token_id] * (longest - len(r)) for r in replies]
    n = len(answers)
    truth_column = np.empty(n, dtype=object)
    truth_column[:] = [{"ground_truth": truth} for truth in truths]
    extra_column = np.empty(n, dtype=object)
    extra_column[:] = extras or [{} for _ in answers]
    tensors = {
        "prompts": torch.tensor(prompts),
        "responses": torch.tensor(padded),
        "attention_mask": torch.tensor(mask),
    }
    return DataProto(
        batch=TensorDict(tensors, batch_size=n),
        non_tensor_batch={
            "data_source": np.array(["news"] * n, dtype=object),
            "reward_model": truth_column,
            "extra_info": extra_column,
        },
    )


def run(manager: str, data: DataProto, **reward_kwargs: Any) -> list[dict[str, Any]]:
    """Every sample through a reward manager of verl, all at the same time, as its workers do."""

    async def all_samples() -> list[dict[str, Any]]:
        loaded = load_reward_manager(config(manager, **reward_kwargs), tiny.tokenizer())
        return await asyncio.gather(*(loaded.run_single(data[i : i + 1]) for i in range(len(data))))

    return asyncio.run(all_samples())


@pytest.mark.parametrize("manager", ["naive", "dapo", "gdpo"])
def test_a_manager_gets_the_same_finite_keys_for_every_sample(manager: str, tmp_path: Path) -> None:
    rubric = rg.Rubric(max_tokens=30)
    rubric.to_file(tmp_path / "rubric.toml")
    answers = [ANSWER, "The", f"{ANSWER} {ANSWER}", "The library opens on Friday ."]
    truths = [
        {"facts": FACTS, "source": SOURCE},
        {"facts": tiny.FACTS, "source": SOURCE},
        json.dumps({"facts": tiny.FACTS, "source": SOURCE}),
        {"key_facts": FACTS, "document": SOURCE},
    ]
    found = run(manager, batch(answers, truths), rubric=str(tmp_path / "rubric.toml"))
    for answer, result in zip(answers, found, strict=True):
        extra = result["reward_extra_info"]
        assert set(extra) >= KEYS
        assert all(type(extra[key]) is float and math.isfinite(extra[key]) for key in KEYS)
        expected = rubric.grade(answer, facts=tiny.FACTS, source=SOURCE)
        assert result["reward_score"] == extra["score"] == expected.score
        assert [extra[rule] for rule in RULES] == [getattr(expected, rule).score for rule in RULES]
    assert len({frozenset(result["reward_extra_info"]) for result in found}) == 1
    # What verl makes of the extras: one numeric array a key.
    assert all(np.array([r["reward_extra_info"][key] for r in found]).dtype == np.float64 for key in KEYS)


def test_facts_as_an_array_of_objects_are_the_ground_truth_itself_or_stand_in_extra_info() -> None:
    extras: list[dict[str, Any]] = [{"source": SOURCE}, {"source": SOURCE, "facts": FACTS}]
    found = run("naive", batch([ANSWER, ANSWER], [FACTS, None], extras))
    assert {r["reward_score"] for r in found} == {
        rg.Rubric().grade(ANSWER, facts=tiny.FACTS, source=SOURCE).score
    }


def test_reward_kwargs_choose_the_rubric_and_the_names_of_the_fields() -> None:
    data = batch([ANSWER], [{"points": FACTS}])
    named = run("naive", data, facts="points", rubric="ranking")
    assert named[0]["reward_score"] == recipes.ranking().grade(ANSWER, facts=tiny.FACTS).score
    with pytest.raises(
        ValueError, match=r"facts: got 'point', expected a field of the row.*did you mean \"points\""
    ):
        run("naive", batch([ANSWER], [None], [{"points": FACTS}]), facts="point")
    with pytest.raises(
        ValueError, match=r"reward_kwargs: got 'rubrik', expected one of .*did you mean \"rubric\""
    ):
        run("naive", data, rubrik="rubric.toml")


def test_a_row_without_facts_is_a_clear_error_where_a_number_is_required(tmp_path: Path) -> None:
    for missing in ("error", "skip"):
        path = tmp_path / f"{missing}.toml"
        rg.Rubric(missing=missing).to_file(path)
        with pytest.raises(ValueError, match=r"row 0: facts: got nothing, expected a value"):
            run("naive", batch([ANSWER], [None], [{"source": None}]), rubric=str(path))
    rg.Rubric(missing="fallback").to_file(tmp_path / "fallback.toml")
    found = run(
        "naive",
        batch([ANSWER, ANSWER], [FACTS, None], [{}, {"source": SOURCE}]),
        rubric=str(tmp_path / "fallback.toml"),
    )
    assert set(found[0]["reward_extra_info"]) == set(found[1]["reward_extra_info"])


def test_it_is_safe_from_many_threads() -> None:
    compute = get_custom_reward_fn(config("naive"))
    answers = [ANSWER, "The", "Taxes rise in May .", f"{ANSWER} {ANSWER} {ANSWER}"] * 50
    call = {"data_source": "news", "ground_truth": {"facts": FACTS, "source": SOURCE}, "extra_info": {}}
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda answer: compute(solution_str=answer, **call)["score"], answers))
    assert found == [rg.Rubric().grade(a, facts=tiny.FACTS, source=SOURCE).score for a in answers]


def test_the_legacy_batch_manager() -> None:
    compute = get_custom_reward_fn(config("batch", "compute_score_batch"))
    data = batch([ANSWER, "The"], [{"facts": FACTS, "source": SOURCE}] * 2)
    manager = get_reward_manager_cls("batch")(tiny.tokenizer(), num_examine=0, compute_score=compute)
    result = manager(data, return_dict=True)
    expected = [rg.Rubric().grade(a, facts=tiny.FACTS, source=SOURCE).score for a in (ANSWER, "The")]
    assert torch.allclose(result["reward_tensor"].sum(1), torch.tensor(expected, dtype=torch.float32))
    assert set(result["reward_extra_info"]) >= KEYS


def test_what_verl_dumps_is_rescored_to_the_same_rewards(tmp_path: Path) -> None:
    truth = {"facts": tiny.FACTS, "source": SOURCE}
    # As JSON a ground truth outlives whatever carries it; arrays are dumped as NumPy prints them.
    truths = [truth, json.dumps(truth), truth]
    answers = [ANSWER, "The library opens on Friday .", "The"]
    found = run("naive", batch(answers, truths))
    extras = {key: [r["reward_extra_info"][key] for r in found] for key in sorted(KEYS - {"score"})}
    scores = [r["reward_score"] for r in found]
    RayPPOTrainer._write_generations(["user :"] * 3, answers, truths, scores, extras, str(tmp_path), 1)
    rg.Rubric().to_file(tmp_path / "rubric.toml")
    again = tiny.score(tmp_path / "1.jsonl", tmp_path / "rubric.toml", tmp_path / "again.jsonl")
    assert [row["score"] for row in again] == scores


def test_in_a_ray_actor() -> None:
    # One of its own, whatever cluster is running or was left behind here.
    ray.init(
        address="local",
        num_cpus=1,
        include_dashboard=False,
        logging_level="ERROR",
        object_store_memory=100_000_000,
    )
    try:

        @ray.remote
        class Worker:
            def __init__(self, compute: Any) -> None:
                self.compute = compute

            def score(self, answer: str) -> float:
                given = {"facts": FACTS, "source": SOURCE}
                return float(
                    self.compute(data_source="news", solution_str=answer, ground_truth=given)["score"]
                )

        worker = Worker.remote(adapter.ComputeScore(rubric=rg.Rubric(max_tokens=40)))
        found = ray.get([worker.score.remote(answer) for answer in (ANSWER, "The")])
    finally:
        ray.shutdown()
    rubric = rg.Rubric(max_tokens=40)
    assert found == [rubric.grade(a, facts=tiny.FACTS, source=SOURCE).score for a in (ANSWER, "The")]


def test_verl_sees_a_plain_function() -> None:
    assert not inspect.iscoroutinefunction(adapter.compute_score)


def test_the_snippet_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rg.Rubric(max_tokens=40).to_file("rubric.toml")
    ((_, text),) = snippets("yaml verl")
    compute = get_custom_reward_fn(OmegaConf.create(text))
    found = compute(data_source="news", solution_str=ANSWER, ground_truth={"facts": FACTS}, extra_info={})
    assert found["score"] == rg.Rubric(max_tokens=40).grade(ANSWER, facts=tiny.FACTS).score
