//! Agents.

use crate::declare::settings;

settings! {
    /// Agents; see docs/AGENTS.md.
    agents: AgentsConfig {
        /// Marketplaces that agents may read, over UCP and MCP: `all`, `none`, or slugs of tenants separated by commas.
        tenants: String = "all".to_owned(), "SOUK_AGENTS";
        /// Public URL of this API for agents, such as `https://api.example` or `https://{tenant}.shop.example`. Empty: scheme and host of the request.
        url: String = String::new(), "SOUK_AGENTS_URL";
        /// Reverse-domain name of the extension with facet counts, sort orders, offers of several sellers and lowest prices, such as `example.shop.souk`. Empty: no extension.
        extension: String = String::new(), "SOUK_AGENTS_EXTENSION";
    }
}
