//! Security events: what happens to accounts and sessions that somebody may have to look into.

/// Event of security. It holds neither secrets nor addresses of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityEvent {
    /// Somebody registered.
    Registered,
    /// Somebody registered with the address of an account that is there.
    RegisteredAgain,
    /// A mail address was confirmed.
    Verified,
    /// The first owner of a marketplace made an account.
    FirstOwner,
    /// Somebody who was invited chose a password.
    InvitationAccepted,
    /// Somebody signed in.
    SignedIn {
        /// True if a device that signed in before did.
        known_device: bool,
    },
    /// A sign-in was refused.
    SignInRefused,
    /// A password was right, and a second factor was asked for.
    FactorAsked,
    /// A second factor was wrong.
    FactorRefused,
    /// A second factor was proven again.
    SteppedUp,
    /// A second factor was added.
    FactorAdded,
    /// A second factor was removed.
    FactorRemoved,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A new set of recovery codes was made.
    RecoveryCodesMade,
    /// Further attempts are refused for a while.
    LockedOut,
    /// Somebody signed out.
    SignedOut,
    /// Sessions were revoked.
    SessionsRevoked {
        /// Number of sessions.
        count: u64,
    },
    /// The password was changed with the old one.
    PasswordChanged,
    /// A reset of the password was asked for.
    ResetAsked,
    /// The password was set by a link.
    PasswordReset,
    /// A change of the mail address was asked for.
    AddressChangeAsked,
    /// The mail address was changed.
    AddressChanged,
    /// A request with a cookie came from another site.
    CrossSiteRefused,
    /// The data of the account was exported.
    Exported,
    /// The account was disabled.
    Disabled,
    /// The account was erased.
    Erased,
}

impl SecurityEvent {
    /// True if somebody was turned away.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::SignInRefused | Self::FactorRefused | Self::LockedOut | Self::CrossSiteRefused
        )
    }

    /// True if anybody can cause it who knows a mail address: then the account suffers it, and does nothing.
    pub fn is_of_anybody(self) -> bool {
        matches!(
            self,
            Self::Registered | Self::RegisteredAgain | Self::ResetAsked
        ) || self.is_refusal()
    }

    /// Returns its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "account.registered",
            Self::RegisteredAgain => "account.registered_again",
            Self::Verified => "account.verified",
            Self::FirstOwner => "account.first_owner",
            Self::InvitationAccepted => "account.invitation_accepted",
            Self::SignedIn { .. } => "session.signed_in",
            Self::SignInRefused => "session.refused",
            Self::FactorAsked => "factor.asked",
            Self::FactorRefused => "factor.refused",
            Self::SteppedUp => "session.stepped_up",
            Self::FactorAdded => "factor.added",
            Self::FactorRemoved => "factor.removed",
            Self::RecoveryCodeUsed => "recovery_code.used",
            Self::RecoveryCodesMade => "recovery_code.made",
            Self::LockedOut => "session.locked_out",
            Self::SignedOut => "session.signed_out",
            Self::SessionsRevoked { .. } => "session.revoked",
            Self::PasswordChanged => "password.changed",
            Self::ResetAsked => "password.reset_asked",
            Self::PasswordReset => "password.reset",
            Self::AddressChangeAsked => "address.change_asked",
            Self::AddressChanged => "address.changed",
            Self::CrossSiteRefused => "request.cross_site",
            Self::Exported => "account.exported",
            Self::Disabled => "account.disabled",
            Self::Erased => "account.erased",
        }
    }
}
