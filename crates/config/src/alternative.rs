//! Variables that other software uses for the same setting. The main variable wins over them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Looks an environment variable up.
pub(crate) type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Another variable that sets the same value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternative {
    /// Name of the variable.
    pub variable: &'static str,
    /// Difference from the main variable, for the documentation; empty if there is none.
    pub note: &'static str,
    /// Turns the variable's value into the setting's.
    pub convert: fn(String, Read<'_>) -> String,
}

/// A variable with the same meaning and unit.
pub(crate) const fn same(variable: &'static str) -> Alternative {
    Alternative {
        variable,
        note: "",
        convert: |value, _| value,
    }
}

/// Window of the rate limit in milliseconds, rounded up to whole seconds.
pub(crate) const RATE_LIMIT_TTL: Alternative = Alternative {
    variable: "RATE_LIMIT_TTL",
    note: "in milliseconds",
    convert: |value, _| match value.parse::<u64>() {
        Ok(milliseconds) => milliseconds.div_ceil(1_000).to_string(),
        // The check of the setting reports it.
        Err(_) => value,
    },
};

/// Port alone, on the loopback interface.
pub(crate) const PORT: Alternative = Alternative {
    variable: "PORT",
    note: "a port on 127.0.0.1",
    convert: |port, _| format!("127.0.0.1:{port}"),
};

/// Host of a Redis server, with its port, password and database in variables of their own.
pub(crate) const REDIS_HOST: Alternative = Alternative {
    variable: "REDIS_HOST",
    note: "with `REDIS_PORT` (6379), `REDIS_PASSWORD` and `REDIS_DB` (0)",
    convert: |host, read| {
        let given = |variable: &str| read(variable).filter(|value| !value.is_empty());
        let password = given("REDIS_PASSWORD").map_or_else(String::new, |password| {
            format!(":{}@", utf8_percent_encode(&password, NON_ALPHANUMERIC))
        });
        // An IPv6 address needs brackets.
        let host = if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]")
        } else {
            host
        };
        let port = given("REDIS_PORT").unwrap_or_else(|| "6379".to_owned());
        let database = given("REDIS_DB").unwrap_or_else(|| "0".to_owned());
        format!("redis://{password}{host}:{port}/{database}")
    },
};
