//! Permissions of operations.
//!
//! [`Allowed`](crate::http::Allowed) puts the name of a permission in the place of the security scheme.

use serde_yaml::{Mapping, Value};
use souk_identity::Permission;

use crate::http::SECURITY_SCHEME;

/// Extension of an operation that names its permission.
const EXTENSION: &str = "x-permission";

/// Has an operation name its security scheme, and its permission in words and as an extension.
pub(super) fn tell(operation: &mut Mapping) {
    let Some(schemes) = operation
        .get_mut("security")
        .and_then(Value::as_sequence_mut)
    else {
        return;
    };
    let mut needed = None;
    for scheme in schemes.iter_mut().filter_map(Value::as_mapping_mut) {
        let names = std::mem::take(scheme).into_iter();
        *scheme = names
            .map(
                |(name, scopes)| match name.as_str().map(str::parse::<Permission>) {
                    Some(Ok(permission)) => {
                        needed = Some(permission);
                        (SECURITY_SCHEME.into(), scopes)
                    }
                    _ => (name, scopes),
                },
            )
            .collect();
    }
    let Some(permission) = needed else {
        return;
    };
    let said = operation.get("description").and_then(Value::as_str);
    let paragraphs = said.map(|said| format!("{}\n\n", said.trim_end()));
    let description = format!(
        "{}Needs the permission `{permission}`.",
        paragraphs.unwrap_or_default()
    );
    operation.insert("description".into(), description.into());
    operation.insert(EXTENSION.into(), permission.name().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permission_is_named_where_the_scheme_was_expected() {
        let mut operation: Mapping =
            serde_yaml::from_str("{description: Lists., security: [{catalogue.read: []}]}")
                .unwrap();
        tell(&mut operation);
        let expected: Mapping = serde_yaml::from_str(
            "
            description: \"Lists.\\n\\nNeeds the permission `catalogue.read`.\"
            security: [{bearer: []}]
            x-permission: catalogue.read",
        )
        .unwrap();
        assert_eq!(operation, expected);
    }

    #[test]
    fn operation_for_everybody_stays_as_it_is() {
        let mut operation: Mapping = serde_yaml::from_str("{description: Lists.}").unwrap();
        let before = operation.clone();
        tell(&mut operation);
        assert_eq!(operation, before);
    }
}
