//! Tools: what there is for a caller, and what a call of one answers.

use serde_json::{Value, json};

use super::super::asked::Asked;
use super::super::ucp::Version;
use super::message::RpcError;
use super::result::{Outcome, Tool, failed};
use super::{catalogue, staff};
use crate::error::ApiError;

/// Returns the tools of a caller, always in the same order; those for staff with their permissions alone.
pub(super) fn list(asked: &Asked) -> Vec<Value> {
    let tools = catalogue::tools(asked).into_iter();
    tools.chain(staff::tools(asked)).map(Tool::listed).collect()
}

/// Calls a tool.
///
/// # Errors
/// If there is no such tool for the caller, or its arguments are malformed.
pub(super) async fn call(
    asked: &Asked,
    version: Version,
    params: &Value,
) -> Result<Result<Outcome, RpcError>, ApiError> {
    let name = params["name"].as_str().unwrap_or_default();
    let nothing = json!({});
    let arguments = match &params["arguments"] {
        Value::Null => &nothing,
        given @ Value::Object(_) => given,
        _ => return Ok(Err(RpcError::params("`arguments` is an object", None))),
    };
    if let Some(operation) = catalogue::operation(name) {
        return catalogue::call(asked, version, operation, arguments).await;
    }
    if let Some(tool) = staff::Tool::named(name)
        && asked.may(tool.permission())
    {
        return Ok(failure_of_tool(tool.call(asked, arguments).await));
    }
    Ok(Err(RpcError::params("there is no such tool", None)))
}

/// Turns a failure of a tool into a result that says so. What is malformed is an error of the protocol.
fn failure_of_tool(outcome: Result<Outcome, ApiError>) -> Result<Outcome, RpcError> {
    match outcome {
        Ok(result) => Ok(result),
        Err(ApiError::MalformedBody(invalid)) => {
            let data = json!({"field": invalid.field});
            Err(RpcError::params(invalid.message, Some(data)))
        }
        Err(error) => Ok(failed(&error)),
    }
}
