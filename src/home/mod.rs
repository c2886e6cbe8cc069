//! The pages beside the API: a place to try a search, and its documentation.

mod media;
mod policy;

use poem::{Endpoint, Response, endpoint::make_sync, get, http::header};
use poem_openapi::OpenApiService;

use crate::api::Api;

pub use media::demo as demo_media;

const PAGE: &str = include_str!("index.html");
const STYLE: &str = include_str!("home.css");
const SCRIPT: &str = include_str!("home.js");

/// `/`: a search to try, in one file.
pub fn page() -> impl Endpoint + use<> {
    let html = PAGE.replace("{style}", STYLE).replace("{script}", SCRIPT);
    page_of(html)
}

/// `/docs`: Swagger UI.
pub fn docs(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    page_of(service.swagger_ui_html())
}

/// `/openapi.json`.
pub fn json(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    fixed("application/json", service.spec(), None)
}

/// `/openapi.yaml`.
pub fn yaml(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    fixed("application/yaml", service.spec_yaml(), None)
}

/// A page, with a policy that lets nothing but its own styles and scripts run.
fn page_of(html: String) -> impl Endpoint + use<> {
    let policy = policy::of(&html);
    fixed("text/html; charset=utf-8", html, Some(policy))
}

/// An address that always answers the same.
fn fixed(
    content_type: &'static str,
    content: String,
    policy: Option<String>,
) -> impl Endpoint + use<> {
    get(make_sync(move |_| {
        let mut response = Response::builder().header(header::CONTENT_TYPE, content_type);
        if let Some(policy) = &policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        response.body(content.clone())
    }))
}
