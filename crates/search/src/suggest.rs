//! Completion of what is being typed, over names that fit in memory.
