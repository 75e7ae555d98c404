//! Many rollouts, into columns.
