//! What the engine promises every workflow, proved with a toy one.

mod basics;
mod jobs;
mod nesting;
mod previews;
mod repeating;
mod rig;
mod tasks;
mod timers;
mod toy;
