//! Tables: reports that are also served as CSV, at an address of their own.
//!
//! Generators give an operation one type of answer. One with two media types has a call of which one form fails.

use serde_yaml::{Mapping, Value};

const CSV: &str = "text/csv";

/// Parts each operation that answers with JSON or CSV in two, the second one at the same address with `.csv`.
pub(super) fn part(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_mapping_mut) else {
        return;
    };
    for (path, mut operations) in std::mem::take(paths) {
        let table = operations.get_mut("get").and_then(split);
        let address = path.as_str().map(|path| format!("{path}.csv"));
        paths.insert(path, operations);
        if let (Some(table), Some(address)) = (table, address) {
            let mut operations = Mapping::new();
            operations.insert("get".into(), table);
            paths.insert(address.into(), operations.into());
        }
    }
}

/// Takes CSV out of an operation, and returns the operation that answers with it alone.
fn split(operation: &mut Value) -> Option<Value> {
    let content = |operation: &Value| {
        operation["responses"]["200"]["content"]
            .as_mapping()
            .cloned()
    };
    let mut json = content(operation).filter(|content| content.len() > 1)?;
    let csv = json.remove(CSV)?;
    let mut table = operation.clone();
    operation["responses"]["200"]["content"] = json.into();
    let mut content = Mapping::new();
    content.insert(CSV.into(), csv);
    table["responses"]["200"]["content"] = content.into();
    for (field, addition) in [("operationId", "Csv"), ("summary", " as CSV")] {
        let text = table[field].as_str().unwrap_or_default();
        table[field] = format!("{text}{addition}").into();
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_with_two_forms_becomes_two() {
        let mut document = serde_yaml::from_str(
            "
            paths:
              /report:
                get:
                  operationId: report
                  summary: Report
                  responses:
                    '200': {content: {application/json: {schema: {}}, text/csv: {schema: {type: string}}}}
              /other:
                get:
                  responses:
                    '200': {content: {text/csv: {schema: {type: string}}}}",
        )
        .unwrap();
        part(&mut document);
        let expected: Value = serde_yaml::from_str(
            "
            /report:
              get:
                operationId: report
                summary: Report
                responses:
                  '200': {content: {application/json: {schema: {}}}}
            /report.csv:
              get:
                operationId: reportCsv
                summary: Report as CSV
                responses:
                  '200': {content: {text/csv: {schema: {type: string}}}}
            /other:
              get:
                responses:
                  '200': {content: {text/csv: {schema: {type: string}}}}",
        )
        .unwrap();
        assert_eq!(document["paths"], expected);
    }
}
