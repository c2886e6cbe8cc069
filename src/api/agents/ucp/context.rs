//! Context of a request: what the buyer wants, in which language and currency.

use super::message::{Message, quoted};
use super::reading::Part;
use super::refused::Refused;
use crate::api::call::Call;

/// Fields of a context that are read.
const READ: [&str; 3] = ["intent", "language", "currency"];
/// Fields that the protocol knows, and that nothing here depends on.
const PASSED_OVER: [&str; 7] = [
    "location",
    "eligibility",
    "payment",
    "address_country",
    "address_region",
    "address_locality",
    "postal_code",
];
/// Most characters of a currency or language that is no mistake.
const MAX_CODE_CHARS: usize = 35;

/// Context of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// Intent of the buyer, in words.
    pub(crate) intent: Option<String>,
    /// Language, for labels.
    pub(crate) language: Option<String>,
    /// Currency in which prices of the request are; none if it is not said.
    pub(crate) currency: Option<String>,
}

impl Context {
    /// Reads the context of a request, and tells what of it changes nothing.
    ///
    /// # Errors
    /// If a field is malformed.
    pub(crate) fn read(
        request: &Part<'_>,
        call: &Call,
        messages: &mut Vec<Message>,
    ) -> Result<Self, Refused> {
        let given = request.part("context")?;
        let text = |name| -> Result<Option<String>, Refused> {
            let text = given.text(name)?.map(str::trim);
            Ok(text.filter(|text| !text.is_empty()).map(str::to_owned))
        };
        let context = Self {
            intent: text("intent")?,
            language: text("language")?.map(|tag| shortened(&tag)),
            currency: text("currency")?.map(|code| shortened(&code).to_uppercase()),
        };
        let without_effect: Vec<&str> = given
            .names()
            .filter(|name| !READ.contains(name) && given.get(name).is_some())
            .collect();
        if !without_effect.is_empty() {
            let (known, unknown): (Vec<&str>, Vec<&str>) = without_effect
                .into_iter()
                .partition(|name| PASSED_OVER.contains(name));
            let names = known.into_iter().chain(unknown);
            let names: Vec<String> = names.map(|name| format!("`{}`", quoted(name))).collect();
            let content = format!("{} of the context changed nothing", names.join(", "));
            let path = "$.context".to_owned();
            messages.push(Message::info("context_ignored", path, content));
        }
        let own = call.tenant.language.code();
        if let Some(language) = &context.language
            && language.split('-').next() != Some(own)
        {
            let content = format!(
                "texts of products are in `{own}`; labels are in `{language}` where there are any"
            );
            let path = "$.context.language".to_owned();
            messages.push(Message::info("language_unavailable", path, content));
        }
        let own = call.tenant.currency.code();
        if let Some(currency) = &context.currency
            && currency != own
        {
            let content = format!("prices are in {own}; nothing is converted into {currency}");
            let path = "$.context.currency".to_owned();
            messages.push(Message::info("currency_unavailable", path, content));
        }
        Ok(context)
    }
}

fn shortened(code: &str) -> String {
    code.chars().take(MAX_CODE_CHARS).collect()
}
