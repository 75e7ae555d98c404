//! The word stream that coverage and fluency share.
