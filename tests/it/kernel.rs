//! What the engine promises every workflow, proved with a toy one.

mod basics;
mod gates;
mod jobs;
mod migrating;
mod nesting;
mod previews;
mod random;
mod repeating;
mod replaying;
mod rig;
mod sealing;
mod tasks;
mod timers;
mod together;
mod toy;
