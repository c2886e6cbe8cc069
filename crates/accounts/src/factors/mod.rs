//! Second factors: added and removed, asked for at the sign-in, proven again before what matters.

mod answers;
mod enrolling;
mod second_step;
mod stepping_up;

pub use self::{
    answers::FactorAnswer,
    enrolling::{AccountFactors, BegunTotp, ConfirmedTotp},
    second_step::Challenged,
    stepping_up::RenewedSession,
};
