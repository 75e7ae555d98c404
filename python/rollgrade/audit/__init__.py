"""A look at a reward before anything is trained on it: whether it can teach on this data
(:func:`~rollgrade.audit.check.check`), and what gets through it (:func:`~rollgrade.audit.redteam.redteam`)."""
