//! Options of agents.

use souk_catalogue_io::export::ShopUrl;
use souk_config::Config;

use super::feed::{self, BadFeed, FeedSection};
use crate::agents::{AgentOptions, Agents, BadAgents, ExtensionName, Readable};

/// Settings of agents that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadAgentSetting {
    /// A setting of the section itself.
    #[error(transparent)]
    Agents(#[from] BadAgents),
    /// A setting of product feeds, whose links agents follow.
    #[error(transparent)]
    Feed(#[from] BadFeed),
}

/// Conversions of the `agents` section.
pub trait AgentsSection {
    /// Returns the access of agents.
    ///
    /// # Errors
    /// If a URL or the extension's name is invalid.
    fn agents(&self) -> Result<Agents, BadAgentSetting>;
}

impl AgentsSection for Config {
    fn agents(&self) -> Result<Agents, BadAgentSetting> {
        let given = &self.agents;
        let extension = given.extension.trim();
        let extension = (!extension.is_empty()).then(|| ExtensionName::parse(extension));
        Ok(Agents::new(AgentOptions {
            readable: Readable::parse(&given.tenants),
            url: url(&given.url)?,
            extension: extension.transpose().map_err(BadAgents::Extension)?,
            shop: self.shop()?,
        }))
    }
}

fn url(text: &str) -> Result<Option<ShopUrl>, BadAgents> {
    if text.contains("{slug}") {
        return Err(BadAgents::Slug);
    }
    feed::url(text).map_err(BadAgents::Url)
}
