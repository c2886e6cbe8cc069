//! Pictures of the demo's products: drawn here, since no photograph of them exists.

use poem::{Endpoint, Request, Response, Result, endpoint::make_sync, get, http::header};

use souk_catalogue_io::generate::image_names;

use crate::error::ApiError;

/// `/media/demo/NAME.svg`.
pub fn demo() -> impl Endpoint + use<> {
    let names = image_names();
    get(make_sync(move |request: Request| -> Result<Response> {
        let name = request.raw_path_param("file").unwrap_or_default();
        let known = name
            .strip_suffix(".svg")
            .and_then(|name| names.iter().find(|known| **known == name))
            .ok_or(ApiError::NotFound("picture"))?;
        Ok(Response::builder()
            .header(header::CONTENT_TYPE, "image/svg+xml")
            .header(header::CACHE_CONTROL, "public, max-age=86400")
            .body(picture(known)))
    }))
}

/// A coloured tile with the name on it; the colour is the name's own.
fn picture(name: &str) -> String {
    let hue = name
        .bytes()
        .fold(17_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let words = name.replace(['-', '_'], " ");
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="{words}">
<rect width="400" height="400" fill="hsl({hue} 45% 88%)"/>
<circle cx="200" cy="180" r="96" fill="hsl({hue} 50% 70%)"/>
<text x="200" y="340" font-family="system-ui, sans-serif" font-size="32" text-anchor="middle" fill="hsl({hue} 40% 25%)">{words}</text>
</svg>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_need_no_escaping() {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(!image_names().is_empty());
        for name in image_names() {
            assert!(name.bytes().all(plain), "{name}");
        }
    }
}
