//! Variables that other software uses for the same setting. The main variable wins over them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Looks a variable up; `None` if it is unset.
pub(crate) type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Result of a conversion; the error is a variable and the requirement that it breaks.
pub(crate) type Converted = Result<String, (&'static str, &'static str)>;

/// Another variable that sets the same value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternative {
    /// Name of the variable.
    pub variable: &'static str,
    /// Difference from the main variable, for the documentation; empty if there is none.
    pub note: &'static str,
    /// Turns the variable's value into the setting's.
    pub convert: fn(&str, Read<'_>) -> Converted,
}

/// Creates a variable with the same meaning and unit.
pub(crate) const fn same(variable: &'static str) -> Alternative {
    Alternative {
        variable,
        note: "",
        convert: |value, _| Ok(value.to_owned()),
    }
}

/// Window of the rate limit in milliseconds, rounded up to whole seconds.
pub(crate) const RATE_LIMIT_TTL: Alternative = Alternative {
    variable: "RATE_LIMIT_TTL",
    note: "in milliseconds, rounded up to whole seconds",
    convert: |value, _| match value.trim().parse::<u64>() {
        Ok(milliseconds @ 1..=86_400_000) => Ok(milliseconds.div_ceil(1_000).to_string()),
        _ => Err((
            "RATE_LIMIT_TTL",
            "be a whole number of milliseconds from 1 to 86400000",
        )),
    },
};

/// Port alone, on the loopback interface as the default listen address.
pub(crate) const PORT: Alternative = Alternative {
    variable: "PORT",
    note: "a port alone, on 127.0.0.1; to listen on all interfaces, set `SOUK_LISTEN` to `0.0.0.0:PORT`",
    convert: |value, _| match value.trim().parse::<u16>() {
        Ok(port) => Ok(format!("127.0.0.1:{port}")),
        Err(_) => Err(("PORT", "be a port from 0 to 65535")),
    },
};

/// Host of a Redis server, with its port, password and database in variables of their own.
pub(crate) const REDIS_HOST: Alternative = Alternative {
    variable: "REDIS_HOST",
    note: "a host, with `REDIS_PORT` (6379), `REDIS_PASSWORD` (none) and `REDIS_DB` (0)",
    convert: |host, read| {
        let password = read("REDIS_PASSWORD").map_or_else(String::new, |password| {
            format!(":{}@", utf8_percent_encode(&password, NON_ALPHANUMERIC))
        });
        let or = |variable, default: &str| read(variable).unwrap_or_else(|| default.to_owned());
        // An IPv6 address needs brackets.
        let host = if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let Ok(port) = or("REDIS_PORT", "6379").parse::<u16>() else {
            return Err(("REDIS_PORT", "be a port from 0 to 65535"));
        };
        let Ok(database) = or("REDIS_DB", "0").parse::<u32>() else {
            return Err(("REDIS_DB", "be the number of a database"));
        };
        Ok(format!("redis://{password}{host}:{port}/{database}"))
    },
};
