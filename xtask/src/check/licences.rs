//! Every dependency may be used under a licence that asks for no more than ours.

use spdx::{Expression, ParseMode};

use super::metadata::Metadata;

/// Licences that we accept.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Every package that cannot be used under an accepted licence.
pub(super) fn complaints(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .filter_map(|package| {
            let complaint = complaint(package.license.as_deref())?;
            Some(format!("{} {}: {complaint}", package.name, package.version))
        })
        .collect()
}

fn complaint(licence: Option<&str>) -> Option<String> {
    let Some(licence) = licence else {
        return Some("names no licence".to_owned());
    };
    // Lax: older packages write `MIT/Apache-2.0`.
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("its licence cannot be read: {}", error.reason)),
    };
    let acceptable = expression.evaluate(|requirement| {
        requirement
            .license
            .id()
            .is_some_and(|id| ACCEPTED.contains(&id.name))
    });
    (!acceptable).then(|| format!("`{licence}` cannot be satisfied by what we accept"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_accepted_alternative_is_enough() {
        for licence in [
            "MIT",
            "MIT/Apache-2.0",
            "MIT OR GPL-3.0-only",
            "(MIT OR GPL-2.0-only) AND Zlib",
        ] {
            assert_eq!(complaint(Some(licence)), None, "{licence}");
        }
    }

    #[test]
    fn all_that_is_asked_for_must_be_accepted() {
        for licence in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "LicenseRef-own"] {
            assert!(complaint(Some(licence)).is_some(), "{licence}");
        }
        assert!(complaint(None).is_some());
        assert!(complaint(Some("who knows")).is_some());
    }
}
