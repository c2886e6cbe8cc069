//! Syntax of files, found by their content: tables, JSON in its forms, and XML.

pub(super) mod delimiters;
pub(super) mod json_lines;
pub(super) mod json_stream;
pub(super) mod lines;
mod quotes;
pub(super) mod row;
pub(super) mod rows;
pub(super) mod table;
pub(super) mod watched;
pub(super) mod xml;
