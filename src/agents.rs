//! Access of agents: the marketplaces that they may read, and the names and addresses that they are told.

use std::{collections::BTreeSet, sync::Arc};

use souk_catalogue_io::export::{BadShopUrl, ShopLinks, ShopUrl};
use souk_store::Tenant;

/// Most characters of an extension's name.
const MAX_EXTENSION_CHARS: usize = 120;

/// Access of agents; cheap to clone. By default, all marketplaces are read, without an extension.
#[derive(Debug, Clone, Default)]
pub struct Agents(Arc<AgentOptions>);

/// Options of [`Agents`].
#[derive(Debug, Clone, Default)]
pub struct AgentOptions {
    /// Marketplaces that agents may read.
    pub readable: Readable,
    /// Public URL of the API; none for that of the request.
    pub url: Option<ShopUrl>,
    /// Name of the extension; none without it.
    pub extension: Option<ExtensionName>,
    /// Public URL of the shop, for links to pages of products.
    pub shop: Option<ShopUrl>,
}

impl Agents {
    /// Access by some options.
    pub fn new(options: AgentOptions) -> Self {
        Self(Arc::new(options))
    }

    /// Reports whether agents may read a marketplace.
    pub fn may_read(&self, tenant: &Tenant) -> bool {
        match &self.0.readable {
            Readable::All => true,
            Readable::These(slugs) => slugs.contains(&tenant.slug),
        }
    }

    /// Returns the public URL of the API for a marketplace, without a slash at its end.
    pub fn url(&self, tenant: &Tenant) -> Option<String> {
        let links = self.0.url.as_ref()?.links(&tenant.slug);
        Some(links.home().to_owned())
    }

    /// Returns the name of the extension.
    pub fn extension(&self) -> Option<&ExtensionName> {
        self.0.extension.as_ref()
    }

    /// Returns the links into the shop of a marketplace.
    pub fn links(&self, tenant: &Tenant) -> Option<ShopLinks> {
        Some(self.0.shop.as_ref()?.links(&tenant.slug))
    }
}

/// Marketplaces that agents may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Readable {
    /// All of them.
    #[default]
    All,
    /// Marketplaces of these slugs.
    These(BTreeSet<String>),
}

impl Readable {
    /// Reads `all`, `none`, or slugs separated by commas.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            "all" => Self::All,
            "" | "none" => Self::These(BTreeSet::new()),
            slugs => {
                let slugs = slugs.split(',').map(str::trim);
                let slugs = slugs.filter(|slug| !slug.is_empty());
                Self::These(slugs.map(str::to_owned).collect())
            }
        }
    }
}

/// Reverse-domain name of the extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionName(String);

/// A text that is no reverse-domain name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is a reverse-domain name in lower case, such as example.shop.souk")]
pub struct BadExtensionName;

impl ExtensionName {
    /// Reads a name of at least two parts, as UCP writes them.
    ///
    /// # Errors
    /// If it is none, or one of UCP's own.
    pub fn parse(text: &str) -> Result<Self, BadExtensionName> {
        let mut parts = text.split('.');
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let first = parts.next().unwrap_or_default();
        let is_first = first.starts_with(|c: char| c.is_ascii_lowercase())
            && first.bytes().all(|byte| is_inner(byte) || byte == b'-')
            && !first.ends_with('-');
        let is_part = |part: &str| {
            part.bytes()
                .all(|byte| is_inner(byte) || matches!(byte, b'-' | b'_'))
                && part.bytes().next().is_some_and(is_inner)
                && !part.ends_with('-')
        };
        let rest: Vec<&str> = parts.collect();
        let is_name = is_first && !rest.is_empty() && rest.into_iter().all(is_part);
        let is_ours = !text.starts_with("dev.ucp.") && text.len() <= MAX_EXTENSION_CHARS;
        match is_name && is_ours {
            true => Ok(Self(text.to_owned())),
            false => Err(BadExtensionName),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address of agents that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAgents {
    /// The public URL of the API.
    #[error("SOUK_AGENTS_URL {0}")]
    Url(BadShopUrl),
    /// The public URL of the API names a product.
    #[error("SOUK_AGENTS_URL is the address of the API, without `{{slug}}`")]
    Slug,
    /// The name of the extension.
    #[error("SOUK_AGENTS_EXTENSION {0}")]
    Extension(BadExtensionName),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_names_are_reverse_domains() {
        for name in [
            "example.shop.souk",
            "com.2example.cart",
            "xn--p1ai.example.a_b",
        ] {
            assert!(ExtensionName::parse(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "souk",
            "example.",
            ".souk",
            "Example.souk",
            "example.so uk",
            "example.souk-",
            "example._souk",
            "2com.souk",
            "dev.ucp.shopping.souk",
        ] {
            assert_eq!(ExtensionName::parse(name), Err(BadExtensionName), "{name}");
        }
    }

    #[test]
    fn readable_marketplaces_are_all_none_or_named() {
        let these =
            |slugs: &[&str]| Readable::These(slugs.iter().map(|slug| (*slug).to_owned()).collect());
        assert_eq!(Readable::parse("all"), Readable::All);
        assert_eq!(Readable::parse(" none "), these(&[]));
        assert_eq!(Readable::parse(""), these(&[]));
        assert_eq!(Readable::parse("fans, tea,"), these(&["fans", "tea"]));
    }
}
