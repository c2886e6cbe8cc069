//! Meaning of refusals of selling in HTTP.

use poem::http::StatusCode;
use souk_commerce::{CommerceError, payments::ProviderError};
use souk_domain::InvalidField;

use super::{ApiError, ErrorCode};

/// Returns status and code of a refusal.
pub(super) fn meaning(error: &CommerceError) -> (StatusCode, ErrorCode) {
    let conflict = |code| (StatusCode::CONFLICT, code);
    match error {
        CommerceError::EmptyCart => conflict(ErrorCode::CartEmpty),
        CommerceError::CartChanged(_) => conflict(ErrorCode::CartChanged),
        CommerceError::OtherTotal { .. } => conflict(ErrorCode::TotalChanged),
        CommerceError::Short(_) => conflict(ErrorCode::OutOfStock),
        CommerceError::UsedUp(_) => conflict(ErrorCode::PromotionUsedUp),
        CommerceError::Step(_) | CommerceError::NotPlaced => conflict(ErrorCode::StepRefused),
        CommerceError::Ended => conflict(ErrorCode::CheckoutEnded),
        CommerceError::Paid => conflict(ErrorCode::AlreadyPaid),
        CommerceError::TakenOver => conflict(ErrorCode::Conflict),
        CommerceError::TooManyApplications => conflict(ErrorCode::TooManyApplications),
        CommerceError::SellerStatus(_) | CommerceError::PayoutState(_) => {
            conflict(ErrorCode::StepRefused)
        }
        CommerceError::ChecklistIncomplete(_) => conflict(ErrorCode::ChecklistIncomplete),
        CommerceError::NoPayoutAccount => conflict(ErrorCode::PayoutAccountMissing),
        CommerceError::NotPayable { .. } => conflict(ErrorCode::NotPayable),
        // The others are made errors of their own kind.
        _ => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal),
    }
}

impl From<CommerceError> for ApiError {
    fn from(error: CommerceError) -> Self {
        match error {
            CommerceError::Invalid(invalid) => Self::Unprocessable(invalid),
            CommerceError::NotFound(what) => Self::NotFound(what),
            CommerceError::Store(error) => error.into(),
            CommerceError::UnknownProvider(_) => {
                let message = error.to_string();
                Self::Unprocessable(InvalidField::new("payment.provider", message))
            }
            CommerceError::Provider(ProviderError::Refused(message)) => {
                Self::Unprocessable(InvalidField::new("payment", message))
            }
            CommerceError::Provider(error) => Self::Unavailable(Box::new(error)),
            CommerceError::Overflow(error) => {
                Self::Unprocessable(InvalidField::new("lines", error.to_string()))
            }
            CommerceError::Journal(error) => Self::internal(error),
            CommerceError::Paper(error) => Self::internal(error),
            refused => Self::Commerce(refused),
        }
    }
}
