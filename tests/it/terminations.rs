//! Ending the work with a tutor: the decision, the checklist, the final settlement with its revisions, the archive (SPEC HR-4 to HR-6).

mod access;
mod archive;
mod billed;
mod cascade;
mod casefile;
mod decision;
mod killed;
mod revision;
mod settlement;
mod story;
