//! Settings that are words of a list.

use crate::kind::{Kind, SettingType};

/// Declares enums with the word of each variant, and further words that mean the same.
macro_rules! choices {
    ($(
        $(#[doc = $about:literal])+
        $name:ident {
            $(
                $(#[doc = $variant_about:literal])+
                $variant:ident = $word:literal $(| $alias:literal)*;
            )+
        }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $variant_about])+ $variant,)+
        }

        impl SettingType for $name {
            const KIND: Kind = Kind::Choice(&[$($word $(, $alias)*),+]);

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn shown(&self) -> Option<String> {
                let word = match self {
                    $(Self::$variant => $word,)+
                };
                Some(word.to_owned())
            }
        }
    )+};
}

choices! {
    /// Process that applies changes to the index.
    InProcess {
        /// `souk serve` where database or index is embedded, because an embedded one serves a single process.
        Auto = "auto";
        /// `souk serve`.
        Yes = "yes";
        /// `souk-indexer run`.
        No = "no";
    }

    /// Second factor of people of staff, without which their roles permit nothing.
    StaffSecondFactor {
        /// Needed, but not in a demo: with the demo catalogue in an embedded database.
        Auto = "auto";
        /// Needed.
        Needed = "needed" | "true";
        /// Left to each person.
        Optional = "optional" | "false";
    }

    /// Treatment of the index at startup.
    SyncOnStartup {
        /// Fill an empty index, and warn of an outdated mapping.
        Auto = "auto" | "true";
        /// Rebuild the index.
        Always = "always";
        /// Leave the index as it is.
        Never = "never" | "false";
    }

    /// Format of log lines.
    LogFormat {
        /// Plain text.
        Text = "text";
        /// JSON, an object per line.
        Json = "json";
    }

    /// Header in which a trusted proxy passes the client's address.
    ProxyHeader {
        /// `X-Forwarded-For: client, proxy`.
        XForwardedFor = "x_forwarded_for";
        /// `Forwarded: for=client, for=proxy` (RFC 7239).
        Forwarded = "forwarded";
        /// `X-Real-IP: client`.
        XRealIp = "x_real_ip";
    }
}
