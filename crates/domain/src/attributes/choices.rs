//! Choices of a definition: type, readers, facet, and order of values.

use serde::{Deserialize, Serialize};

/// Declares an enumeration whose choices have names in the database and on the wire.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$choice:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$choice])* $variant),+
        }

        impl $name {
            /// Every choice.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name in the database and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(name: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|choice| choice.as_str() == name).ok_or_else(|| {
                    format!(concat!("no ", $what, " `{}`"), name)
                })
            }
        }
    };
}

choices! {
    /// Kind of an attribute's values.
    AttributeType, "type of attributes" {
        /// Any text.
        Text = "text",
        /// Numbers, with the unit of the definition or one of the same measure.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// Dates, such as `2026-01-31`, `2026-01` or `2026`.
        Date = "date",
        /// Names or codes of colours.
        Colour = "colour",
    }
}

choices! {
    /// Readers of an attribute.
    AttributeVisibility, "visibility" {
        /// Everyone.
        Shown = "shown",
        /// Search, but not products' pages.
        Hidden = "hidden",
        /// Admins alone.
        Internal = "internal",
    }
}

choices! {
    /// Facet of an attribute.
    AttributeFilterKind, "filter" {
        /// No facet.
        None = "none",
        /// Values with counts.
        Values = "values",
        /// Bounds, for numbers and dates.
        Range = "range",
    }
}

choices! {
    /// Order of the values that a facet lists.
    ValueOrder, "order of values" {
        /// By falling count.
        Count = "count",
        /// Numbers by value, sizes from small to large, texts with the numbers in them by value.
        Natural = "natural",
        /// As listed in the definition; other values follow by falling count.
        Manual = "manual",
    }
}
