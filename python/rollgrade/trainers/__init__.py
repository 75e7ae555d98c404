"""Rollgrade as the reward function of a trainer: one small module a trainer, on one shared core.

``from rollgrade.trainers import trl`` and pass ``trl.reward(...)`` to the trainer.
"""
