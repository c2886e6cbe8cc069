//! Search keys: what they restrict, why they are refused, and their quotas.

mod fault;
mod key;
mod quotas;
mod restrictions;

pub use self::{
    fault::SearchKeyFault,
    key::SearchKey,
    quotas::SearchKeyQuotas,
    restrictions::{EnforcedFilters, Restrictions},
};
