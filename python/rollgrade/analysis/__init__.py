"""What many rollouts say together: two rewards compared, and a graded log summed up.

- ``ranks``: rank correlation and preference pairs, overall and by group, exactly and in O(n log n)
- ``reading``: logs as blocks of rollouts with their step, group and reward, for one pass or for a few records
- ``graded``: where the grades of a graded log stand
- ``comparing``: two rubrics, or a rubric and the reward in the log
- ``reporting``: a graded log as aggregates and a bounded gallery
"""
