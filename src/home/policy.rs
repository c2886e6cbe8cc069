//! What a page may do: nothing but use the styles and scripts that stand in it or are files of this host, and ask this host.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The content security policy of a page, by the hashes of what it holds.
pub(super) fn of(page: &str) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; img-src 'self' https: data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        hashes(page, "style"),
        hashes(page, "script"),
    )
}

/// The sources within elements of a name, by their hashes.
fn hashes(page: &str, element: &str) -> String {
    let inline = sources(page, element).filter(|source| !source.is_empty());
    let hashes: Vec<_> = inline.map(hash).collect();
    match hashes.as_slice() {
        // All of them are files of their own.
        [] => "'self'".to_owned(),
        hashes => hashes.join(" "),
    }
}

/// As browsers find them: an element ends at the first closing tag, whatever stands before it.
fn sources<'a>(page: &'a str, element: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{element}"), format!("</{element}"));
    let mut rest = page;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (_, content) = after.split_once('>')?;
        let (source, after) = content.split_once(&close)?;
        rest = after;
        Some(source)
    })
}

/// Browsers hash what they have read, and they read every end of line as a line feed.
fn hash(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_of_a_page_is_known_by_its_hash() {
        let page =
            "<style media=\"all\">a</style><script>alert(1)\r\n</script><p><script>b</script>";
        assert_eq!(sources(page, "script").count(), 2);
        let policy = of(page);
        // As `printf 'alert(1)\n' | openssl dgst -sha256 -binary | base64` has it.
        let known = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(hash("alert(1)").contains(known), "{}", hash("alert(1)"));
        assert!(
            policy.contains(&hash("alert(1)\n")) && policy.contains(&hash("b")),
            "{policy}"
        );
        assert!(
            policy.contains(&format!("style-src {};", hash("a"))),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
