//! Options of accounts and of mails to them.

use souk_accounts::{AccountOptions, LinkPages};
use souk_config::{Config, StaffSecondFactor};
use souk_identity::HashCost;
use souk_mail::{BadMailSetting, Transport};

/// Conversions of the sections `accounts` and `mail`.
pub trait AccountsSection {
    /// Returns the options of accounts.
    fn accounts(&self) -> AccountOptions;

    /// Returns the way of mails: to the server, else into a folder of the data.
    ///
    /// # Errors
    /// If the URL or the sender cannot be used.
    fn mail_transport(&self) -> Result<Transport, BadMailSetting>;
}

impl AccountsSection for Config {
    fn accounts(&self) -> AccountOptions {
        let given = &self.accounts;
        AccountOptions {
            cost: HashCost {
                memory_kib: given.password_memory_kib,
                passes: given.password_passes,
                lanes: given.password_lanes,
            },
            min_password_chars: given.password_min_chars,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            staff_needs_factor: match given.staff_second_factor {
                StaffSecondFactor::Auto => !self.demo.enabled || self.database.url.is_some(),
                StaffSecondFactor::Needed => true,
                StaffSecondFactor::Optional => false,
            },
            shopper_sessions: given.max_sessions,
            trusted_sessions: given.max_trusted_sessions,
            attempts_per_minute: (given.attempts_per_minute > 0)
                .then_some(given.attempts_per_minute),
            pages: LinkPages {
                url: given.url.clone(),
                otherwise: format!("http://{}", self.server.listen),
            },
        }
    }

    fn mail_transport(&self) -> Result<Transport, BadMailSetting> {
        Transport::sender(&self.mail.from)?;
        match &self.mail.smtp_url {
            Some(url) => Transport::smtp(url.expose()),
            None => Ok(Transport::Folder(self.data.mailbox_dir())),
        }
    }
}
