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
            #[derive(Debug, Clone)]
            pub struct $name {
                $($(#[doc = $about])+ pub $field: $type,)+
            }

            impl Default for $name {
                fn default() -> Self {
                    Self { $($field: $default,)+ }
                }
            }

            impl $name {
                /// Reads the section from checked values; the default stands in for what is not given.
                pub(crate) fn read(values: &crate::given::Values) -> Result<Self, crate::error::LoadError> {
                    Ok(Self {
                        $($field: values.read(
                            concat!(stringify!($section), ".", stringify!($field)),
                            || $default,
                        )?,)+
                    })
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
                || {
                    let default: $type = $default;
                    crate::kind::SettingType::shown(&default)
                },
            )$(.$option($value))*,
        )+)+];
    };
}

pub(crate) use settings;
