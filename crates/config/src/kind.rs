//! Kinds of values, derived from the types of fields.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::cron::Cron;
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
    /// A cron expression with seconds, or `off`.
    Schedule,
}

/// Types that a setting may have.
pub(crate) trait SettingType: Sized {
    /// Kind of value, before the range of the setting narrows it.
    const KIND: Kind;

    /// Reads a value; `None` if the text is not one.
    fn parse(text: &str) -> Option<Self>;

    /// Returns the value as text; `None` if it is unset.
    fn shown(&self) -> Option<String>;
}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl SettingType for $type {
            const KIND: Kind = Kind::Number { min: 0, max: u64::MAX };

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn shown(&self) -> Option<String> {
                Some(self.to_string())
            }
        })+
    };
}

numbers!(u32, u64, usize);

impl SettingType for bool {
    const KIND: Kind = Kind::Switch;

    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    fn shown(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl SettingType for SocketAddr {
    const KIND: Kind = Kind::Address;

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn shown(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl SettingType for String {
    const KIND: Kind = Kind::Text;

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn shown(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.clone())
    }
}

impl SettingType for PathBuf {
    const KIND: Kind = Kind::Text;

    fn parse(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }

    fn shown(&self) -> Option<String> {
        let text = self.display().to_string();
        (!text.is_empty()).then_some(text)
    }
}

impl SettingType for Cron {
    const KIND: Kind = Kind::Schedule;

    fn parse(text: &str) -> Option<Self> {
        Self::read(text)
    }

    fn shown(&self) -> Option<String> {
        Some(self.expression().unwrap_or("off").to_owned())
    }
}

impl SettingType for Option<Secret> {
    const KIND: Kind = Kind::Secret;

    fn parse(text: &str) -> Option<Self> {
        Some((!text.is_empty()).then(|| Secret::from(text.to_owned())))
    }

    fn shown(&self) -> Option<String> {
        self.as_ref().map(|_| "(hidden)".to_owned())
    }
}

impl Kind {
    /// Returns the requirement that `text` breaks, to stand behind "must".
    pub(crate) fn broken_by(self, text: &str) -> Option<String> {
        let holds = match self {
            Self::Number { min, max } => text
                .parse()
                .is_ok_and(|number: u64| (min..=max).contains(&number)),
            Self::Switch => bool::parse(text).is_some(),
            Self::Address => text.parse::<SocketAddr>().is_ok(),
            Self::Choice(words) => words.contains(&text),
            Self::Schedule => Cron::read(text).is_some(),
            Self::Text | Self::Secret => true,
        };
        (!holds).then(|| format!("be {}", self.requirement()))
    }

    /// Returns the accepted values in words, such as "a whole number from 1 to 16".
    pub(crate) fn requirement(self) -> String {
        match self {
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Switch => "true or false".to_owned(),
            Self::Address => "an address with a port, such as 127.0.0.1:3000".to_owned(),
            Self::Text | Self::Secret => "text".to_owned(),
            Self::Schedule => {
                "a cron expression with seconds, such as `0 30 3 * * *`, or `off`".to_owned()
            }
            Self::Choice(words) => match words {
                [others @ .., last] => format!("{} or {last}", others.join(", ")),
                [] => String::new(),
            },
        }
    }
}
