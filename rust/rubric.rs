//! The settings of a rubric.
