//! Parameter types of the admin API.

use poem_openapi::registry::MetaSchema;
use souk_search::merchandising::config::check_stop_word;
use souk_store::QueryOrder;

use super::{Parameter, integer, one_of, parameters, read_integer, read_name, string};
use crate::api::params::CalendarDay;

/// Longest name in the cache, and more than that.
const MAX_CACHE_NAME_CHARS: usize = 64;
const CACHE_PATTERN: &str = "^[a-z0-9:*?]+$";
/// Longest name of whoever changes something.
const MAX_ACTOR_CHARS: usize = 100;
/// Longest reason for a change.
const MAX_NOTE_CHARS: usize = 500;
/// Longest stop word.
const MAX_STOP_WORD_CHARS: usize = 63;
/// Highest id: what every JSON reader holds exactly.
const MAX_ID: i64 = (1 << 53) - 1;

parameters! {
    /// A row's id.
    RowId(i64);
    /// Cache tag.
    CacheTag(souk_cache::Tag);
    /// Names of answers in the cache.
    CachePattern(String);
    /// Author of a change.
    ActorName(String);
    /// Reason of a change.
    NoteText(String);
    /// A word that is not searched for.
    StopWord(String);
    /// A version of the settings that answers, from 0.
    AnsweringVersion(i64);
    /// A day of the calendar.
    Day(CalendarDay);
    /// Sort order of queries in a report.
    ReportOrder(QueryOrder);
}

impl Parameter for RowId {
    fn schema() -> MetaSchema {
        integer(1, MAX_ID)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, MAX_ID).map(Self)
    }
}

impl Parameter for CacheTag {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(
                "^(all|search|categories|fandoms|sellers|(product|category|fandom|seller):[1-9][0-9]{0,17})$"
                    .to_owned(),
            ),
            ..string(MAX_CACHE_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let tag = text.parse::<souk_cache::Tag>();
        tag.map(Self).map_err(|error| error.to_string())
    }
}

impl Parameter for CachePattern {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(CACHE_PATTERN.to_owned()),
            ..string(MAX_CACHE_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":*?".contains(&byte);
        if text.is_empty() || text.len() > MAX_CACHE_NAME_CHARS || !text.bytes().all(plain) {
            return Err("is no pattern such as `search:*`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for ActorName {
    fn schema() -> MetaSchema {
        string(MAX_ACTOR_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text.trim(), MAX_ACTOR_CHARS).map(Self)
    }
}

impl Parameter for NoteText {
    fn schema() -> MetaSchema {
        string(MAX_NOTE_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_NOTE_CHARS).map(Self)
    }
}

impl Parameter for StopWord {
    fn schema() -> MetaSchema {
        string(MAX_STOP_WORD_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        check_stop_word(text).map_err(|error| error.message)?;
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for AnsweringVersion {
    fn schema() -> MetaSchema {
        integer(0, MAX_ID)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 0, MAX_ID).map(Self)
    }
}

impl Parameter for Day {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "date")
    }

    fn read(text: &str) -> Result<Self, String> {
        let day = CalendarDay::read(text).map(Self);
        day.ok_or_else(|| "is a day such as `2026-01-31`".to_owned())
    }
}

/// Sort order of queries in a report, by name.
const REPORT_ORDERS: [(&str, QueryOrder); 4] = [
    ("searches", QueryOrder::Searches),
    ("clicks", QueryOrder::Clicks),
    ("purchases", QueryOrder::Purchases),
    ("revenue", QueryOrder::Revenue),
];

impl Parameter for ReportOrder {
    fn schema() -> MetaSchema {
        one_of(REPORT_ORDERS.map(|(name, _)| name))
    }

    fn read(text: &str) -> Result<Self, String> {
        let order = REPORT_ORDERS.into_iter().find(|(name, _)| *name == text);
        let names = REPORT_ORDERS.map(|(name, _)| name).join(", ");
        order
            .map(|(_, order)| Self(order))
            .ok_or_else(|| format!("is one of: {names}"))
    }
}
