//! Pages for printing as answers of operations.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{
    IntoResponse, Response,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use poem_openapi::{
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
};
use sha2::{Digest, Sha256};
use souk_papers::Document;

const HTML: &str = "text/html; charset=utf-8";

/// A page for printing. A browser uses nothing of it but its text and its one style element.
#[derive(Debug)]
pub struct PrintedPage(pub Document);

impl Payload for PrintedPage {
    const CONTENT_TYPE: &'static str = HTML;

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }
}

impl IntoResponse for PrintedPage {
    fn into_response(self) -> Response {
        let html = self.0.html;
        Response::builder()
            .header(CONTENT_TYPE, HTML)
            .header(CONTENT_SECURITY_POLICY, policy(&html))
            .body(html)
    }
}

/// Returns the content security policy that allows the page's style element, by its hash, and nothing else.
fn policy(html: &str) -> String {
    let style = html
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"))
        .map_or("", |(style, _)| style);
    let hash = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use souk_papers::{Document, Invoice};

    use super::*;

    #[test]
    fn policy_of_a_page_allows_its_style_alone() {
        let document = Document::invoices("en", &[Invoice::default()]).unwrap();
        let (_, rest) = document.html.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = STANDARD.encode(Sha256::digest(style));
        let policy = policy(&document.html);
        assert!(
            policy.contains(&format!("style-src 'sha256-{hash}'")),
            "{policy}"
        );
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
        assert!(style.contains("@page") && !style.contains('\r'));
    }
}
