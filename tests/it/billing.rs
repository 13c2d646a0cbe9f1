//! Billing a month (SPEC FIN-1): each siswa and tutor once, whatever happens on the way.

mod begin;
mod carry;
mod killed;
mod late;
mod race;
mod stop;
