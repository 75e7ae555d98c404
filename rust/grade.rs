//! One rollout through every rule.
