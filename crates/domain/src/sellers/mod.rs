//! Sellers as partners of a marketplace: who they are, what they have to show before they sell, and what they are paid.

mod checklist;
mod goods;
mod payout_account;
mod payouts;
mod status;
mod trader;

pub use checklist::{ChecklistItem, missing};
pub use goods::{changes_stocks_alone, own_patch, own_product};
pub use payout_account::{PayoutAccount, PayoutAccountInput};
pub use payouts::{
    EarnedByOrder, Payable, PayoutRefusal, PayoutState, PayoutStep, UnknownPayoutState, payable,
};
pub use status::{SellerDecision, SellerStatus, StatusRefusal, UnknownSellerStatus};
pub use trader::{TraderDetails, TraderInput};
