//! Kinds of values, derived from the types of fields.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::secret::Secret;

/// Values that a setting accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whole numbers of a range, ends included.
    Number { min: u64, max: u64 },
    /// `true` or `false`.
    Switch,
    /// A listen address with its port.
    Address,
    /// Text.
    Text,
    /// Text that is never shown.
    Secret,
    /// Words of a list.
    Choice(&'static [&'static str]),
}

/// Types that a setting may have.
pub(crate) trait SettingType {
    const KIND: Kind;
}

macro_rules! kinds {
    ($($type:ty => $kind:expr;)+) => {
        $(impl SettingType for $type {
            const KIND: Kind = $kind;
        })+
    };
}

/// Numbers above any machine's size read as "no upper bound".
pub(crate) const UNBOUNDED: u64 = u32::MAX as u64;

kinds! {
    u32 => Kind::Number { min: 0, max: UNBOUNDED };
    u64 => Kind::Number { min: 0, max: u64::MAX };
    usize => Kind::Number { min: 0, max: u64::MAX };
    bool => Kind::Switch;
    SocketAddr => Kind::Address;
    String => Kind::Text;
    PathBuf => Kind::Text;
    Option<Secret> => Kind::Secret;
}

impl Kind {
    /// Returns the requirement that `text` breaks, to stand behind "must be".
    pub(crate) fn broken_by(self, text: &str) -> Option<String> {
        let holds = match self {
            Self::Number { min, max } => text
                .parse()
                .is_ok_and(|number: u64| (min..=max).contains(&number)),
            Self::Switch => figment::value::Value::from(text).to_bool_lossy().is_some(),
            Self::Address => text.parse::<SocketAddr>().is_ok(),
            Self::Choice(words) => words.contains(&text),
            Self::Text | Self::Secret => true,
        };
        (!holds).then(|| self.requirement())
    }

    /// Returns the accepted values in words, such as "a whole number from 1 to 16".
    pub(crate) fn requirement(self) -> String {
        match self {
            Self::Number { min: 0, max } if max >= UNBOUNDED => "a whole number".to_owned(),
            Self::Number { min, max } if max >= UNBOUNDED => {
                format!("a whole number of at least {min}")
            }
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Switch => "true or false".to_owned(),
            Self::Address => "an address with a port, such as 127.0.0.1:3000".to_owned(),
            Self::Text | Self::Secret => "text".to_owned(),
            Self::Choice(words) => match words {
                [others @ .., last] => format!("{} or {last}", others.join(", ")),
                [] => String::new(),
            },
        }
    }
}
