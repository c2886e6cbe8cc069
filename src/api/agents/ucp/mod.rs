//! Catalogue of the Universal Commerce Protocol (UCP), over its REST binding and for the tools of MCP.

mod asking;
mod categories;
mod context;
mod filters;
mod ids;
mod lookup;
mod message;
mod narrowing;
mod options;
mod presenting;
mod product;
mod reading;
mod refused;
mod search;
mod version;
mod wire;

use bytes::Bytes;
use poem::{Request, Response, http::StatusCode};
use serde_json::Value;

use self::message::Message;
use self::wire::{LOOKUP, SEARCH};
use crate::{api::call, error::ApiError};

pub(crate) use self::{
    asking::Asking,
    refused::Refused,
    version::Version,
    wire::{LOOKUP as LOOKUP_CAPABILITY, SEARCH as SEARCH_CAPABILITY},
};

/// Operation of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `search_catalog`.
    Search,
    /// `lookup_catalog`.
    Lookup,
    /// `get_product`.
    Product,
}

impl Operation {
    /// Finds the operation of an address below the endpoint.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        match path {
            "catalog/search" => Some(Self::Search),
            "catalog/lookup" => Some(Self::Lookup),
            "catalog/product" => Some(Self::Product),
            _ => None,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// If the request cannot be answered.
    pub(crate) async fn answer(
        self,
        asking: &Asking,
        request: &Request,
        asked: &Value,
    ) -> Result<Bytes, Refused> {
        // Futures of searches are large; each operation has room of its own.
        match self {
            Self::Search => Box::pin(search::search(asking, request, asked)).await,
            Self::Lookup => Box::pin(lookup::lookup(asking, request, asked)).await,
            Self::Product => Box::pin(product::product(asking, request, asked)).await,
        }
    }

    fn capability(self) -> &'static str {
        match self {
            Self::Search => SEARCH,
            Self::Lookup | Self::Product => LOOKUP,
        }
    }
}

/// Returns the body of an answer that says why there is none; what is answered as everywhere stays an error.
///
/// # Errors
/// If it is no matter of the catalogue.
pub(crate) fn failure(
    asking: &Asking,
    operation: Operation,
    refused: Refused,
) -> Result<(StatusCode, Value), ApiError> {
    let (status, message) = match refused {
        Refused::Api(error) => return Err(error),
        Refused::NotFound(id) => {
            let content = format!("Product not found: {id}");
            let message = Message::error("not_found", None, content, false);
            (StatusCode::OK, message)
        }
        Refused::Request {
            code,
            path,
            content,
        } => {
            let message = Message::error(code, Some(path), content, true);
            (StatusCode::BAD_REQUEST, message)
        }
    };
    let failure = asking.failure(operation.capability(), message);
    let body = serde_json::to_value(failure).map_err(ApiError::internal)?;
    Ok((status, body))
}

/// Answers a request over REST.
///
/// # Errors
/// If it cannot be answered for a reason that is none of the catalogue's.
pub(crate) async fn rest(
    asking: &Asking,
    operation: Operation,
    request: &Request,
    asked: &Value,
) -> Result<Response, ApiError> {
    match operation.answer(asking, request, asked).await {
        Ok(body) => Ok(call::response(body)),
        Err(refused) => {
            let (status, body) = failure(asking, operation, refused)?;
            let mut response = call::value(&body);
            response.set_status(status);
            Ok(response)
        }
    }
}
