//! Reference data of a fresh database.
