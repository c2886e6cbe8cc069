//! Accounts of people, and mails to them.

use crate::choices::StaffSecondFactor;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Accounts; see docs/ACCOUNTS.md.
    accounts: AccountsConfig {
        /// Public URL of the pages that links in mails lead to, such as `https://{tenant}.shop.example`. Empty: `https://` and the tenant's first host.
        url: String = String::new(), "SOUK_ACCOUNTS_URL";
        /// Fewest characters of a new password.
        password_min_chars: usize = 15, "SOUK_PASSWORD_MIN_CHARS", range 8..=64, unit "characters";
        /// Memory of a password hash, in KiB. A lower one makes stolen hashes cheaper to guess.
        password_memory_kib: u32 = 19_456, "SOUK_PASSWORD_MEMORY_KIB", range 1_024..=1_048_576, unit "KiB";
        /// Passes of a password hash over its memory.
        password_passes: u32 = 2, "SOUK_PASSWORD_PASSES", range 1..=100, unit "passes";
        /// Lanes of a password hash.
        password_lanes: u32 = 1, "SOUK_PASSWORD_LANES", range 1..=16, unit "lanes";
        /// Second factor of people of staff: `auto` means needed, but not with the demo catalogue in an embedded database.
        staff_second_factor: StaffSecondFactor = StaffSecondFactor::Auto, "SOUK_STAFF_SECOND_FACTOR";
        /// Most sessions of a customer at a time; a further one ends the oldest.
        max_sessions: u32 = 10, "SOUK_SESSION_MAX_PER_ACCOUNT", range 1..=1_000, unit "sessions";
        /// Most sessions of an account with a role of staff or of a seller.
        max_trusted_sessions: u32 = 3, "SOUK_SESSION_MAX_PER_TRUSTED_ACCOUNT", range 1..=1_000, unit "sessions";
        /// Sign-ins, registrations, resets and uses of links that a client may ask for in a minute; 0: unlimited.
        attempts_per_minute: u32 = 5, "SOUK_SIGN_IN_PER_MINUTE", range 0..=10_000, unit "requests";
    }

    /// Mails.
    mail: MailConfig {
        /// URL of the mail server, such as `smtps://user:password@host` or `smtp://host:587?tls=required`. Unset: mails are files below the data folder.
        smtp_url: Option<Secret> = None, "SOUK_SMTP_URL";
        /// Sender of mails, as an address. Its name is the marketplace's.
        from: String = "souk@localhost".to_owned(), "SOUK_MAIL_FROM";
    }
}
