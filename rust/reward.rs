//! How the rules combine into one reward.
