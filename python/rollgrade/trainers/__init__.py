"""Rollgrade as the reward function of a trainer: one small module a trainer, on one shared core.

``trl`` (GRPO, RLOO), ``verl``, ``eval_protocol``, ``reward_kit``, ``openrlhf``, ``verifiers``: ``from rollgrade.trainers
import trl`` and pass ``trl.reward(...)`` to the trainer. A trainer's own package is imported only where its classes are
needed.
"""
