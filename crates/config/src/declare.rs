//! Declaration of sections: typed structs, their defaults and the table of settings from one list.

/// Declares sections. A setting is `field: type = default, "VARIABLE", option value, ...;` with a doc comment, its
/// description. Options are the `const` methods of [`Setting`](crate::setting::Setting).
macro_rules! settings {
    ($(
        $(#[doc = $section_about:literal])+
        $section:ident: $name:ident {
            $(
                $(#[doc = $about:literal])+
                $field:ident: $type:ty = $default:expr, $variable:literal $(, $option:ident $value:expr)*;
            )+
        }
    )+) => {
        $(
            $(#[doc = $section_about])+
            #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $name {
                $($(#[doc = $about])+ pub $field: $type,)+
            }

            impl Default for $name {
                fn default() -> Self {
                    Self { $($field: $default,)+ }
                }
            }
        )+

        /// Settings of these sections.
        pub(super) const SETTINGS: &[crate::setting::Setting] = &[$($(
            crate::setting::Setting::new(
                concat!(stringify!($section), ".", stringify!($field)),
                $variable,
                concat!($($about),+),
                <$type as crate::kind::SettingType>::KIND,
            )$(.$option($value))*,
        )+)+];
    };
}

pub(crate) use settings;
