//! All that discipline is made of, together: denda, strikes, claims, suspensions, reactivations, substitutes, terminations
//! and their settlements (SPEC 7-9). Whatever happens in whatever order, the rules of [`rules`] hold.

mod deadline;
mod killed;
mod random;
mod rules;
mod step;
mod world;
