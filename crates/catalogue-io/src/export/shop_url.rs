//! Public URLs of a shop: its own, those of its products, and those of its images.

use std::fmt;

use souk_domain::Image;
use url::Url;

use super::omissions::{Omission, Omissions, omit};

const SLUG: &str = "{slug}";
const TENANT: &str = "{tenant}";

/// Public URL of a shop, which may have `{tenant}` and, as a pattern of its products' URLs, `{slug}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopUrl(String);

/// A text that is no URL of a shop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is an http:// or https:// address, such as https://shop.example")]
pub struct BadShopUrl;

impl ShopUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// If it is not an absolute address of HTTP, or has a password or a fragment in it.
    pub fn parse(text: &str) -> Result<Self, BadShopUrl> {
        let text = text.trim().trim_end_matches('/');
        let filled = text.replace(SLUG, "slug").replace(TENANT, "tenant");
        let url = Url::parse(&filled).map_err(|_| BadShopUrl)?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_base = url.query().is_none() || text.contains(SLUG);
        let has_braces = filled.contains(['{', '}']);
        if !is_plain || !is_base || has_braces {
            return Err(BadShopUrl);
        }
        Ok(Self(text.to_owned()))
    }

    /// The links of one tenant.
    pub fn links(&self, tenant: &str) -> ShopLinks {
        let pattern = self.0.replace(TENANT, tenant);
        let home = match pattern.contains(SLUG) {
            false => pattern.clone(),
            true => Url::parse(&pattern.replace(SLUG, "slug"))
                .map(|url| url.origin().ascii_serialization())
                .unwrap_or_default(),
        };
        let product = match pattern.contains(SLUG) {
            true => pattern,
            false => format!("{pattern}/products/{SLUG}"),
        };
        ShopLinks { home, product }
    }
}

impl fmt::Display for ShopUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Links into the shop of a tenant.
#[derive(Debug, Clone)]
pub struct ShopLinks {
    home: String,
    /// URL of a product, with `{slug}` in it.
    product: String,
}

impl ShopLinks {
    /// URL of the shop.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// URL of a product's page; of one of its variants, if a SKU is given.
    pub fn product(&self, slug: &str, sku: Option<&str>) -> String {
        let mut link = self.product.replace(SLUG, slug);
        if let Some(sku) = sku {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("variant", sku)
                .finish();
            link.push(if link.contains('?') { '&' } else { '?' });
            link.push_str(&query);
        }
        link
    }

    /// Scheme and host, which images without a host are below.
    fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.home).ok()?;
        Some(url.origin().ascii_serialization())
    }
}

/// Base URL of images that have no host of their own.
#[derive(Debug, Clone)]
pub struct ImageBase(Option<String>);

impl ImageBase {
    /// The given base, else the shop itself.
    pub fn new(base: Option<&str>, shop: Option<&ShopLinks>) -> Self {
        let base = base.filter(|base| !base.is_empty());
        Self(match base {
            Some(base) => Some(base.trim_end_matches('/').to_owned()),
            None => shop.and_then(ShopLinks::origin),
        })
    }

    /// Absolute URLs of up to `most` images; counts those that are left out.
    pub(super) fn placed(
        &self,
        images: &[Image],
        most: usize,
        omissions: &mut Omissions,
    ) -> Vec<Image> {
        let mut placed: Vec<Image> = images
            .iter()
            .filter_map(|image| {
                let url = &image.url;
                let url = if url.starts_with("//") {
                    format!("https:{url}")
                } else if url.starts_with('/') {
                    let base = self.0.as_ref()?;
                    format!("{base}{url}")
                } else {
                    url.clone()
                };
                Some(Image {
                    url,
                    ..image.clone()
                })
            })
            .collect();
        let lost = images.len() - placed.len();
        omit(omissions, Omission::Image, lost as u64);
        let too_many = placed.len().saturating_sub(most);
        omit(omissions, Omission::ManyImages, too_many as u64);
        placed.truncate(most);
        placed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_url_follows_the_shop_or_its_pattern() {
        for (shop, expected) in [
            (
                "https://shop.example/",
                "https://shop.example/products/mug?variant=M+1",
            ),
            (
                "https://{tenant}.shop.example/en",
                "https://fans.shop.example/en/products/mug?variant=M+1",
            ),
            (
                "https://shop.example/p?id={slug}",
                "https://shop.example/p?id=mug&variant=M+1",
            ),
        ] {
            let links = ShopUrl::parse(shop).unwrap().links("fans");
            assert_eq!(links.product("mug", Some("M 1")), expected);
        }
    }

    #[test]
    fn text_that_is_no_shop_url_is_refused() {
        for text in [
            "",
            "shop.example",
            "ftp://shop.example",
            "https://shop.example/?a=b",
            "https://me:secret@shop.example",
            "https://shop.example/{name}",
        ] {
            assert_eq!(ShopUrl::parse(text), Err(BadShopUrl), "{text}");
        }
    }

    #[test]
    fn image_without_host_is_below_the_base_or_left_out() {
        let images = ["/m/a.svg", "//img.example/b.svg", "https://img.example/c"];
        let images = images.map(Image::from);
        let links = ShopUrl::parse("https://shop.example/p/{slug}")
            .unwrap()
            .links("");
        let below = |base: &ImageBase| {
            let mut omissions = Omissions::new();
            let placed = base.placed(&images, usize::MAX, &mut omissions);
            let lost = omissions.get(&Omission::Image).copied();
            let urls: Vec<String> = placed.into_iter().map(|image| image.url).collect();
            (urls, lost.unwrap_or_default())
        };
        let by_shop = below(&ImageBase::new(None, Some(&links)));
        assert_eq!(by_shop.0[0], "https://shop.example/m/a.svg");
        assert_eq!(by_shop.0[1], "https://img.example/b.svg");
        let by_base = below(&ImageBase::new(
            Some("https://cdn.example/s/"),
            Some(&links),
        ));
        assert_eq!(by_base.0[0], "https://cdn.example/s/m/a.svg");
        let without = below(&ImageBase::new(None, None));
        assert_eq!((without.0.len(), without.1), (2, 1));
    }
}
